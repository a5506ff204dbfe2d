"""The content store: results of costly steps under the hash of their inputs, and documents on disk.

`Store` keeps the files, `content_key` names them, `save_document` and `load_document` write and read documents, `store_usage` and
`prune` measure the store and make it smaller, `scratch_folder` gives a temporary folder.
"""

from pipeline.store.content import Store, content_key, file_sha256, stat_signature
from pipeline.store.disk import copy_atomically, load_document, part_beside, save_document, write_atomically
from pipeline.store.json_lines import line_of
from pipeline.store.leftovers import delete_leftovers, delete_store_leftovers
from pipeline.store.prune import KindUsage, PruneResult, prune, store_usage
from pipeline.store.scratch import scratch_folder

__all__ = [
    "KindUsage",
    "PruneResult",
    "Store",
    "content_key",
    "copy_atomically",
    "delete_leftovers",
    "delete_store_leftovers",
    "file_sha256",
    "line_of",
    "load_document",
    "part_beside",
    "prune",
    "save_document",
    "scratch_folder",
    "stat_signature",
    "store_usage",
    "write_atomically",
]
