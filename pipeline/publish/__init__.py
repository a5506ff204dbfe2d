"""Publishing of a finished video.

In: a finished file with its cover, words and card. Out: what a release needs (captions within each platform's limits, the label of
generated content) and, by `engine/`, the release in public. What a destination allows is data, `profile.yaml` in the platform's folder.
"""

from pipeline.publish.destinations import destination_named, destination_names, load_destination
from pipeline.publish.provenance import label_file, marked_file, provenance

__all__ = ["destination_named", "destination_names", "label_file", "load_destination", "marked_file", "provenance"]
