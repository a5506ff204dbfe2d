"""Where a finished video goes.

In: a finished file with its cover, words and card. Out: a page on the local shelf. What each destination allows is data in
`destinations/`; a platform is named in its own data file and nowhere else.
"""

from pipeline.publish.destinations import destination_names, load_destination
from pipeline.publish.platforms.shelf import put_on_shelf

__all__ = ["destination_names", "load_destination", "put_on_shelf"]
