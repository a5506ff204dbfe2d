"""What the ledger holds for those that work by themselves, seen in one look: the watch takes one every few seconds."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.actions.due_releases import DueRelease, due_in
from pipeline.actions.open_approvals import OpenApproval, open_approvals, waiting_in
from pipeline.actions.publishing_context import deciding_context
from pipeline.actions.run_campaign import posts_in
from pipeline.actions.workspace_ledger import has_ledger, open_workspace_ledger
from pipeline.documents.message import Message
from pipeline.errors import FieldCutError
from pipeline.inbox import WaitingApproval
from pipeline.publish.ledger import RecordedPost
from pipeline.settings import read_settings


@dataclass(frozen=True)
class OpenWork:
    """What is to be done: releases that fall due, planned posts to prepare, approvals that need a run, and what pages say of them.

    trouble: why approvals could not be looked at; nothing else waits for that.
    """

    due: tuple[DueRelease, ...] = ()
    posts: tuple[RecordedPost, ...] = ()
    approvals: tuple[OpenApproval, ...] = ()
    waiting: tuple[WaitingApproval, ...] = ()
    trouble: Message | None = None


def open_work(workspace: Path, desk: str, now: datetime) -> OpenWork:
    """Look into a workspace's ledger once; nothing where nothing was ever published or planned.

    desk: the address of the desk's pages; empty while there are none. now: aware. Raises as `open_workspace_ledger` does.
    """
    if not has_ledger(workspace):
        return OpenWork()
    if not read_settings(workspace).publish.approval:
        with open_workspace_ledger(workspace) as ledger:
            return OpenWork(due_in(ledger, workspace, now), posts_in(ledger, workspace, now))
    with deciding_context(workspace) as engine:
        due, posts = due_in(engine.ledger, workspace, now), posts_in(engine.ledger, workspace, now)
        try:
            return OpenWork(due, posts, open_approvals(engine), waiting_in(engine, workspace, desk, now))
        except FieldCutError as error:
            return OpenWork(due, posts, trouble=error.message)
