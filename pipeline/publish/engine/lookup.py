"""Look-ups: ask the platform what became of a post. Nothing here changes anything there, and every move follows the platform's answer."""

from datetime import datetime, timedelta

from pipeline.documents.message import M, Message
from pipeline.network.errors import ActionRequired, PlatformError, Rejected, RetryableError, TokenRejected
from pipeline.publish.engine.attempts import attempts_left, first_doubtful_intent, intents
from pipeline.publish.engine.release_job import ReleaseJob
from pipeline.publish.engine.upload import apply_account_error
from pipeline.publish.ledger import PUBLIC, State
from pipeline.publish.platforms.base import LookupResult, PlatformSession

ABSENT_SINCE, REFUSED_SINCE = "absent_at", "refused_at"
AGAIN_S = 60.0
"""Least time between the first look-up that finds nothing, or a refusal, and the one that is believed: one answer may have been garbled,
and two may come from one cache."""
FOR_NOW, UPLOAD_GONE = "for_now", "upload_gone"
"""Notes that the answer which left the outcome in doubt was no refusal for good, or spoke of an upload that is not there."""
AFTER_PLANNED_S = 30.0
LOOK_AT_CART = "look_at_cart"
"""The kind of task for a cart link that cannot be read back."""


def look_up(job: ReleaseJob) -> None:
    """Look up a release that may be public, once. Afterwards it has moved, or has a time for the next look-up."""
    if job.entry.state in (State.PUBLISH_INTENT, State.PUBLISH_SENT):
        # The worker that published is gone: it held the lease while it published.
        reason = M("The run that published ended before it knew what came of it.")
        job.move(State.UNCERTAIN, reason=reason, next_at=job.now())
    try:
        result = ask_platform(job, job.session)
    except PlatformError as error:
        apply_account_error(job, error)
        if isinstance(error, ActionRequired | Rejected):
            job.open_task(error.message)
        asked = error.after_s if isinstance(error, RetryableError) else 0.0
        schedule_next_lookup(job, error.message, at_least_s=asked)
        return
    job.close_tasks()
    apply_result(job, result)


def ask_platform(job: ReleaseJob, session: PlatformSession) -> LookupResult:
    """Ask the platform, once more with a new token where the first is rejected. A post that belongs to another release is not ours.

    Raises what `Platform.look_up` raises.
    """
    try:
        result = _look_up_once(job, session)
    except TokenRejected as refused:
        apply_account_error(job, refused)
        result = _look_up_once(job, session)
    if result.post_id and result.post_id != job.entry.post_id and _belongs_to_another(job, result.post_id):
        return _unknown_post(result)
    return result


def apply_result(job: ReleaseJob, result: LookupResult) -> None:
    """Move the release to the state that a look-up found."""
    for state, note in (("absent", ABSENT_SINCE), ("refused", REFUSED_SINCE)):
        if result.state != state and job.progress.get_note(note):
            job.progress.set_notes(**{note: None, f"{note}_looks": None})
    public = job.entry.state in PUBLIC
    match result.state:
        case "live":
            _apply_live(job, result)
        case "processing" if not public:
            _apply_processing(job, result)
        case "refused":
            _apply_refused(job, result)
        case "absent":
            _apply_absent(job, result)
        case _:
            schedule_next_lookup(job, result.reason)


def schedule_next_lookup(job: ReleaseJob, reason: Message | None, *, at_least_s: float = 0.0) -> None:
    """Set the time of the next look-up: half of the post's age from now. A post that stays open for days becomes a person's task."""
    policy, age_s = job.context.retry_policy, _age_s(job)
    if job.entry.state in PUBLIC:
        job.postpone(_next_live_look(job))
        return
    delay_s = min(max(policy.first_look_s, age_s / 2), policy.longest_look_s) * (0.9 + 0.2 * job.context.chance())
    at: datetime | None = job.later(max(delay_s, at_least_s, AFTER_PLANNED_S - age_s if age_s < 0 else 0.0))
    if age_s > policy.stop_s:
        at = None
    overdue = at is None or age_s > policy.processing_s
    if overdue and job.entry.state is not State.UNCERTAIN:
        why = reason or M("The platform has not come to an end with it.")
        job.move(
            State.UNCERTAIN, reason=M("After {days} days it is still open: {reason}", days=int(age_s // 86_400), reason=why), next_at=at
        )
    else:
        job.postpone(at)


def _look_up_once(job: ReleaseJob, session: PlatformSession) -> LookupResult:
    return job.platform.look_up(job.release, session, job.progress, since=first_doubtful_intent(job), post_id=job.entry.post_id)


def _unknown_post(result: LookupResult) -> LookupResult:
    return result.model_copy(
        update={"state": "unknown", "post_id": "", "address": "", "reason": M("The post that was found belongs to another release.")}
    )


def _belongs_to_another(job: ReleaseJob, post_id: str) -> bool:
    others = job.context.ledger.releases(platform=job.release.platform, account=job.release.account)
    return any(other.post_id == post_id and other.id != job.entry.id for other in others)


def _apply_live(job: ReleaseJob, result: LookupResult) -> None:
    has_cart, reads = job.release.cart.kind != "none", job.platform.capabilities.reads_cart
    to = State.LIVE_WITHOUT_CART if has_cart and reads and result.cart == "missing" else State.LIVE
    if has_cart and result.cart == "unknown" and job.entry.state is State.LIVE_WITHOUT_CART:
        to = job.entry.state
    if to is job.entry.state:
        job.postpone(_next_live_look(job))
        return
    first = job.entry.state not in PUBLIC
    _move(
        job,
        to,
        result,
        None,
        next_at=job.later(job.context.retry_policy.live_looks_s[0]) if job.context.retry_policy.live_looks_s else None,
    )
    if first and has_cart and result.cart == "unknown":
        message = M(
            "{story} is live on {platform} {account}. FieldCut cannot read there whether its cart link is on the post: look once.",
            **job.message_values,
        )
        job.context.ledger.tasks.open(LOOK_AT_CART, message, at=job.now(), release_id=job.entry.id)


def _apply_processing(job: ReleaseJob, result: LookupResult) -> None:
    overdue = _age_s(job) > job.context.retry_policy.processing_s
    if job.entry.state is State.PROCESSING or (overdue and job.entry.state is State.UNCERTAIN):
        schedule_next_lookup(job, result.reason)
        return
    delay = job.context.retry_policy.first_look_s if _age_s(job) >= 0 else AFTER_PLANNED_S - _age_s(job)
    _move(job, State.PROCESSING, result, None, next_at=job.later(delay))


def _apply_refused(job: ReleaseJob, result: LookupResult) -> None:
    """Handle a post that the platform refuses: believed when two look-ups agree, and of a page of our own at once."""
    reason, public = result.reason or M("The platform refused the post and gives no reason."), job.entry.state in PUBLIC
    if not job.platform.capabilities.own_page and not _seen_before(job, REFUSED_SINCE):
        if public:
            job.postpone(job.later(AGAIN_S))
        else:
            schedule_next_lookup(job, reason, at_least_s=AGAIN_S)
        return
    _move(job, State.REMOVED if public else State.FAILED, result, reason)


def _apply_absent(job: ReleaseJob, result: LookupResult) -> None:
    """Handle an absent post: believed when look-ups agree, late enough that a new post would have to be listed.

    Two must agree; of a post that the platform itself has accepted or shown, three: its yes weighs more than a no, which may be a cache's.
    """
    late_enough = (job.now() - intents(job)[-1]).total_seconds() >= job.limits.listed_within_s
    looks = 3 if job.entry.post_id and job.entry.state not in PUBLIC else 2
    if not _seen_before(job, ABSENT_SINCE, looks=looks, believed=late_enough):
        schedule_next_lookup(job, result.reason or M("The platform shows no such post so far."), at_least_s=AGAIN_S)
        return
    if job.entry.state in PUBLIC:
        _move(job, State.REMOVED, result, M("The platform no longer shows the post."))
        return
    before = job.entry.reason if job.entry.state is State.UNCERTAIN else None
    none = M("The platform shows no such post, and would by now.")
    _move(job, State.FAILED, result, M("{reason} Before: {before}", reason=none, before=before) if before else none)
    if job.progress.get_note(UPLOAD_GONE):
        job.progress.forget()
        job.progress.set_notes(**{UPLOAD_GONE: None})
    if job.platform.capabilities.repeats_harmlessly and job.progress.get_note(FOR_NOW) and attempts_left(job):
        job.progress.set_notes(**{FOR_NOW: None})
        job.checked, job.uploaded_at = False, None
        _move(job, State.PREPARED, result, None, next_at=job.now())


def _seen_before(job: ReleaseJob, note: str, *, looks: int = 2, believed: bool = True) -> bool:
    """Whether so many look-ups, this one among them, found the same, each long enough after the one before; notes them.

    believed: whether this one may be the last of them.
    """
    noted, now, count = job.progress.get_note(note), job.now(), f"{note}_looks"
    if noted and now - datetime.fromisoformat(noted) < timedelta(seconds=AGAIN_S):
        return False
    seen = int(job.progress.get_note(count) or 1) + 1 if noted else 1
    is_enough = believed and seen >= looks
    job.progress.set_notes(**{note: None if is_enough else now.isoformat(), count: None if is_enough else str(seen)})
    return is_enough


def _move(job: ReleaseJob, to: State, result: LookupResult, reason: Message | None, *, next_at: datetime | None = None) -> None:
    job.move(
        to, lookup=True, reason=reason, request_id=result.request_id, answer=dict(result.response), post_id=result.post_id,
        link=result.address, next_at=next_at,
    )  # fmt: skip


def _next_live_look(job: ReleaseJob) -> datetime | None:
    """Next look-up of a live post, counted from when it was first seen; with a missing cart link, once a day as well."""
    first = next((move.at for move in job.history() if move.after in PUBLIC), job.now())
    policy, now = job.context.retry_policy, job.now()
    times = [first + timedelta(seconds=seconds) for seconds in policy.live_looks_s]
    if job.entry.state is State.LIVE_WITHOUT_CART:
        times += [first + timedelta(days=day) for day in range(1, int(policy.cart_s // 86_400) + 1)]
    return min((at for at in times if at > now), default=None)


def _age_s(job: ReleaseJob) -> float:
    """Seconds since the post should have become public; negative while the platform keeps it for its hour."""
    begun = intents(job)[-1]
    planned = job.release.planned_at
    if planned and job.platform.capabilities.schedules:
        begun = max(begun, planned)
    return (job.now() - begun).total_seconds()
