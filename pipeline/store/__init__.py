"""The content store: results of costly steps under the hash of what went into them, and documents on disk.

`Store` keeps made files, `content_key` names them, `save` and `load` write and read documents, `usage` and `prune` tell its size and
make it smaller, `scratch_folder` is a place for a moment.
"""

from pipeline.store.content import Store, content_key, file_sha256, stat_signature
from pipeline.store.disk import copy_atomically, load, part_beside, save, write_atomically
from pipeline.store.leftovers import sweep, sweep_store
from pipeline.store.prune import Pruned, Usage, prune, usage
from pipeline.store.scratch import scratch_folder

__all__ = [
    "Pruned",
    "Store",
    "Usage",
    "content_key",
    "copy_atomically",
    "file_sha256",
    "load",
    "part_beside",
    "prune",
    "save",
    "scratch_folder",
    "stat_signature",
    "sweep",
    "sweep_store",
    "usage",
    "write_atomically",
]
