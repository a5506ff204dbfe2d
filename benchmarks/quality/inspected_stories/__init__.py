"""What the benchmark of the inspection is made of: clips, stories of chance, and faults that are planted in finished videos."""
