"""Approvals: a person's yes or no to publishing, bound to the exact bytes and words, to place and hour."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.errors import AlreadyDecided
from pipeline.publish.ledger.records import Actor, Approval, ApprovalDecision, Approved
from pipeline.publish.ledger.states import Who
from pipeline.publish.ledger.tables import approvals


class ApprovalBook:
    """The decisions on all stories, kept for ever; whether an approval still holds depends on the present hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approve(self, story: str, approved: Approved, *, by: Actor, at: datetime) -> Approval:
        """Record an approval. Raises UserMistake when `by` is not a person."""
        _require_person(by)
        approval = Approval(id=uuid4().hex, story=story, approved=approved, by=by, at=at)
        with self._database.write(unsent=True) as connection:
            connection.execute(insert(approvals).values(_row_of(approval)))
        return approval

    def approval_for(self, story: str, now: Approved) -> Approval | None:
        """Return the newest valid approval of exactly this picture, sound, captions and offer, with its covers, for this place and hour;
        None when there is none."""
        return next(
            (given for given in self.of(story) if given.answer == "yes" and given.revoked_at is None and not given.changed(now)), None
        )

    def decision_on(self, question: str) -> Approval | None:
        """Return what was answered to a question (`Approved.question`); None while nobody has."""
        with self._database.read() as connection:
            return _decision_on(connection, question)

    def of(self, story: str) -> list[Approval]:
        """Return every decision on a story, the newest first; `Approval.changed` names what has changed since."""
        with self._database.read() as connection:
            return _decisions_of(connection, story)

    def revoke(self, approval_id: str, *, at: datetime) -> None:
        """Revoke an approval; releases that were published under it are not affected."""
        with self._database.write() as connection:
            _revoke(connection, approval_id, at)


def add_decision(connection: Connection, story: str, release_id: str, decision: ApprovalDecision, *, by: Actor, at: datetime) -> Approval:
    """Record the answer to a question inside an open transaction; a no revokes the earlier approvals of the same.

    Raises UserMistake when `by` is not a person and for a no without a reason, AlreadyDecided; IntegrityError where another process has
    answered the question at the same moment.
    """
    _require_person(by)
    if (given := _decision_on(connection, decision.question)) is not None:
        raise AlreadyDecided(given)
    reason = decision.reason.strip()
    if decision.answer == "no" and not reason:
        raise UserMistake(M("Say why not: whoever changes it must know."))
    facts = decision.model_dump(exclude={"approved"}) | {"reason": reason}
    recorded = Approval(id=uuid4().hex, story=story, approved=decision.approved, by=by, at=at, release_id=release_id, **facts)
    connection.execute(insert(approvals).values(_row_of(recorded)))
    if decision.answer == "no":
        for earlier in _decisions_of(connection, story):
            if earlier.answer == "yes" and earlier.revoked_at is None and not earlier.changed(decision.approved):
                _revoke(connection, earlier.id, at)
    return recorded


def _require_person(by: Actor) -> None:
    if by.who is not Who.PERSON:
        raise UserMistake(M("Only a person can approve."))


def _decision_on(connection: Connection, question: str) -> Approval | None:
    row = connection.execute(select(approvals).where(approvals.c.question == question)).first()
    return _approval(row) if row is not None else None


def _decisions_of(connection: Connection, story: str) -> list[Approval]:
    query = select(approvals).where(approvals.c.story == story).order_by(approvals.c.at.desc(), approvals.c.id)
    return [_approval(row) for row in connection.execute(query)]


def _revoke(connection: Connection, approval_id: str, at: datetime) -> None:
    connection.execute(update(approvals).where(approvals.c.id == approval_id, approvals.c.revoked_at.is_(None)).values(revoked_at=at))


def _row_of(approval: Approval) -> dict[str, object]:
    row = approval.model_dump(exclude={"approved", "by"}) | approval.approved.model_dump()
    return row | {"question": approval.question or None, "who": approval.by.who.value, "actor": approval.by.name}


def _approval(row: Row[tuple[object, ...]]) -> Approval:
    columns = row._mapping
    return Approval(
        approved=Approved(**{name: columns[name] for name in Approved.model_fields}),
        by=Actor(who=Who(columns["who"]), name=columns["actor"]),
        question=columns["question"] or "",
        **{name: columns[name] for name in ("id", "story", "at", "revoked_at", "release_id", "way", "answer", "reason")},
    )
