"""A shelf: a site of plain pages with the seller's own videos, in a folder or in a store, that any browser opens.

In: a release and a `ShelfStorage`. Out: a page for each story, complete in itself, and an overview of all. A story's page is one file that
carries its entry, so that one writing publishes; the overview is derived from the pages that are there and from nothing else.
"""

from pipeline.publish.platforms.shelf.entry import PAGE, ShelfEntry, folder_name
from pipeline.publish.platforms.shelf.folder_storage import Folder
from pipeline.publish.platforms.shelf.overview import refresh, shelf_entries
from pipeline.publish.platforms.shelf.page_bundle import laid_out, video_name
from pipeline.publish.platforms.shelf.storage import ShelfStorage

__all__ = ["PAGE", "Folder", "ShelfEntry", "ShelfStorage", "folder_name", "laid_out", "refresh", "shelf_entries", "video_name"]
