"""The files by which others know that a supervisor keeps a workspace: its lock, its folder, the server's port."""

from pathlib import Path

from filelock import FileLock, Timeout

LOCK, END_FILE, PORT_FILE, READY_FILE = "up.lock", "end", "port", "ready"
"""Files in HOME: held while a supervisor runs; written by whoever wants it to end (a signal would not do: Windows has none for a program
without a console); the server's port; there once everything has started."""
HOME = "prefect"
"""The folder in the workspace with the server's database, logs and results."""


def is_running(workspace: Path) -> bool:
    """Whether a supervisor keeps this workspace now."""
    if not (workspace / HOME / LOCK).is_file():
        return False
    lock = FileLock(workspace / HOME / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def is_starting(workspace: Path) -> bool:
    """Whether a supervisor keeps this workspace and has not started everything yet: what is dropped now is seen in a moment."""
    return is_running(workspace) and not (workspace / HOME / READY_FILE).is_file()


def running_api(workspace: Path) -> str | None:
    """The address of the server that keeps this workspace now; None when none does."""
    try:
        return f"http://127.0.0.1:{int((workspace / HOME / PORT_FILE).read_text(encoding='ascii'))}/api" if is_running(workspace) else None
    except (OSError, ValueError):
        return None
