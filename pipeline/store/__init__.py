"""The content store: results of costly steps under the hash of what went into them, and documents on disk.

`Store` keeps made files, `content_key` names them, `save` and `load` write and read documents.
"""

from pipeline.store.content import Store, content_key, file_sha256
from pipeline.store.disk import copy_atomically, load, save, write_atomically

__all__ = ["Store", "content_key", "copy_atomically", "file_sha256", "load", "save", "write_atomically"]
