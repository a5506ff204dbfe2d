"""`fieldcut calendar move` and `cancel`: another hour for one post, or none."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.actions.prepare_releases import PublishRequest, prepare_releases
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.language import say
from pipeline.publish.engine import first_attempt_at
from pipeline.publish.ledger import PUBLIC, RESUMABLE, Actor, Entry, Ledger, RecordedPost, State
from pipeline.settings import minute_and_zone, minute_text
from pipeline.stages.release import Target

MOVABLE = RESUMABLE | {State.HANDED_OVER}
"""States from which nothing has been published, and nobody has begun to."""


@dataclass(frozen=True)
class FoundPost:
    """What an id in the calendar names: a planned post, a release, or both."""

    post: RecordedPost | None = None
    entry: Entry | None = None


def find_post(ledger: Ledger, id_prefix: str) -> FoundPost:
    """Find what the calendar shows under an id. Raises UserMistake for none and for several."""
    posts = [post for post in ledger.posts.of() if id_prefix and (post.id.startswith(id_prefix) or post.release_id.startswith(id_prefix))]
    entries = [entry for entry in ledger.releases() if id_prefix and entry.id.startswith(id_prefix)]
    entries += [ledger.get(post.release_id) for post in posts if post.release_id and not entries]
    if max(len(posts), len(entries)) != 1:
        raise UserMistake(
            M("{count} posts begin with {given}. `fieldcut calendar` shows them.", count=max(len(posts), len(entries)), given=id_prefix)
        )
    return FoundPost(next(iter(posts), None), next(iter(entries), None))


def cancel_post(workspace: Path, id_prefix: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """Take a post back that has not gone out. Raises UserMistake for an unknown one, PersonNeeded for one that has left."""
    with open_workspace_ledger(workspace) as ledger:
        found = find_post(ledger, id_prefix)
        withdraw(ledger, found, by, now, M("{person} has taken it out of the calendar.", person=by.name))
        if found.entry is not None:
            report = PublishReport()
            report.tell(ledger.get(found.entry.id), language)
            return report
    assert found.post is not None
    return PublishReport([say(M("Taken back: {what}", what=post_line(found.post.post)), language)])


def withdraw(ledger: Ledger, found: FoundPost, by: Actor, now: datetime, why: Message) -> None:
    """Take a post back: its release is given up, its plan is kept as cancelled. Raises PersonNeeded for one that has left."""
    if found.entry is not None and found.entry.state is not State.ABANDONED:
        _give_up(ledger, found.entry, by, now, why)
    if found.post is not None:
        ledger.posts.settle(found.post, "cancelled", at=now, by=by)


def move_post(
    workspace: Path, id_prefix: str, at: datetime, by: Actor, now: datetime, progress: RunProgress, language: str
) -> PublishReport:
    """Give a post another hour. A release keeps its video, and its words are checked against the new hour first.

    A person's yes was for the old hour.

    Raises UserMistake for an unknown post, PersonNeeded for one that has left, or whose story was changed since.
    """
    with open_workspace_ledger(workspace) as ledger:
        found = find_post(ledger, id_prefix)
        if found.entry is None:
            assert found.post is not None
            moved = found.post.post.model_copy(update={"at": at})
            ledger.posts.change(found.post, moved, by=by, at=now)
            return PublishReport([say(M("Moved: {what}", what=post_line(moved)), language)])
    return _move_release(workspace, found, found.entry, at, by, now, progress, language)


def _move_release(
    workspace: Path, found: FoundPost, entry: Entry, at: datetime, by: Actor, now: datetime, progress: RunProgress, language: str
) -> PublishReport:
    release = entry.release
    _require_movable(entry)
    if entry.state is State.HANDED_OVER:
        raise PersonNeeded(M("A person posts this one: tell them the new hour, the pack stays as it is."))
    target = Target(destination=release.platform, account=release.account)
    prepared = prepare_releases(release.story, workspace, PublishRequest((target,), at, by, {}), now, progress, language)
    if prepared.report.person_needed:
        return prepared.report
    [(_, anew)] = prepared.releases
    if anew.content_sha256 != release.content_sha256:
        raise PersonNeeded(
            M(
                "{story} has changed since this post was prepared. Take it back (fieldcut calendar cancel {id}) and publish the new video.",
                story=release.story,
                id=entry.id[:8],
            )
        )
    with publishing_context(workspace) as engine:
        ledger = engine.ledger
        _give_up(ledger, entry, by, now, M("{person} has moved it to {time}.", person=by.name, time=minute_text(at)))
        capabilities = engine.platforms[release.platform].capabilities
        moved = ledger.prepare(anew, by=by, at=now, next_at=first_attempt_at(anew, capabilities))
        if found.post is not None:
            ledger.posts.change(found.post, found.post.post.model_copy(update={"at": at}), by=by, at=now, release_id=moved.id)
    prepared.report.tell(moved, language)
    return prepared.report


def _require_movable(entry: Entry) -> None:
    if entry.state in PUBLIC:
        raise PersonNeeded(M("{story} is public there already ({link}).", story=entry.release.story, link=entry.link or "–"))
    if entry.state not in MOVABLE:
        raise PersonNeeded(
            M("{story} is at the platform already: change it there. `fieldcut releases` shows it.", story=entry.release.story)
        )


def _give_up(ledger: Ledger, entry: Entry, by: Actor, now: datetime, why: Message) -> None:
    """Record that a release does not go out as it was prepared."""
    if entry.state is not State.FAILED:
        _require_movable(entry)
    if entry.state in RESUMABLE:
        entry = ledger.advance(entry, State.FAILED, by=by, at=now, reason=why)
    ledger.advance(entry, State.ABANDONED, by=by, at=now, reason=why)


def post_line(post: PlannedPost) -> Message:
    """A planned post in one line: when, what, where."""
    return M(
        "{time} {story} → {platform} {account}",
        time=minute_and_zone(post.at),
        story=post.story,
        platform=post.destination,
        account=post.account,
    )
