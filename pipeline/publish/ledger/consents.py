"""Consents: who permitted to show whom."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, update

from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.records import Actor, RecordedConsent
from pipeline.publish.ledger.states import Who
from pipeline.publish.ledger.tables import consents


class ConsentBook:
    """The consents of all stories, with who recorded them; a withdrawn one stays on record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, story: str, shown: str, given_by: str, *, by: Actor, at: datetime, clip_sha256: str = "", evidence: str = ""
    ) -> RecordedConsent:
        """Record a consent. shown: whom the video shows, given_by: the parent or guardian; see `RecordedConsent` for when they are empty.

        evidence: where the paper is kept.
        """
        consent = RecordedConsent(
            id=uuid4().hex, story=story, clip_sha256=clip_sha256, shown=shown, given_by=given_by, evidence=evidence, by=by, at=at
        )
        with self._database.write() as connection:
            connection.execute(insert(consents).values(consent.model_dump(exclude={"by"}) | {"actor": by.name}))
        return consent

    def of(self, story: str, *, withdrawn: bool = False) -> list[RecordedConsent]:
        """Return the consents of a story, the oldest first. withdrawn: include those that were withdrawn."""
        query = select(consents).where(consents.c.story == story).order_by(consents.c.at, consents.c.id)
        if not withdrawn:
            query = query.where(consents.c.withdrawn_at.is_(None))
        with self._database.read() as connection:
            return [_consent(dict(row._mapping)) for row in connection.execute(query)]

    def withdraw(self, consent_id: str, *, at: datetime) -> None:
        """Record that a consent was withdrawn."""
        with self._database.write() as connection:
            connection.execute(
                update(consents).where(consents.c.id == consent_id, consents.c.withdrawn_at.is_(None)).values(withdrawn_at=at)
            )


def _consent(row: dict[str, object]) -> RecordedConsent:
    by = Actor(who=Who.PERSON, name=str(row.pop("actor")))
    return RecordedConsent.model_validate({**row, "by": by})
