"""What is asked of a person about one release, as its page shows it, and their answer, which the ledger takes once."""

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline.actions.approval_links import ApprovalToken, link_key, read_token, token_for
from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.engine import EngineContext, approval_question, first_attempt_at, lacks_approval, standing_problems
from pipeline.publish.ledger import (
    RESUMABLE,
    Actor,
    AlreadyDecided,
    Approval,
    ApprovalAnswer,
    ApprovalDecision,
    ApprovalWay,
    Entry,
    StaleEntry,
    State,
    Who,
)
from pipeline.secrets.vault import open_vault
from pipeline.settings import minute_and_zone, read_settings

RequestStatus = Literal["open", "approved", "refused", "void", "expired", "ended"]
"""open: it can be answered. void: what is asked is no longer what the link asked. ended: the release went its way without an answer."""
LONGEST_NAME, LONGEST_REASON = 40, 500


class LinkForged(PersonNeeded):
    """The token was not signed by this workspace."""

    def __init__(self) -> None:
        super().__init__(M("This link is not one of ours, or not whole. Ask whoever sent it to send it once more."))


class NotAsked(UserMistake):
    """The answer cannot be taken as it was given: a name, or the reason of a no, is missing. field: name or reason."""

    def __init__(self, message: Message, field: Literal["name", "reason"]) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class ApprovalRequest:
    """One release and where the question about it stands. question: its present hash. says: one sentence, with what to do.

    expires_at: until when the link can be answered; None without a link. decision: what was answered; None while nothing was.
    """

    entry: Entry
    question: str
    status: RequestStatus
    says: Message
    expires_at: datetime | None = None
    decision: Approval | None = None


@dataclass(frozen=True)
class PersonAnswer:
    """What a person said: their name, yes or no, why, and by which way."""

    name: str
    answer: ApprovalAnswer
    reason: str
    way: ApprovalWay


def waiting_releases(engine: EngineContext) -> list[Entry]:
    """The releases that lack a person's yes, and nothing has left of them; the oldest first."""
    return [
        entry
        for entry in engine.ledger.releases(open_only=True)
        if entry.state in RESUMABLE and lacks_approval(entry.release, engine) and entry.release.platform in engine.platforms
    ]


def request_by_link(engine: EngineContext, workspace: Path, text: str, now: datetime) -> ApprovalRequest:
    """What a link's token asks. now: aware. Changes nothing. Raises LinkForged."""
    token = read_token(text, link_key(open_vault(workspace)))
    if token is None:
        raise LinkForged
    try:
        entry = engine.ledger.get(token.release)
    except UserMistake:
        raise LinkForged from None
    return request_of(entry, engine, now, token)


def request_of(entry: Entry, engine: EngineContext, now: datetime, token: ApprovalToken | None = None) -> ApprovalRequest:
    """Where the question about a release stands. token: of the link, which may ask what is no longer so; None for what is asked now."""
    if engine.rules.approved is None:
        return ApprovalRequest(entry, "", "ended", M("Nobody is asked any more: the settings no longer ask for approval."))
    question = approval_question(entry, engine)
    expires_at = token.expires_at if token else None
    asked = question if token is None or question.startswith(token.question) else token.question
    decision = _decision(entry, engine, asked)
    if decision is not None:
        status: RequestStatus = "approved" if decision.answer == "yes" else "refused"
        return ApprovalRequest(entry, question, status, AlreadyDecided(decision).message, expires_at, decision)
    if entry.state not in RESUMABLE:
        said = M("Nobody is asked any more: this one has ended. {reason}", reason=entry.reason or "")
        return ApprovalRequest(entry, question, "ended", said, expires_at)
    if asked != question:
        said = M("It was changed after this link was made. Look at the new one: ask whoever sent this link for it.")
        return ApprovalRequest(entry, question, "void", said, expires_at)
    if expires_at is not None and expires_at <= now:
        said = M("This link could be answered until {when}. Ask whoever sent it for a new one.", when=minute_and_zone(expires_at))
        return ApprovalRequest(entry, question, "expired", said, expires_at)
    if problems := standing_problems(entry, engine):
        said = M("It cannot go out as it is, whatever is answered: {problems}. It has to be prepared anew.", problems=problems)
        return ApprovalRequest(entry, question, "void", said, expires_at)
    return ApprovalRequest(entry, question, "open", M("May this go out? It waits for a yes or a no."), expires_at)


def answer_by_link(engine: EngineContext, workspace: Path, text: str, given: PersonAnswer, now: datetime) -> ApprovalRequest:
    """Take the answer of whoever holds a link; what can no longer be answered stays as it is. Returns where the question stands now.

    Raises LinkForged, NotAsked.
    """
    asked = request_by_link(engine, workspace, text, now)
    return take_answer(asked, engine, given, now) if asked.status == "open" else asked


def take_answer(asked: ApprovalRequest, engine: EngineContext, given: PersonAnswer, now: datetime) -> ApprovalRequest:
    """Take the answer to an open question; of several at once, one is heard. Returns where it stands now. Raises NotAsked."""
    entry, rule = asked.entry, engine.rules.approved
    assert rule is not None
    by, reason = Actor(who=Who.PERSON, name=_name(given.name)), _one_line(given.reason)[:LONGEST_REASON]
    if given.answer == "no" and not reason:
        raise NotAsked(M("Say why not: whoever changes it must know."), "reason")
    decision = ApprovalDecision(
        answer=given.answer, approved=rule(entry.release), question=asked.question, way=given.way, reason=reason
    )  # fmt: skip
    with suppress(AlreadyDecided, StaleEntry):  # somebody was faster; what they said, or what became of it, is said below
        engine.ledger.decide(entry, decision, by=by, at=now, next_at=due_after_yes(entry, engine, now))
    return request_of(engine.ledger.get(entry.id), engine, now)


def due_after_yes(entry: Entry, engine: EngineContext, now: datetime) -> datetime:
    """When a worker may take up a release that is approved now: at once, or ahead of its hour."""
    return first_attempt_at(entry.release, engine.platforms[entry.release.platform].capabilities) or now


def go_on_after_yes(entry: Entry, engine: EngineContext, outbox: Path, language: str) -> Path | None:
    """Hand over to a person what is posted by hand and was just approved; everything else is due by now. Returns the pack's page.

    outbox: the story's.
    """
    platform = engine.platforms.get(entry.release.platform)
    if platform is None or not platform.capabilities.by_person or entry.state is not State.PREPARED:
        return None
    from pipeline.commerce.qr import qr_modules  # what draws and packs: not for a page that only asks
    from pipeline.publish.handoff import hand_over

    pack = hand_over(entry.id, engine, outbox, draw_qr=qr_modules, language=language)
    return pack.folder / "index.html" if pack is not None else None


def link_token(engine: EngineContext, workspace: Path, entry: Entry, now: datetime) -> str:
    """The token of a release's present question. Raises as `link_key` does."""
    days = read_settings(workspace).publish.link_days
    return token_for(entry, approval_question(entry, engine), now, days, link_key(open_vault(workspace)))


def _decision(entry: Entry, engine: EngineContext, asked: str) -> Approval | None:
    """What was said to the question of a link, else the approval under which the release stands."""
    decisions: Sequence[Approval] = engine.ledger.approvals.of(entry.release.story)
    given = next((one for one in decisions if one.question and one.question.startswith(asked)), None)
    if given is not None:
        return given
    assert engine.rules.approved is not None
    now = engine.rules.approved(entry.release)
    return engine.ledger.approvals.approval_for(entry.release.story, now)


def _name(text: str) -> str:
    name = _one_line(text)[:LONGEST_NAME]
    if not name:
        raise NotAsked(M("Write your name: it is kept with the answer."), "name")
    return name


def _one_line(text: str) -> str:
    """The text on one line, without characters that nobody sees."""
    return " ".join("".join(" " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in text).split())
