"""A person's yes, bound to the exact bytes and words."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Row, insert, select, update

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.records import Actor, Approval, Approved
from pipeline.publish.ledger.states import Who
from pipeline.publish.ledger.tables import approvals


class ApprovalBook:
    """Approvals are kept for ever; which of them holds is asked with the hashes of now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approve(self, story: str, approved: Approved, *, by: Actor, at: datetime) -> Approval:
        """Keep a yes. Raises UserMistake when it is not a person's."""
        if by.who is not Who.PERSON:
            raise UserMistake(M("Only a person can approve."))
        given = Approval(id=uuid4().hex, story=story, approved=approved, by=by, at=at)
        row = {"id": given.id, "story": story, "who": by.who.value, "actor": by.name, "at": at, **approved.model_dump()}
        with self._database.write(unsent=True) as connection:
            connection.execute(insert(approvals).values(row))
        return given

    def approval_for(self, story: str, now: Approved) -> Approval | None:
        """The newest approval of exactly this picture, sound, captions and offer; None when any of them is another, or it was revoked."""
        return next((given for given in self.of(story) if given.revoked_at is None and not given.changed(now)), None)

    def of(self, story: str) -> list[Approval]:
        """Every approval of a story, the newest first; `Approval.changed` says what is no longer as it was."""
        query = select(approvals).where(approvals.c.story == story).order_by(approvals.c.at.desc(), approvals.c.id)
        with self._database.read() as connection:
            return [_approval(row) for row in connection.execute(query)]

    def revoke(self, approval_id: str, *, at: datetime) -> None:
        """Take a yes back; what it let through already stays as it is."""
        with self._database.write() as connection:
            connection.execute(
                update(approvals).where(approvals.c.id == approval_id, approvals.c.revoked_at.is_(None)).values(revoked_at=at)
            )


def _approval(row: Row[tuple[object, ...]]) -> Approval:
    kept = row._mapping
    return Approval(
        id=kept["id"],
        story=kept["story"],
        approved=Approved(**{name: kept[name] for name in Approved.model_fields}),
        by=Actor(who=Who(kept["who"]), name=kept["actor"]),
        at=kept["at"],
        revoked_at=kept["revoked_at"],
    )
