"""Running a program that refuses to run as root, as which a container may run everything."""

import os
import shutil
import sys
from pathlib import Path

USER, GROUP = "nobody", "nogroup"


def is_root() -> bool:
    """Whether this process may do anything on this machine."""
    return sys.platform != "win32" and os.geteuid() == 0


def unprivileged_prefix() -> list[str] | None:
    """What to put before a command so that it does not run as root, and ends with its parent: nothing for an ordinary user.

    None where root has no way to do it.
    """
    if not is_root():
        return []
    tool = shutil.which("setpriv")
    return [tool, "--reuid", USER, "--regid", GROUP, "--clear-groups", "--pdeathsig", "KILL", "--"] if tool else None


def give_to_unprivileged(*paths: Path) -> None:
    """Give files and folders of root's to the user of `unprivileged_prefix`; nothing for an ordinary user. Raises OSError, LookupError."""
    if is_root():
        for path in paths:
            shutil.chown(path, USER, GROUP)
