"""Planned posts: what a campaign puts where and when, and what became of each."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import Message
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.records import Actor, PlanState, RecordedPost
from pipeline.publish.ledger.states import Who
from pipeline.publish.ledger.tables import planned_posts


class PostBook:
    """The planned posts of all campaigns; one that was taken back stays on record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, campaign: str | None = None) -> list[RecordedPost]:
        """Return the posts of a campaign, of all without one, the earliest first."""
        query = select(planned_posts).order_by(planned_posts.c.at, planned_posts.c.id)
        if campaign is not None:
            query = query.where(planned_posts.c.campaign == campaign)
        with self._database.read() as connection:
            return [_recorded(dict(row._mapping)) for row in connection.execute(query)]

    def planned_before(self, moment: datetime) -> list[RecordedPost]:
        """Return the posts that wait for their time, and whose time comes before a moment, the earliest first."""
        query = select(planned_posts).where(planned_posts.c.state == "planned", planned_posts.c.at < moment)
        with self._database.read() as connection:
            return [_recorded(dict(row._mapping)) for row in connection.execute(query.order_by(planned_posts.c.at, planned_posts.c.id))]

    def plan(self, campaign: str, posts: list[PlannedPost], *, by: Actor, at: datetime) -> None:
        """Enter posts, all or none."""
        with self._database.write() as connection:
            for post in posts:
                row = {"id": uuid4().hex, "campaign": campaign, "state": "planned", "step": 1, "actor": by.name, "changed_at": at}
                connection.execute(insert(planned_posts).values(row | {"document": post.model_dump_json(), "at": post.at}))

    def change(self, known: RecordedPost, post: PlannedPost, *, by: Actor, at: datetime, release_id: str = "") -> bool:
        """Plan a post differently; it waits for its time anew, unless it is a release already. Returns False when it has changed since it
        was read."""
        state: PlanState = "released" if release_id else "planned"
        values = {"document": post.model_dump_json(), "at": post.at, "state": state, "release_id": release_id or None, "note": None}
        with self._database.write() as connection:
            return _update(connection, known, values | {"actor": by.name, "changed_at": at})

    def settle(
        self,
        known: RecordedPost,
        state: PlanState,
        *,
        at: datetime,
        release_id: str = "",
        note: Message | None = None,
        by: Actor | None = None,
    ) -> bool:
        """Note what became of a post. by: the person who decided it. Returns False when it has changed since it was read."""
        if (state, release_id, note) == (known.state, known.release_id, known.note):
            return True
        values = {"state": state, "release_id": release_id or known.release_id or None, "changed_at": at}
        values |= {"note": note.model_dump_json() if note else None} | ({"actor": by.name} if by else {})
        with self._database.write() as connection:
            return _update(connection, known, values)


def _update(connection: Connection, known: RecordedPost, values: Mapping[str, object]) -> bool:
    same = (planned_posts.c.id == known.id, planned_posts.c.step == known.step)
    return connection.execute(update(planned_posts).where(*same).values({**values, "step": known.step + 1})).rowcount == 1


def _recorded(row: dict[str, object]) -> RecordedPost:
    return RecordedPost(
        id=str(row["id"]),
        campaign=str(row["campaign"]),
        post=PlannedPost.from_json(str(row["document"])),
        state=row["state"],
        step=int(str(row["step"])),
        release_id=str(row["release_id"] or ""),
        note=Message.model_validate_json(str(row["note"])) if row["note"] else None,
        by=Actor(who=Who.PERSON, name=str(row["actor"])),
        changed_at=row["changed_at"],
    )
