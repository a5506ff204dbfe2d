"""Approvals: a person's consent to publish, bound to the exact bytes and words."""

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
    """The approvals of all stories, kept for ever; whether one still holds depends on the present hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approve(self, story: str, approved: Approved, *, by: Actor, at: datetime) -> Approval:
        """Record an approval. Raises UserMistake when `by` is not a person."""
        if by.who is not Who.PERSON:
            raise UserMistake(M("Only a person can approve."))
        approval = Approval(id=uuid4().hex, story=story, approved=approved, by=by, at=at)
        row = {"id": approval.id, "story": story, "who": by.who.value, "actor": by.name, "at": at, **approved.model_dump()}
        with self._database.write(unsent=True) as connection:
            connection.execute(insert(approvals).values(row))
        return approval

    def approval_for(self, story: str, now: Approved) -> Approval | None:
        """Return the newest valid approval of exactly this picture, sound, captions and offer; None when there is none."""
        return next((approval for approval in self.of(story) if approval.revoked_at is None and not approval.changed(now)), None)

    def of(self, story: str) -> list[Approval]:
        """Return every approval of a story, the newest first; `Approval.changed` names what has changed since."""
        query = select(approvals).where(approvals.c.story == story).order_by(approvals.c.at.desc(), approvals.c.id)
        with self._database.read() as connection:
            return [_approval(row) for row in connection.execute(query)]

    def revoke(self, approval_id: str, *, at: datetime) -> None:
        """Revoke an approval; releases that were published under it are not affected."""
        with self._database.write() as connection:
            connection.execute(
                update(approvals).where(approvals.c.id == approval_id, approvals.c.revoked_at.is_(None)).values(revoked_at=at)
            )


def _approval(row: Row[tuple[object, ...]]) -> Approval:
    columns = row._mapping
    return Approval(
        id=columns["id"],
        story=columns["story"],
        approved=Approved(**{name: columns[name] for name in Approved.model_fields}),
        by=Actor(who=Who(columns["who"]), name=columns["actor"]),
        at=columns["at"],
        revoked_at=columns["revoked_at"],
    )
