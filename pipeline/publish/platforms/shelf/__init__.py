"""The shelf: a static site with the seller's own videos, in a folder or a bucket, that any browser opens.

In: a release and a `ShelfStorage`. Out: a self-contained page for each story, and an overview of all. A story's page is one file that
carries its entry, so that one write publishes it; the overview is derived from the existing pages alone.
"""

from pipeline.publish.platforms.shelf.entry import PAGE, ShelfEntry, folder_name
from pipeline.publish.platforms.shelf.folder_storage import FolderStorage
from pipeline.publish.platforms.shelf.overview import refresh, shelf_entries
from pipeline.publish.platforms.shelf.page_bundle import make_page_bundle, video_name
from pipeline.publish.platforms.shelf.storage import ShelfStorage

__all__ = [
    "PAGE",
    "FolderStorage",
    "ShelfEntry",
    "ShelfStorage",
    "folder_name",
    "make_page_bundle",
    "refresh",
    "shelf_entries",
    "video_name",
]
