"""What schedules, shows and starts the rooms of `pipeline/`: the command line and the Prefect flows."""
