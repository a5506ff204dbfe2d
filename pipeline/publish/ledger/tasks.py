"""What only a person can do. Some states bring a task with them; it opens and closes in the very transaction of the move."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.records import Actor, PersonTask
from pipeline.publish.ledger.states import State
from pipeline.publish.ledger.tables import tasks

SETTLE, CART, POST = "settle", "cart", "post"
KIND_OF: Mapping[State, str] = {
    State.UNCERTAIN: SETTLE,
    State.LIVE_WITHOUT_CART: CART,
    State.HANDED_OVER: POST,
    State.CLAIMED: POST,
}
"""The task a state brings with it."""


def task_message(kind: str, release: Release) -> Message:
    """What the person is to do, of the kinds that states bring."""
    where = {"story": release.story, "platform": release.platform, "account": release.account}
    if kind == SETTLE:
        return M("Look on {platform} {account} whether {story} is public, then tell FieldCut. Do not post it again before.", **where)
    if kind == CART:
        return M("{story} is public on {platform} {account} without its cart link. Hang the product on the post there.", **where)
    return M("Post the pack of {story} on {platform} {account}, then give FieldCut the link or a screenshot.", **where)


class TaskBook:
    """Open and done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, kind: str, message: Message, *, at: datetime, release_id: str = "") -> PersonTask:
        """Ask something of a person; of one kind a release has one open task, which is given back when it is there already."""
        with self._database.write() as connection:
            return open_task(connection, kind, message, at=at, release_id=release_id)

    def close(self, task_id: str, *, by: Actor, at: datetime, note: str = "") -> None:
        """It is done; closing it twice changes nothing."""
        with self._database.write() as connection:
            connection.execute(
                update(tasks).where(tasks.c.id == task_id, tasks.c.closed_at.is_(None)).values(closed_at=at, closed_by=by.name, note=note)
            )

    def all(self, *, release_id: str | None = None, open_only: bool = True) -> list[PersonTask]:
        """The oldest first."""
        query = select(tasks).order_by(tasks.c.opened_at, tasks.c.id)
        if release_id is not None:
            query = query.where(tasks.c.release_id == release_id)
        if open_only:
            query = query.where(tasks.c.closed_at.is_(None))
        with self._database.read() as connection:
            return [_task(dict(row._mapping)) for row in connection.execute(query)]


def open_task(connection: Connection, kind: str, message: Message, *, at: datetime, release_id: str = "") -> PersonTask:
    """Inside a transaction that is open already."""
    if release_id:
        there = connection.execute(
            select(tasks).where(tasks.c.release_id == release_id, tasks.c.kind == kind, tasks.c.closed_at.is_(None))
        ).first()
        if there:
            return _task(dict(there._mapping))
    task = PersonTask(id=uuid4().hex, kind=kind, message=message, release_id=release_id, opened_at=at)
    row = {"id": task.id, "kind": kind, "message": message.model_dump_json(), "release_id": release_id or None, "opened_at": at}
    connection.execute(insert(tasks).values(row))
    return task


def tasks_of_move(connection: Connection, release: Release, before: State | None, after: State, *, by: Actor, at: datetime) -> None:
    """Close the task of the state that is left and open that of the state that is entered."""
    old, new = KIND_OF.get(before) if before else None, KIND_OF.get(after)
    if old and old != new:
        connection.execute(
            update(tasks)
            .where(tasks.c.release_id == release.id, tasks.c.kind == old, tasks.c.closed_at.is_(None))
            .values(closed_at=at, closed_by=by.name)
        )
    if new and new != old:
        open_task(connection, new, task_message(new, release), at=at, release_id=release.id)


def _task(row: Mapping[str, object]) -> PersonTask:
    return PersonTask.model_validate(
        {**row, "message": Message.model_validate_json(str(row["message"])), "release_id": row["release_id"] or ""}
    )
