"""What differs between operating systems: everything else asks here.

`start` and `end` own children on Linux, macOS and Windows, `sync` and `replace` make files last, `file_name` and `user_folder` say where
things lie, the rest tells what the computer has. The branches of macOS and Windows are typed, tried on Linux as far as that goes
(`tests/system/`), and were never run on the real systems.
"""

from pipeline.system.children import ENDING, die_with_parent, end, interrupt, start, uninterrupted
from pipeline.system.files import FileHeld, file_name, is_held, is_mine, replace, sync, sync_folder, user_folder
from pipeline.system.machine import allowed_cores, boot_id, cpu_seconds, described, give_back_memory, memory, own_memory
from pipeline.system.output import json_text, make_output_safe

__all__ = [
    "ENDING",
    "FileHeld",
    "allowed_cores",
    "boot_id",
    "cpu_seconds",
    "described",
    "die_with_parent",
    "end",
    "file_name",
    "give_back_memory",
    "interrupt",
    "is_held",
    "is_mine",
    "json_text",
    "make_output_safe",
    "memory",
    "own_memory",
    "replace",
    "start",
    "sync",
    "sync_folder",
    "uninterrupted",
    "user_folder",
]
