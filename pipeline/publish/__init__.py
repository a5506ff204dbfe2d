"""Publishing of a finished video.

In: a finished file with its cover, words and card. Out: what a release needs (captions within each platform's limits, in `provenance.py`
the label of generated content) and, by `engine/`, the release in public. What a destination allows is data, `profile.yaml` in its folder.
"""

from pipeline.publish.destinations import destination_named, destination_names, load_destination

__all__ = ["destination_named", "destination_names", "load_destination"]
