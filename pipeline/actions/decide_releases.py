"""`fieldcut approve RELEASE`: a person's yes or no at the keyboard to releases that wait for it, and links for those elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.actions.approval_links import approval_address
from pipeline.actions.approval_requests import (
    ApprovalRequest,
    PersonAnswer,
    go_on_after_yes,
    link_token,
    request_of,
    take_answer,
    waiting_releases,
)
from pipeline.actions.publish_report import PublishReport, goes_out, release_line
from pipeline.actions.publishing_context import deciding_context
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.publish.engine import EngineContext
from pipeline.publish.ledger import IN_FLIGHT, RESUMABLE, ApprovalAnswer, Entry


def decide_releases(
    workspace: Path, given: str, answer: ApprovalAnswer, reason: str, by: str, now: datetime, language: str
) -> PublishReport:
    """Record a person's yes or no to the waiting releases that `given` names, and let those go on that may.

    given: the beginning of a release's id, or a story. by: the person's name. Raises UserMistake where nothing of that name waits, and for
    a no without a reason.
    """
    report = PublishReport()
    with deciding_context(workspace) as engine:
        for entry in _named(given, engine):
            asked = request_of(entry, engine, now)
            if asked.status == "open" or (asked.status == "void" and answer == "no"):
                asked = take_answer(asked, engine, PersonAnswer(by, answer, reason, "command"), now)
            report.lines += _lines(asked, engine, workspace, language)
            report.person_needed |= asked.status not in ("approved", "refused")
    return report


def approval_links(workspace: Path, given: str, desk: str, now: datetime, language: str) -> PublishReport:
    """List a link for each waiting release that `given` names. desk: the address of the desk's pages. Raises UserMistake for none."""
    report = PublishReport()
    with deciding_context(workspace) as engine:
        for entry in _named(given, engine):
            asked = request_of(entry, engine, now)
            place = place_label(entry.release.platform, entry.release.account, language)
            report.lines.append(f"{entry.id[:8]}  {entry.release.story}  {place}  {say(asked.says, language)}")
            if asked.status == "open":
                report.lines.append(approval_address(desk, link_token(engine, workspace, entry, now)))
            report.person_needed |= asked.status != "open"
    return report


def _named(given: str, engine: EngineContext) -> Sequence[Entry]:
    waiting = waiting_releases(engine)
    found = [entry for entry in waiting if entry.release.story == given or (given and entry.id.startswith(given))]
    if not found:
        known = ", ".join(f"{entry.id[:8]} ({entry.release.story})" for entry in waiting) or "–"
        raise UserMistake(
            M(
                "No release that waits for a yes is called {given}. Waiting: {known}. For a story that is not prepared yet, add "
                "--to PLACES.",
                given=given,
                known=known,
            )
        )
    return found


def _lines(asked: ApprovalRequest, engine: EngineContext, workspace: Path, language: str) -> list[str]:
    entry, lines = engine.ledger.get(asked.entry.id), []
    if asked.status == "approved":
        page = go_on_after_yes(entry, engine, workspace / "outbox" / entry.release.story, language)
        lines = [str(page)] if page is not None else []
    entry = engine.ledger.get(entry.id)
    line = release_line(entry, language)
    if asked.status == "refused" and entry.refused:
        return [line]  # who said no, and why, stands in it
    says = asked.says
    if asked.status == "approved" and asked.decision is not None and entry.state in RESUMABLE | IN_FLIGHT:
        says = goes_out(entry, asked.decision.by.name)
    return [f"{line}  {say(says, language)}", *lines]
