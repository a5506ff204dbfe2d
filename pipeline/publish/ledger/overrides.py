"""Overrides: rules that a person set aside, each with the reason they gave."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.records import Actor, Override
from pipeline.publish.ledger.states import Who
from pipeline.publish.ledger.tables import overrides

CLAIM_OVERRIDE = "claims"
"""Kind of the override of a finding that a person overruled; its subject is the finding's id."""


class OverrideBook:
    """The overrides of all stories, kept for ever; none is deleted or changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, kind: str, story: str, reason: str, *, by: Actor, at: datetime, release_id: str = "", subject: str = "") -> Override:
        """Record that a rule was set aside. Raises UserMistake when `by` is not a person, or without a reason."""
        with self._database.write(unsent=True) as connection:
            return add_override(connection, kind, story, reason, by=by, at=at, release_id=release_id, subject=subject)

    def of(self, story: str, kind: str | None = None, subject: str | None = None) -> list[Override]:
        """Return what was set aside for a story, the oldest first."""
        query = select(overrides).where(overrides.c.story == story).order_by(overrides.c.at, overrides.c.id)
        if kind is not None:
            query = query.where(overrides.c.kind == kind)
        if subject is not None:
            query = query.where(overrides.c.subject == subject)
        with self._database.read() as connection:
            return [
                Override(
                    id=row.id,
                    kind=row.kind,
                    story=row.story,
                    release_id=row.release_id or "",
                    subject=row.subject,
                    reason=row.reason,
                    by=Actor(who=Who.PERSON, name=row.actor),
                    at=row.at,
                )
                for row in connection.execute(query)
            ]


def check_reason(reason: str, by: Actor) -> None:
    """Raise UserMistake unless a person gives a reason."""
    if by.who is not Who.PERSON:
        raise UserMistake(M("Only a person can set a rule aside."))
    if not reason.strip():
        raise UserMistake(M("Say why: the reason is kept in the ledger."))


def add_override(
    connection: Connection, kind: str, story: str, reason: str, *, by: Actor, at: datetime, release_id: str = "", subject: str = ""
) -> Override:
    """Record an override inside an open transaction; see `OverrideBook.keep`."""
    check_reason(reason, by)
    override = Override(id=uuid4().hex, kind=kind, story=story, release_id=release_id, subject=subject, reason=reason.strip(), by=by, at=at)
    row = override.model_dump(exclude={"by"}) | {"actor": by.name, "release_id": release_id or None}
    connection.execute(insert(overrides).values(row))
    return override
