"""What each stage does: take its documents from the bench, hand them to its room, put down what comes back."""
