"""Everything that differs between operating systems; no other package asks which system it runs on.

`start_child` and `end_child` own child processes on Linux, macOS and Windows, `sync` and `replace` write files durably, `file_name` and
`user_folder` give names and places, `list_folder_files` reads a folder without leaving it by a link, the rest reports what the computer
has. The branches for macOS and Windows are typed and tested on Linux as far as possible (`tests/system/`), and were never run on the real
systems.
"""

from pipeline.system.children import (
    TERMINATION_SIGNALS,
    die_with_parent,
    end_child,
    end_with_parent,
    interrupt_child,
    interrupts_deferred,
    start_child,
)
from pipeline.system.files import (
    FileInUse,
    file_name,
    is_file_in_use,
    is_owned_by_user,
    make_private,
    replace,
    sync,
    sync_folder,
    user_folder,
)
from pipeline.system.folder_files import FolderFiles, is_junk, is_unfinished, list_folder_files
from pipeline.system.machine import allowed_cores, boot_id, cpu_seconds, memory, process_memory, release_freed_memory, system_and_processor
from pipeline.system.output import json_text, make_output_safe
from pipeline.system.services import service_commands, service_definition, service_file
from pipeline.system.shortcuts import desktop_folder, open_in_browser, windowless, write_shortcut
from pipeline.system.unprivileged import give_to_unprivileged, unprivileged_prefix

__all__ = [
    "TERMINATION_SIGNALS",
    "FileInUse",
    "FolderFiles",
    "allowed_cores",
    "boot_id",
    "cpu_seconds",
    "desktop_folder",
    "die_with_parent",
    "end_child",
    "end_with_parent",
    "file_name",
    "give_to_unprivileged",
    "interrupt_child",
    "interrupts_deferred",
    "is_file_in_use",
    "is_junk",
    "is_owned_by_user",
    "is_unfinished",
    "json_text",
    "list_folder_files",
    "make_output_safe",
    "make_private",
    "memory",
    "open_in_browser",
    "process_memory",
    "release_freed_memory",
    "replace",
    "service_commands",
    "service_definition",
    "service_file",
    "start_child",
    "sync",
    "sync_folder",
    "system_and_processor",
    "unprivileged_prefix",
    "user_folder",
    "windowless",
    "write_shortcut",
]
