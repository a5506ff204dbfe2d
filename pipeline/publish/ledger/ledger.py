"""The ledger itself: the state of every release, and the only way to move one."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.errors import UserMistake
from pipeline.network.redacted_response import redacted_id, redacted_message, redacted_response
from pipeline.publish.ledger.approvals import ApprovalBook, add_decision
from pipeline.publish.ledger.consents import ConsentBook
from pipeline.publish.ledger.database import PATIENCE_S, Database, connect
from pipeline.publish.ledger.errors import AlreadyDecided, AlreadyReleased, ForbiddenMove, StaleEntry
from pipeline.publish.ledger.lease import Leases
from pipeline.publish.ledger.migrate import upgrade_schema
from pipeline.publish.ledger.move_checks import check_complete, link_to_keep
from pipeline.publish.ledger.overrides import OverrideBook, add_override, check_reason
from pipeline.publish.ledger.planned_posts import PostBook
from pipeline.publish.ledger.progress import ProgressBook
from pipeline.publish.ledger.queries import due_at, matching, of_same_post, of_same_video
from pipeline.publish.ledger.quota import QuotaBook
from pipeline.publish.ledger.records import Actor, Approval, ApprovalDecision, Entry, Transition, refusal
from pipeline.publish.ledger.rows import entry_of, identity_columns, row_of, transition_of
from pipeline.publish.ledger.states import ANNOUNCES, PUBLIC, RESUMABLE, RETRIED, State, Who, may_move
from pipeline.publish.ledger.tables import releases, transitions
from pipeline.publish.ledger.tasks import (
    TAKE_DOWN,
    TaskBook,
    close_approval_task,
    close_decided,
    open_task,
    take_down_message,
    tasks_of_move,
)
from pipeline.secrets.cipher import Cipher

REPOST = "again"
"""Kind of the override under which the same video and words are posted once more."""


class Ledger:
    """An open ledger. Must not be used after a fork."""

    def __init__(self, database: Database, cipher: Cipher | None) -> None:
        self._database = database
        self._leases = Leases(database)
        self.run = uuid4().hex
        """Id of this opening, recorded with every move it makes."""
        self.progress = ProgressBook(database, self._leases, cipher)
        self.approvals = ApprovalBook(database)
        self.overrides = OverrideBook(database)
        self.quota = QuotaBook(database)
        self.tasks = TaskBook(database)
        self.consents = ConsentBook(database)
        self.posts = PostBook(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def prepare(self, release: Release, *, by: Actor, at: datetime, repost_reason: str = "", next_at: datetime | None = None) -> Entry:
        """Record a release as prepared; one that failed or was abandoned starts its next attempt under its old id.

        repost_reason: a person's, for posting the same, or the same story, once more; the very same only when the earlier post is known to
        be public or removed.
        next_at: when a worker may take it up, by default its planned time. A page of the seller's own may go back to what it once said.
        Raises AlreadyReleased for the same video, words, platform and account; UserMistake when the reason is not a person's.
        """
        if repost_reason:
            check_reason(repost_reason, by)
        next_at = next_at or release.planned_at
        try:
            with self._database.write(unsent=True) as connection:
                same = self._same(connection, release)
                if same and same[-1].state in RETRIED and self._may(same[-1], State.PREPARED, by):
                    entry = self._move(connection, same[-1], State.PREPARED, by=by, at=at, next_at=next_at, release=release)
                    self._note_repost(connection, entry, repost_reason, by=by, at=at)
                    return entry
                again = repost_reason and all(entry.state in PUBLIC | RETRIED | {State.REMOVED} for entry in same)
                if same and not again and not self._goes_back(connection, release, same):
                    raise AlreadyReleased(same[-1])
                entry = self._enter(connection, release, edition=len(same), by=by, at=at, next_at=next_at)
                self._note_repost(connection, entry, repost_reason, by=by, at=at)
                return entry
        except IntegrityError:
            # Another process recorded the same release between our read and our write.
            with self._database.read() as connection:
                existing = self._same(connection, release)
            if not existing:
                raise ValueError(f"the id {release.id} belongs to another release") from None
            raise AlreadyReleased(existing[-1]) from None

    def advance(
        self,
        entry: Entry,
        to: State,
        *,
        by: Actor,
        at: datetime,
        reason: Message | None = None,
        request_id: str = "",
        answer: Mapping[str, JsonValue] | None = None,
        post_id: str = "",
        link: str = "",
        evidence: str = "",
        next_at: datetime | None = None,
    ) -> Entry:
        """Move a release on from the step that `entry` read; it is on disk when this returns, so call it before the call it announces.

        answer: the platform's; it is stored without tokens and without the queries of addresses. post_id, link, evidence: what is known
        of the post by now; an empty one keeps what was known. next_at: when to take it up again, None for at once.
        Raises StaleEntry when it has moved since (exactly one of many wins), ForbiddenMove when the table has no such move for `by`,
        ValueError when a machine has not taken the release, or the move lacks what it needs: a reason for failed, uncertain, abandoned
        and removed; a link or a screenshot for confirmed; a post or a link for what a look-up calls live.
        """
        if not self._may(entry, to, by):
            raise ForbiddenMove(entry.state, to, by.who)
        if by.who is Who.MACHINE:
            self._leases.must_hold(entry.id)
        secrets = self.progress.secrets(entry.id)
        known = {
            "post_id": redacted_id(post_id, secrets) or entry.post_id,
            "link": link_to_keep(link, by, secrets) or entry.link,
            "evidence": evidence or entry.evidence,
        }
        check_complete(to, by, reason, known)
        with self._database.write(unsent=to in ANNOUNCES) as connection:
            return self._move(
                connection,
                entry,
                to,
                by=by,
                at=at,
                reason=redacted_message(reason, secrets) if reason else None,
                request_id=redacted_id(request_id, secrets),
                response=redacted_response(answer or {}, secrets),
                known=known,
                next_at=next_at,
            )

    def postpone(self, entry: Entry, until: datetime | None) -> Entry:
        """Keep a release's state and let no worker take it up before `until`; None: an uncertain or live one then waits for a person.

        Raises StaleEntry when it has moved.
        """
        with self._database.write() as connection:
            done = connection.execute(
                update(releases).where(releases.c.id == entry.id, releases.c.step == entry.step).values(next_at=until)
            )
            if done.rowcount != 1:
                raise StaleEntry(self._read(connection, entry.id))
        return entry.model_copy(update={"next_at": until})

    def decide(self, entry: Entry, decision: ApprovalDecision, *, by: Actor, at: datetime, next_at: datetime | None) -> Approval:
        """Record a person's answer to what is asked of a release. A no ends it as failed, with the reason; a yes lets it go on.

        next_at: when a worker may take it up after a yes; None for at once. Raises AlreadyDecided, StaleEntry when it has moved since it
        was read or is past deciding, UserMistake for a no without a reason and when `by` is not a person.
        """
        try:
            with self._database.write(unsent=True) as connection:
                current = self._read(connection, entry.id)
                if current.step != entry.step or current.state not in RESUMABLE:
                    raise StaleEntry(current)
                recorded = add_decision(connection, entry.release.story, entry.id, decision, by=by, at=at)
                if recorded.answer == "no":
                    reason = refusal(by.name, recorded.reason)
                    self._move(connection, current, State.FAILED, by=by, at=at, reason=reason)
                else:
                    connection.execute(update(releases).where(releases.c.id == entry.id).values(next_at=next_at))
                close_approval_task(connection, entry.id, by=by, at=at)
                return recorded
        except IntegrityError:
            given = self.approvals.decision_on(decision.question)
            if given is None:
                raise
            raise AlreadyDecided(given) from None

    def lease(self, release_id: str, *, holder: str, at: datetime, within_s: float = 0.0) -> AbstractContextManager[None]:
        """Hold a release while the block runs, alone; the lock ends with this process.

        within_s: how long to wait for another worker, seconds. Raises ReleaseLeased.
        """
        return self._leases.take(release_id, holder, at, within_s)

    def held(self) -> frozenset[str]:
        """Return the releases that a worker has, or had when it was killed."""
        return self._leases.held()

    def must_hold(self, release_id: str) -> None:
        """Raise LeaseLost when the lease was lost with the connection to the ledger, ValueError when it was never taken."""
        self._leases.must_hold(release_id)

    def get(self, release_id: str) -> Entry:
        """Return a release's entry. Raises UserMistake for an unknown id."""
        with self._database.read() as connection:
            return self._read(connection, release_id)

    def releases(
        self, *, story: str | None = None, platform: str | None = None, account: str | None = None, open_only: bool = False
    ) -> list[Entry]:
        """Return the releases that match, the oldest first. open_only: without those in a final state."""
        return list(self._entries(matching(story, platform, account, open_only=open_only)))

    def same_video(self, release: Release) -> list[Entry]:
        """Return every release of the same video for the same account, whatever its words."""
        return list(self._entries(of_same_video(release)))

    def same_post(self, release: Release) -> list[Entry]:
        """Return every release of the same video with the same words for the same account, the first edition first."""
        with self._database.read() as connection:
            return self._same(connection, release)

    def due(self, now: datetime) -> list[Entry]:
        """Return the releases that a worker may take up now, the longest waiting first.

        Releases that wait for a person are not among them; uncertain and live ones only when a time for another look-up was set.
        """
        return list(self._entries(due_at(now)))

    def history(self, release_id: str) -> list[Transition]:
        """Return every move of a release, the oldest first."""
        query = select(transitions).where(transitions.c.release_id == release_id).order_by(transitions.c.step)
        with self._database.read() as connection:
            return [transition_of(row) for row in connection.execute(query)]

    def latest(self) -> datetime | None:
        """Return the newest time on record, aware; None in an empty ledger. A clock that is hours behind it is wrong."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(transitions.c.at, type_=transitions.c.at.type))).scalar()

    def _may(self, entry: Entry, to: State, by: Actor) -> bool:
        return may_move(entry.state, to, by.who, same_run=entry.run == self.run, own_failure=entry.by.who is Who.MACHINE)

    def _same(self, connection: Connection, release: Release) -> list[Entry]:
        return [entry_of(row) for row in connection.execute(of_same_post(release))]

    def _goes_back(self, connection: Connection, release: Release, same: list[Entry]) -> bool:
        """Whether a page of the seller's own returns to what it once said: that is a change of the page that is live, like any other."""
        if release.page is None or any(entry.state is not State.REMOVED for entry in same):
            return False
        columns = {"story": release.story, "platform": release.platform, "account": release.account}
        query = select(releases).where(*(releases.c[name] == value for name, value in columns.items()))
        return any(entry_of(row).state in PUBLIC for row in connection.execute(query))

    def _note_repost(self, connection: Connection, entry: Entry, reason: str, *, by: Actor, at: datetime) -> None:
        if reason:
            release = entry.release
            add_override(connection, REPOST, release.story, reason, by=by, at=at, release_id=release.id, subject=release.content_sha256)

    def _read(self, connection: Connection, release_id: str) -> Entry:
        row = connection.execute(select(releases).where(releases.c.id == release_id)).first()
        if row is None:
            raise UserMistake(M("There is no release {release}.", release=release_id))
        return entry_of(row)

    def _entries(self, query: Select[Any]) -> Iterator[Entry]:
        with self._database.read() as connection:
            rows: Iterable[Row[Any]] = connection.execute(query).all()
        return (entry_of(row) for row in rows)

    def _enter(self, connection: Connection, release: Release, *, edition: int, by: Actor, at: datetime, next_at: datetime | None) -> Entry:
        entry = Entry(
            release=release,
            state=State.PREPARED,
            step=1,
            attempt=1,
            edition=edition,
            since=at,
            by=by,
            run=self.run,
            next_at=next_at,
            created_at=at,
        )
        connection.execute(
            insert(releases).values(
                row_of(entry) | identity_columns(release) | {"id": release.id, "story": release.story, "edition": edition, "created_at": at}
            )
        )
        self._write_down(connection, entry, before=None, request_id="", response={})
        close_decided(connection, release, by=by, at=at)
        return entry

    def _move(
        self,
        connection: Connection,
        entry: Entry,
        to: State,
        *,
        by: Actor,
        at: datetime,
        reason: Message | None = None,
        request_id: str = "",
        response: Mapping[str, JsonValue] | None = None,
        known: Mapping[str, str] | None = None,
        next_at: datetime | None = None,
        release: Release | None = None,
    ) -> Entry:
        anew = to is State.PREPARED
        forgotten = {"post_id": "", "link": "", "evidence": ""}
        moved = entry.model_copy(
            update={
                "state": to,
                "step": entry.step + 1,
                "attempt": entry.attempt + anew,
                "since": at,
                "by": by,
                "run": self.run,
                "reason": reason,
                "next_at": next_at,
                "claimed_by": by.name if to is State.CLAIMED else "" if to is State.HANDED_OVER or anew else entry.claimed_by,
                "release": release.model_copy(update={"id": entry.id}) if release else entry.release,
                **(forgotten if anew else known or {}),
            }
        )
        # Compare and set: a writer that read an older step matches no row, so one of many wins.
        done = connection.execute(
            update(releases)
            .where(releases.c.id == entry.id, releases.c.step == entry.step, releases.c.state == entry.state.value)
            .values(row_of(moved))
        )
        if done.rowcount != 1:
            raise StaleEntry(self._read(connection, entry.id))
        self._write_down(connection, moved, before=entry.state, request_id=request_id, response=response or {})
        tasks_of_move(connection, moved.release, entry.state, to, by=by, at=at, asks=not moved.refused)
        if to in PUBLIC and entry.state not in PUBLIC:
            for replaced in moved.release.replaces:
                old = self._read(connection, replaced)
                if old.state in PUBLIC:
                    open_task(connection, TAKE_DOWN, take_down_message(old.release, old.link), at=at, release_id=old.id)
        return moved

    def _write_down(
        self, connection: Connection, entry: Entry, *, before: State | None, request_id: str, response: Mapping[str, JsonValue]
    ) -> None:
        connection.execute(
            insert(transitions).values(
                release_id=entry.id,
                step=entry.step,
                attempt=entry.attempt,
                before=before.value if before else None,
                after=entry.state.value,
                at=entry.since,
                who=entry.by.who.value,
                actor=entry.by.name,
                run=entry.run,
                request_id=request_id,
                essence=dict(response),
                reason=entry.reason.model_dump_json() if entry.reason else None,
            )
        )


def open_ledger(ledger: str | Path, *, cipher: Cipher | None = None, patience_s: float = PATIENCE_S) -> Ledger:
    """Open a ledger and bring its tables up to date: a file's path, sqlite:///…, or postgresql://user@host/name.

    cipher: encrypts upload progress; without one everything else works. patience_s: how long to wait for other writers, seconds.
    Raises UserMistake for an address that cannot be read and for a ledger of a newer program, DiskFault when it cannot be written, Fault
    when it is busy, damaged or does not answer. Nothing was sent then.
    """
    database = connect(ledger, patience_s=patience_s)
    try:
        upgrade_schema(database)
    except BaseException:
        database.close()
        raise
    return Ledger(database, cipher)
