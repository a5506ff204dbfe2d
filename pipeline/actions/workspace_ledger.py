"""The workspace's ledger alone, for what only reads or notes something: no account, no key, no adapter."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.publish.ledger import Ledger, open_ledger
from pipeline.settings import read_settings, using_zone_of


def has_ledger(workspace: Path) -> bool:
    """Whether anything was ever released from a workspace: to open a ledger makes one. Raises UserMistake for settings that are wrong."""
    ledger_at = read_settings(workspace).publish.ledger_in(workspace)
    return not isinstance(ledger_at, Path) or ledger_at.is_file()


@contextmanager
def open_workspace_ledger(workspace: Path) -> Iterator[Ledger]:
    """Open the workspace's ledger alone: no account, no key. Raises as `publishing_context` does."""
    with using_zone_of(workspace), open_ledger(read_settings(workspace).publish.ledger_in(workspace)) as ledger:
        yield ledger
