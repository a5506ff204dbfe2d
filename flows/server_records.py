"""The records of Prefect's server (`prefect.db`): a copy from before another release changes them, and what to say of newer ones."""

import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.store import write_atomically

RECORDS, RELEASE_FILE = "prefect.db", "release"
UNKNOWN_REVISION = b"Can't locate revision"
"""What Alembic says of a database that a newer release has changed. There is no way back: an older server ends with it."""


def keep_older_records(home: Path) -> Path | None:
    """Copy the records that another release wrote, before this one's server changes them. Returns the copy, None without one.

    home: PREFECT_HOME. The copy replaces the one of an earlier change. A file that is no database is left to the server, which says so.
    """
    here, noted, records = version("prefect"), home / RELEASE_FILE, home / RECORDS
    last = noted.read_text(encoding="ascii").strip() if noted.is_file() else ""
    if last == here or not records.is_file():
        return None
    copy = home / f"before-{here}.db"
    part = copy.with_suffix(".part")
    try:
        with closing(sqlite3.connect(f"{records.resolve().as_uri()}?mode=ro", uri=True)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
    except sqlite3.Error:
        part.unlink(missing_ok=True)
        return None
    part.replace(copy)
    return copy


def note_release(home: Path) -> None:
    """Remember which release keeps the records, once its server is healthy."""
    write_atomically(home / RELEASE_FILE, version("prefect"))


def newer_records(home: Path, log: Path, begins: int) -> Message | None:
    """What a person can do when the server ended because a newer release has changed the records; None when it was something else.

    begins: where in the log this start of the server begins, in bytes.
    """
    if not log.is_file() or UNKNOWN_REVISION not in log.read_bytes()[begins:]:
        return None
    return M(
        "A newer release of FieldCut kept the records of runs in {path}. Use that one, or move the file away: videos, posts and "
        "approvals are not in it.",
        path=str(home / RECORDS),
    )
