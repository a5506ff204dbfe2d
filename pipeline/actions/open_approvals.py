"""What waits for a person's yes or no while `fieldcut up` runs: the orders for it, the notices and links, and Prefect's own form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.actions.approval_links import LEAST_LIFE, approval_address, link_key, read_token
from pipeline.actions.approval_requests import (
    LinkForged,
    NotAsked,
    PersonAnswer,
    answer_by_link,
    go_on_after_yes,
    link_token,
    request_of,
    waiting_releases,
)
from pipeline.actions.publish_report import destination_of, release_line
from pipeline.actions.publishing_context import deciding_context
from pipeline.actions.release_notifications import notify_approval
from pipeline.documents.message import M, Message
from pipeline.inbox import WaitingApproval
from pipeline.language import say
from pipeline.publish.engine import EngineContext, approval_question, ask_for_approval, lacks_approval
from pipeline.publish.ledger import RESUMABLE, ApprovalAnswer, Entry, State
from pipeline.publish.ledger.tasks import APPROVE
from pipeline.secrets.vault import open_vault
from pipeline.settings import minute_and_zone, read_settings


@dataclass(frozen=True)
class OpenApproval:
    """One release with which a run has something to do. question: what is asked of it now. waits: for a yes or a no; otherwise it has its
    yes, and is to be handed over to a person."""

    release: str
    question: str
    story: str
    destination: str
    waits: bool
    product: str = ""
    platform: str = ""
    account: str = ""
    planned_at: datetime | None = None

    @property
    def key(self) -> str:
        """The name of the order."""
        return f"approve:{self.release}:{self.question[:16]}{'' if self.waits else ':hand-over'}"


@dataclass(frozen=True)
class ApprovalStanding:
    """Where a question stands for its run. line: for people. over: nothing is left to wait for. lasts_s: how long its link can be
    answered, seconds. form: what Prefect's own form says. told: whether people are to hear of it."""

    line: str
    over: bool
    lasts_s: int = 0
    form: str = ""
    told: bool = False


def open_approvals(engine: EngineContext) -> tuple[OpenApproval, ...]:
    """What a run is ordered for, the oldest first."""
    return tuple(_open_approvals(engine))


def _open_approvals(engine: EngineContext) -> Iterator[OpenApproval]:
    for entry in engine.ledger.releases(open_only=True):
        platform = engine.platforms.get(entry.release.platform)
        if platform is None or entry.state not in RESUMABLE:
            continue
        waits = lacks_approval(entry.release, engine)
        if waits or (platform.capabilities.by_person and entry.state is State.PREPARED):
            question = approval_question(entry, engine)
            release = entry.release
            product = release.offer.name if release.offer else ""
            where = (product, release.platform, release.account, release.planned_at)
            yield OpenApproval(entry.id, question, release.story, destination_of(release), waits, *where)


def waiting_in(engine: EngineContext, workspace: Path, desk: str, now: datetime) -> tuple[WaitingApproval, ...]:
    """What the pages of the inbox say of releases that wait. desk: the address of the desk's pages; empty while there are none."""
    return tuple(
        WaitingApproval(
            entry.release.story,
            destination_of(entry.release),
            approval_address(desk, link_token(engine, workspace, entry, now)) if desk else "",
        )
        for entry in waiting_releases(engine)
    )


def ask_and_tell(workspace: Path, release: str, question: str, desk: str, now: datetime, language: str) -> ApprovalStanding:
    """Ask for a yes or a no to a release, notify the channels once for each link, and say where it stands.

    question: what the run was ordered for. desk: the address at which phones reach the desk's pages; empty while none does. A release
    that has its yes and is posted by hand is handed over.
    """
    with deciding_context(workspace) as engine:
        entry = engine.ledger.get(release)
        standing = _standing(entry, question, engine, workspace, now, language)
        if standing.over or not standing.told:
            return standing
        ask_for_approval(entry, engine, now)
        token = link_token(engine, workspace, entry, now)
        expires_at, days = _expiry(workspace, token), read_settings(workspace).publish.link_days
        [task] = [task for task in engine.ledger.tasks.all(release_id=entry.id) if task.kind == APPROVE]
        if engine.ledger.tasks.claim_telling(task.id, at=now, again_before=expires_at - timedelta(days=days) - LEAST_LIFE):
            notify_approval(workspace, engine, entry, approval_address(desk, token) if desk else "")
        return standing


def answer_by_form(workspace: Path, name: str, token: str, answer: ApprovalAnswer, reason: str, now: datetime) -> Message | None:
    """Take the answer of whoever filled in Prefect's own form; the token of a link says that they may. Returns why it was not taken."""
    with deciding_context(workspace) as engine:
        try:
            answer_by_link(engine, workspace, token.strip().rpartition("/")[2], PersonAnswer(name, answer, reason, "prefect"), now)
        except (LinkForged, NotAsked) as error:
            return error.message
    return None


def _standing(entry: Entry, question: str, engine: EngineContext, workspace: Path, now: datetime, language: str) -> ApprovalStanding:
    asked = request_of(entry, engine, now)
    line = f"{release_line(entry, language)}  {say(asked.says, language)}"
    if asked.status == "ended":
        return ApprovalStanding(line, over=True)
    if asked.question != question:
        changed = M("It was changed after this link was made. Look at the new one: ask whoever sent this link for it.")
        return ApprovalStanding(f"{release_line(entry, language)}  {say(changed, language)}", over=True)
    if asked.status == "approved":
        page = go_on_after_yes(entry, engine, workspace / "outbox" / entry.release.story, language)
        return ApprovalStanding(f"{line}\n{page}" if page is not None else line, over=True)
    if asked.status not in ("open", "void"):
        return ApprovalStanding(line, over=True)
    expires_at = _expiry(workspace, link_token(engine, workspace, entry, now))
    hour = minute_and_zone(entry.release.planned_at) if entry.release.planned_at else M("at once")
    form = M(
        "**{story}** · {place} · {when}\n\nLook at it by its link: `fieldcut approve {release} --link`. An answer here needs the part of "
        "the link behind `/a/` as token, and a name.",
        story=entry.release.story,
        place=destination_of(entry.release),
        when=hour,
        release=entry.id[:8],
    )
    lasts_s = max(60, int((expires_at - now).total_seconds()))
    return ApprovalStanding(line, over=False, lasts_s=lasts_s, form=say(form, language), told=asked.status == "open")


def _expiry(workspace: Path, token: str) -> datetime:
    told = read_token(token, link_key(open_vault(workspace)))
    assert told is not None
    return told.expires_at
