"""One file for every place that takes a video from this machine."""
