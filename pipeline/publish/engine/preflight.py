"""Preflight: what must hold before anything is sent, checked again right before the call that publishes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pipeline.chinese.text_length import has_words
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release, VideoFile
from pipeline.network.errors import ActionRequired, Rejected
from pipeline.publish.engine.approval import ApprovalMissing, lacks_approval
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.kin import kin_in_the_way, kin_message
from pipeline.publish.engine.release_job import ReleaseJob, account_name, open_job, post_by_hand
from pipeline.publish.ledger import Entry, State
from pipeline.publish.live_offers import is_withdrawn
from pipeline.publish.platforms.base import Limits
from pipeline.settings import minute_and_zone
from pipeline.store import file_sha256, stat_signature
from pipeline.store.disk import error_reason

CLOCK_TOLERANCE = timedelta(hours=1)
"""How far this machine's clock may lie behind the newest time in the ledger before it counts as wrong."""


def check_release(job: ReleaseJob) -> None:
    """Check a release's rules, the bytes of its files, and this machine's clock against the platform's.

    Raises Rejected with all that is wrong, ApprovalMissing, ActionRequired for a wrong clock, RetryableError when the platform
    cannot be reached.
    """
    check_rules(job)
    check_files(job.release, job.hashed)
    if dead := job.context.rules.dead_links(job.release):
        raise Rejected(M("Nothing was sent: {problems}", problems=dead))
    if account_name(job.release):
        job.context.access.check_clock(account_name(job.release))
    job.checked = True


def check_rules(job: ReleaseJob) -> None:
    """Check what may have changed while the release waited: offer, approval, inspection, planned hour, and what else was posted there.

    Raises Rejected, ActionRequired, ApprovalMissing.
    """
    all_problems = list(_problems(job))
    problems = tuple(problem for at, problem in enumerate(all_problems) if problem not in all_problems[:at])
    if problems:
        if _is_late(job) and account_name(job.release):
            job.context.access.check_clock(account_name(job.release))  # by a clock that is ahead every hour is past
        raise Rejected(M("Nothing was sent: {problems}", problems=tuple(problems)))
    now, latest = job.now(), job.context.ledger.latest()
    if latest is not None and now < latest - CLOCK_TOLERANCE:
        raise ActionRequired(
            M(
                "This machine's clock says {now}, but the ledger knows of {latest} already. Set it right; nothing was sent.",
                now=minute_and_zone(now),
                latest=minute_and_zone(latest),
            )
        )
    if kin := kin_in_the_way(job.entry, job.context.ledger):
        raise ActionRequired(kin_message(job.release, kin[0]))
    if lacks_approval(job.release, job.context):
        raise ApprovalMissing(job.release)


def standing_problems(entry: Entry, context: EngineContext) -> tuple[Message, ...]:
    """Return why a release would not be sent as it is, whoever approves it; empty when only a person's yes can be lacking.

    Raises UserMistake for an unknown platform or account.
    """
    platform = context.platforms.get(entry.release.platform)
    by_person = platform is not None and platform.capabilities.by_person
    job = post_by_hand(entry, platform, context) if platform is not None and by_person else open_job(entry, context)
    problems = list(_problems(job))
    try:
        check_files(entry.release)
    except Rejected as error:
        problems.append(error.message)
    return tuple(problem for at, problem in enumerate(problems) if problem not in problems[:at])


def check_files(release: Release, hashed: dict[Path, tuple[int, ...]] | None = None) -> None:
    """Check that every file is still, byte for byte, the one that was prepared. Raises Rejected.

    hashed: files that were found so, each with its signature then; one that has it still is not read again, what is read is added.
    """
    hashed = {} if hashed is None else hashed
    pictures = [*release.covers, *([release.photo] if release.photo else [])]
    covers = [(picture.path, picture.sha256) for picture in pictures]
    tracks = [(track.path, track.sha256) for track in release.subtitles]
    for name, sha256 in ((release.video.path, release.video.sha256), *covers, *tracks):
        path = Path(name)
        try:
            signature = stat_signature(path)
            same = hashed.get(path) == signature or file_sha256(path) == sha256
        except OSError as error:
            raise Rejected(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from None
        if not same:
            raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=str(path)))
        hashed[path] = signature


def limit_problems(limits: Limits, video: VideoFile) -> Iterator[Message]:
    """Every limit of the platform that the file exceeds: size, length, codec, shape."""
    if limits.max_bytes is not None and video.size_bytes > limits.max_bytes:
        size, most = (f"{round(count / 1e6, 0 if count >= 1e7 else 2):g}" for count in (video.size_bytes, limits.max_bytes))
        yield M("the video has {size} MB, and {most} MB are allowed", size=size, most=most)
    if limits.max_seconds is not None and video.length_s > limits.max_seconds:
        yield M("the video lasts {length} s, and {most} s are allowed", length=round(video.length_s, 1), most=limits.max_seconds)
    if limits.min_seconds is not None and video.length_s < limits.min_seconds:
        yield M(
            "the video lasts {length} s, and at least {least} s are asked for", length=round(video.length_s, 1), least=limits.min_seconds
        )
    if video.video_codec not in limits.video_codecs:
        yield M("the picture is coded as {codec}, and {known} is asked for", codec=video.video_codec, known=", ".join(limits.video_codecs))
    if limits.shapes and not any(has_shape(video, shape) for shape in limits.shapes):
        shape = f"{video.width}×{video.height}"
        yield M("the picture is {shape}, and {known} is asked for", shape=shape, known=", ".join(limits.shapes))


def _problems(job: ReleaseJob) -> Iterator[Message]:
    release, now = job.release, job.now()
    shown_at = max(now, release.planned_at or now)
    if release.offer and release.offer.offer_ends and release.offer.offer_ends <= shown_at:
        yield M(
            "the offer of {name} ends on {when}, before the post is public",
            name=release.offer.name,
            when=minute_and_zone(release.offer.offer_ends),
        )
    if release.offer and release.offer.offer_begins and release.offer.offer_begins > shown_at:
        yield M(
            "the offer of {name} begins on {when}, after the post is public: plan it for then",
            name=release.offer.name,
            when=minute_and_zone(release.offer.offer_begins),
        )
    if release.planned_at and _is_late(job):
        yield M("its hour was {when} and is long past: plan it anew", when=minute_and_zone(release.planned_at))
    yield from _withdrawn_consents(job)
    if not is_withdrawn(release):
        yield from (M("the sheet has changed: {change}", change=change) for change in job.context.rules.outdated(release))
        yield from _inspection(job)
    if clips := job.context.rules.undeclared(release):
        yield M("{clips} was declared as made with AI since, and the post does not say so: prepare it anew", clips=", ".join(clips))
    if release.cart.kind not in ("none", job.platform.capabilities.cart):
        yield M("{platform} cannot hang such a cart link on a post", platform=release.platform)
    if not has_words(release.captions.title + release.captions.text):
        yield M("the caption has no words")
    yield from limit_problems(job.limits, release.video)
    yield from job.platform.problems(release, job.settings)


def _is_late(job: ReleaseJob) -> bool:
    """Whether the planned hour is longer past than a post may be late."""
    planned = job.release.planned_at
    return planned is not None and job.now() > planned + timedelta(seconds=job.context.retry_policy.late_s)


def _inspection(job: ReleaseJob) -> Iterator[Message]:
    inspection = job.context.rules.inspection(job.release)
    if inspection is None or inspection.rendition_sha256 != job.release.video.sha256:
        yield M("this very file was never inspected")
    elif not inspection.passed:
        yield M("the file did not pass its inspection")


def _withdrawn_consents(job: ReleaseJob) -> Iterator[Message]:
    """Consents that were withdrawn after the release was prepared; a release prepared later was checked with that known."""
    prepared_at = max(move.at for move in job.history() if move.after is State.PREPARED)
    for consent in job.context.ledger.consents.of(job.release.story, withdrawn=True):
        if consent.withdrawn_at is not None and consent.withdrawn_at >= prepared_at:
            yield M("{who} has taken back the consent to show {shown}", who=consent.given_by or consent.by.name, shown=consent.shown)


def has_shape(video: VideoFile, shape: str) -> bool:
    """Whether the picture has a shape, near enough to show without bars (2 %). shape: width to height, 9:16 for example."""
    wide, _, high = shape.partition(":")
    return abs(video.width * int(high) - video.height * int(wide)) <= 0.02 * video.width * int(high)
