"""Planned posts whose time comes: their videos are made, their words checked, and they become releases that wait for their hour."""

from datetime import datetime, timedelta
from pathlib import Path

from pipeline.actions.make import run_stages
from pipeline.actions.planned_posts import post_line
from pipeline.actions.prepare_releases import PublishRequest
from pipeline.actions.progress import RunProgress, SilentProgress
from pipeline.actions.publish import publish_story
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.release_notifications import notify_story
from pipeline.actions.rerender import REQUIRED_DOCUMENTS, last_job
from pipeline.actions.story_job import prepare_story
from pipeline.actions.workspace_ledger import has_ledger, open_workspace_ledger
from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError, StoryBusy, UserMistake
from pipeline.language import say
from pipeline.publish.ledger import RETRIED, Entry, Ledger, RecordedPost
from pipeline.settings import minute_text, read_settings, using_zone_of
from pipeline.stages.registry import stages_to
from pipeline.stages.release import Target
from pipeline.system import file_name

JOB_FIELDS_OF_A_STYLE = ("catalog", "product", "destination", "max_seconds", "width", "height", "preset", "language", "speech", "music")
"""What a story in another style takes over from the first one."""


def posts_to_prepare(workspace: Path, now: datetime) -> tuple[RecordedPost, ...]:
    """The planned posts whose time of preparation has come, the earliest first. Raises as `open_workspace_ledger` does."""
    if not has_ledger(workspace):
        return ()
    with open_workspace_ledger(workspace) as ledger:
        return posts_in(ledger, workspace, now)


def posts_in(ledger: Ledger, workspace: Path, now: datetime) -> tuple[RecordedPost, ...]:
    """The same of an open ledger."""
    ahead = timedelta(hours=read_settings(workspace).campaign.prepare_hours)
    return tuple(ledger.posts.planned_before(now + ahead))


def run_campaign(workspace: Path, now: datetime, language: str, campaign: str = "", progress: RunProgress | None = None) -> PublishReport:
    """Prepare every post of a campaign (of all, without one) whose time has come; one that cannot be is held, or waits for its clips.

    Raises as `open_workspace_ledger` does; no post's trouble ends the others.
    """
    report = PublishReport()
    with using_zone_of(workspace):
        for record in posts_to_prepare(workspace, now):
            if campaign in ("", record.campaign):
                _prepare(record, workspace, now, progress or SilentProgress(), language, report)
    return report


def _prepare(record: RecordedPost, workspace: Path, now: datetime, progress: RunProgress, language: str, report: PublishReport) -> None:
    post, late_s = record.post, 60.0 * read_settings(workspace).publish.late_minutes
    if now > post.at + timedelta(seconds=late_s):
        missed = M(
            "Its hour {time} passed before it was ready. Give it another one: {command}", time=minute_text(post.at), command=_move(record)
        )
        _hold(workspace, record, missed, now, language, report)
        return
    try:
        story = _story_in_style(post, workspace, now, progress)
        if story is None:
            _wait(workspace, record, M("The video of {story} is not made yet.", story=post.story), now)
            return
        target = Target(destination=post.destination, account=post.account, by_hand=post.by_hand, width=post.width, height=post.height)
        request = PublishRequest((target,), post.at, record.by, {}, insist=post.insist)
        outcome = publish_story(story, workspace, request, now, progress, language)
    except StoryBusy as busy:
        _wait(workspace, record, busy.message, now)
        return
    except FieldCutError as stop:
        _hold(workspace, record, stop.message, now, language, report)
        return
    with open_workspace_ledger(workspace) as ledger:
        entry = release_of_post(ledger, post, story)
        if entry is not None and not (outcome.person_needed and entry.release.planned_at != post.at):
            ledger.posts.settle(record, "released", at=now, release_id=entry.id)
            report.lines += outcome.lines
            return
    why = M("{lines}", lines="\n".join(outcome.lines))
    _hold(workspace, record, why, now, language, report)


def release_of_post(ledger: Ledger, post: PlannedPost, story: str) -> Entry | None:
    """The release that a planned post became: of its hour, else the newest that stands there; None when there is none."""
    entries = ledger.releases(story=story, platform=post.destination, account=post.account)
    standing = [entry for entry in reversed(entries) if entry.state not in RETRIED]
    return next((entry for entry in standing if entry.release.planned_at == post.at), next(iter(standing), None))


def _story_in_style(post: PlannedPost, workspace: Path, now: datetime, progress: RunProgress) -> str | None:
    """The story that shows a post's style, made from the same clips where there is none yet; None while the story itself is not made."""
    folder = workspace / "stories" / post.story
    if not all((folder / name).is_file() for name in ("job.json", *REQUIRED_DOCUMENTS)):
        return None
    job = last_job(post.story, workspace)
    if post.template in ("", job.template):
        return post.story
    story = file_name(f"{post.story}·{post.template}")
    try:
        if last_job(story, workspace).template == post.template:
            return story
    except UserMistake:
        pass
    options = {name: getattr(job, name) for name in JOB_FIELDS_OF_A_STYLE} | {"template": post.template}
    run_stages(prepare_story(Path(job.source), workspace, options, now, story), stages_to(""), progress)
    return story


def _wait(workspace: Path, record: RecordedPost, why: Message, now: datetime) -> None:
    with open_workspace_ledger(workspace) as ledger:
        ledger.posts.settle(record, "planned", at=now, note=why)


def _hold(workspace: Path, record: RecordedPost, why: Message, now: datetime, language: str, report: PublishReport) -> None:
    """Leave a post to a person, and tell the channels once."""
    with open_workspace_ledger(workspace) as ledger:
        if not ledger.posts.settle(record, "held", at=now, note=why):
            return
    text = M("{post} is held: {why}", post=post_line(record.post), why=why)
    report.person_needed = True
    report.lines += [f"✗ {say(text, language)}"]
    report.lines += [f"⚠ {say(warning, language)}" for warning in notify_story(workspace, record.post.story, "needs_person", text, now)]


def _move(record: RecordedPost) -> str:
    return f'fieldcut calendar move {record.id[:8]} "…"'
