"""Tasks for people. Some states come with a task; it opens and closes in the transaction of the move."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.records import Actor, PersonTask
from pipeline.publish.ledger.states import State
from pipeline.publish.ledger.tables import releases, tasks

SETTLE, CART, POST, DECIDE, TAKE_DOWN, OFFER, DECLARE = "settle", "cart", "post", "decide", "take_down", "offer", "declare"
APPROVE = "approve"
"""Kind of the task that asks for a person's yes or no; its subject says to what exactly."""
CORRECTED = "corrected"
"""Note of a task that was closed because a person has done what it asked."""
KIND_OF: Mapping[State, str] = {
    State.UNCERTAIN: SETTLE,
    State.FAILED: DECIDE,
    State.LIVE_WITHOUT_CART: CART,
    State.HANDED_OVER: POST,
    State.CLAIMED: POST,
}
"""Kind of the task that comes with a state."""


def task_message(kind: str, release: Release) -> Message:
    """Return what the person must do, for a kind of task that comes with a state."""
    where = {"story": release.story, "platform": release.platform, "account": release.account}
    if kind == SETTLE:
        return M("Look on {platform} {account} whether {story} is public, then tell FieldCut. Do not post it again before.", **where)
    if kind == CART:
        return M("{story} is public on {platform} {account} without its cart link. Hang the product on the post there.", **where)
    if kind == DECIDE:
        return M(
            "{story} is not public on {platform} {account}. Publish it again, or give it up: fieldcut settle {release} --as abandoned",
            release=release.id[:8],
            **where,
        )
    return M("Post the pack of {story} on {platform} {account}, then give FieldCut the link or a screenshot.", **where)


def take_down_message(old: Release, link: str) -> Message:
    """Return what the person must do with a post whose successor has been seen live."""
    return M(
        "What takes the place of {story} on {platform} {account} is live. Take the old post down there ({link}), then: "
        "fieldcut settle {release} --as removed",
        story=old.story,
        platform=old.platform,
        account=old.account,
        link=link or "–",
        release=old.id[:8],
    )


class TaskBook:
    """Tasks for people, open and closed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, kind: str, message: Message, *, at: datetime, release_id: str = "") -> PersonTask:
        """Open a task for a person. A release has one open task of a kind: the existing one is returned."""
        with self._database.write() as connection:
            return open_task(connection, kind, message, at=at, release_id=release_id)

    def ask(self, kind: str, message: Message, subject: str, *, at: datetime, release_id: str) -> PersonTask:
        """Open a task that asks for something exact; an open one of the kind is changed to it, and people are told anew.

        subject: what it asks for. The same in other words is not told again.
        """
        with self._database.write() as connection:
            task = open_task(connection, kind, message, at=at, release_id=release_id, subject=subject)
            if (task.message, task.subject) == (message, subject):
                return task
            changes: dict[str, object] = {"message": message.model_dump_json(), "subject": subject}
            changes |= {"told_at": None} if task.subject != subject else {}
            connection.execute(update(tasks).where(tasks.c.id == task.id, tasks.c.closed_at.is_(None)).values(changes))
        return task.model_copy(
            update={"message": message, "subject": subject, "told_at": None if task.subject != subject else task.told_at}
        )

    def close(self, task_id: str, *, by: Actor, at: datetime, note: str = "") -> None:
        """Close a task; closing it twice changes nothing."""
        with self._database.write() as connection:
            connection.execute(
                update(tasks).where(tasks.c.id == task_id, tasks.c.closed_at.is_(None)).values(closed_at=at, closed_by=by.name, note=note)
            )

    def claim_telling(self, task_id: str, *, at: datetime, again_before: datetime | None = None) -> bool:
        """Record that the channels are told of a task; False when that was recorded before, so that each is told once.

        again_before: what was told before this is told anew.
        """
        untold: ColumnElement[bool] = tasks.c.told_at.is_(None)
        untold = or_(untold, tasks.c.told_at < again_before) if again_before is not None else untold
        with self._database.write() as connection:
            done = connection.execute(update(tasks).where(tasks.c.id == task_id, untold).values(told_at=at))
        return done.rowcount == 1

    def all(self, *, release_id: str | None = None, open_only: bool = True) -> list[PersonTask]:
        """Return tasks, the oldest first. release_id: of one release; None for all. open_only: without closed ones."""
        query = select(tasks).order_by(tasks.c.opened_at, tasks.c.id)
        if release_id is not None:
            query = query.where(tasks.c.release_id == release_id)
        if open_only:
            query = query.where(tasks.c.closed_at.is_(None))
        with self._database.read() as connection:
            return [_task(dict(row._mapping)) for row in connection.execute(query)]


def open_task(connection: Connection, kind: str, message: Message, *, at: datetime, release_id: str = "", subject: str = "") -> PersonTask:
    """Open a task inside an open transaction; see `TaskBook.open`."""
    if release_id:
        existing = connection.execute(
            select(tasks).where(tasks.c.release_id == release_id, tasks.c.kind == kind, tasks.c.closed_at.is_(None))
        ).first()
        if existing:
            return _task(dict(existing._mapping))
    task = PersonTask(id=uuid4().hex, kind=kind, message=message, subject=subject, release_id=release_id, opened_at=at)
    row: dict[str, object] = {"id": task.id, "kind": kind, "message": message.model_dump_json(), "subject": subject}
    row |= {"release_id": release_id or None, "opened_at": at}
    connection.execute(insert(tasks).values(row))
    return task


def tasks_of_move(
    connection: Connection, release: Release, before: State | None, after: State, *, by: Actor, at: datetime, asks: bool = True
) -> None:
    """Close the task of the old state and open that of the new state. asks: whether the new one has something to ask of a person."""
    old, new = KIND_OF.get(before) if before else None, KIND_OF.get(after)
    done = {old, APPROVE} - {new, None} | ({TAKE_DOWN, CART, OFFER, DECLARE} if after in (State.REMOVED, State.ABANDONED) else set())
    if done:
        _close(connection, tasks.c.release_id == release.id, tasks.c.kind.in_(done), by=by, at=at)
    if asks and new and new != old:
        open_task(connection, new, task_message(new, release), at=at, release_id=release.id)


def close_approval_task(connection: Connection, release_id: str, *, by: Actor, at: datetime) -> None:
    """Close what asks for a person's yes or no, inside an open transaction: it was given."""
    _close(connection, tasks.c.release_id == release_id, tasks.c.kind == APPROVE, by=by, at=at)


def _close(connection: Connection, *which: ColumnElement[bool], by: Actor, at: datetime, note: str = "") -> None:
    connection.execute(update(tasks).where(*which, tasks.c.closed_at.is_(None)).values(closed_at=at, closed_by=by.name, note=note))


def close_decided(connection: Connection, release: Release, *, by: Actor, at: datetime) -> None:
    """Close the tasks of failed releases of the same story for the same account: with a new release of it somebody has decided."""
    same = (releases.c[name] == getattr(release, name) for name in ("story", "platform", "account"))
    ids = select(releases.c.id).where(*same, releases.c.id != release.id)
    _close(connection, tasks.c.release_id.in_(ids), tasks.c.kind == DECIDE, by=by, at=at, note=release.id)


def _task(row: Mapping[str, object]) -> PersonTask:
    return PersonTask.model_validate(
        {**row, "message": Message.model_validate_json(str(row["message"])), "release_id": row["release_id"] or ""}
    )
