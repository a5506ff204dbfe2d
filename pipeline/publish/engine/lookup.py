"""Looking up what became of a post: nothing here changes anything at the platform, and every move is the platform's own word."""

from datetime import datetime, timedelta

from pipeline.documents.message import M, Message
from pipeline.network.errors import ActionRequired, PlatformError, Rejected, RetryableError, TokenRejected
from pipeline.publish.engine.release_job import ReleaseJob
from pipeline.publish.engine.upload import asked_to_wait
from pipeline.publish.ledger import PUBLIC, State, Who
from pipeline.publish.platforms.base import LookupResult, PlatformSession

ABSENT = "absent_at"
ABSENT_AGAIN_S = 60.0
"""Between the first look-up that finds nothing and the one that is believed: two pages of a list may come from one cache."""
AFTER_PLANNED_S = 30.0
LOOK_AT_CART = "look_at_cart"
"""The kind of task for a cart link that cannot be read back."""


def look_up(job: ReleaseJob) -> None:
    """One look at a release that may be public, and what follows from it; afterwards it has moved, or has a time for the next look."""
    if job.entry.state in (State.PUBLISH_INTENT, State.PUBLISH_SENT):
        # Whoever was at it is gone: it held the release while it published.
        reason = M("The run that published ended before it knew what came of it.")
        job.move(State.UNCERTAIN, reason=reason, next_at=job.now())
    try:
        seen = look(job, job.line)
    except PlatformError as ending:
        asked_to_wait(job, ending)
        if isinstance(ending, ActionRequired | Rejected):
            job.ask(ending.message)
        asked = ending.after_s if isinstance(ending, RetryableError) else 0.0
        again(job, ending.message, at_least_s=asked)
        return
    job.asked_is_done()
    take_in(job, seen)


def look(job: ReleaseJob, line: PlatformSession) -> LookupResult:
    """Ask the platform. A post that another release has been found to be is none of ours. Raises what `Platform.look_up` raises."""
    try:
        seen = _asked(job, line)
    except TokenRejected as refused:
        asked_to_wait(job, refused)
        seen = _asked(job, line)
    if seen.post_id and seen.post_id != job.entry.post_id and _belongs_to_another(job, seen.post_id):
        return _not_ours(seen)
    return seen


def take_in(job: ReleaseJob, seen: LookupResult) -> None:
    """What was seen becomes the release's state."""
    if seen.state != "absent" and job.memory.note(ABSENT):
        job.memory.write(**{ABSENT: None})
    public = job.entry.state in PUBLIC
    match seen.state:
        case "live":
            _live(job, seen)
        case "processing" if not public:
            _processing(job, seen)
        case "refused":
            reason = seen.reason or M("The platform refused the post and gives no reason.")
            _write(job, State.REMOVED if public else State.FAILED, seen, reason)
        case "absent":
            _absent(job, seen)
        case _:
            again(job, seen.reason)


def again(job: ReleaseJob, reason: Message | None, *, at_least_s: float = 0.0) -> None:
    """Another look later: half as long again as it has been so far. What takes days becomes a person's."""
    patience, age_s = job.means.retry_policy, _age_s(job)
    if job.entry.state in PUBLIC:
        job.postpone(_next_live_look(job))
        return
    delay_s = min(max(patience.first_look_s, age_s / 2), patience.longest_look_s) * (0.9 + 0.2 * job.means.chance())
    at: datetime | None = job.later(max(delay_s, at_least_s, AFTER_PLANNED_S - age_s if age_s < 0 else 0.0))
    if age_s > patience.stop_s:
        at = None
    overdue = at is None or age_s > patience.processing_s
    if overdue and job.entry.state is not State.UNCERTAIN:
        why = reason or M("The platform has not come to an end with it.")
        job.move(
            State.UNCERTAIN, reason=M("After {days} days it is still open: {reason}", days=int(age_s // 86_400), reason=why), next_at=at
        )
    else:
        job.postpone(at)


def _asked(job: ReleaseJob, line: PlatformSession) -> LookupResult:
    return job.platform.look_up(job.release, line, job.memory, since=_first_intent(job), post_id=job.entry.post_id)


def _not_ours(seen: LookupResult) -> LookupResult:
    return seen.model_copy(
        update={"state": "unknown", "post_id": "", "address": "", "reason": M("The post that was found belongs to another release.")}
    )


def _belongs_to_another(job: ReleaseJob, post_id: str) -> bool:
    others = job.means.ledger.releases(platform=job.release.platform, account=job.release.account)
    return any(other.post_id == post_id and other.id != job.entry.id for other in others)


def _live(job: ReleaseJob, seen: LookupResult) -> None:
    wanted, reads = job.release.cart.kind != "none", job.platform.capabilities.reads_cart
    to = State.LIVE_WITHOUT_CART if wanted and reads and seen.cart == "missing" else State.LIVE
    if wanted and seen.cart == "unknown" and job.entry.state is State.LIVE_WITHOUT_CART:
        to = job.entry.state
    if to is job.entry.state:
        job.postpone(_next_live_look(job))
        return
    first = job.entry.state not in PUBLIC
    _write(job, to, seen, None, next_at=job.later(job.means.retry_policy.live_looks_s[0]) if job.means.retry_policy.live_looks_s else None)
    if first and wanted and seen.cart == "unknown":
        message = M(
            "{story} is live on {platform} {account}. FieldCut cannot read there whether its cart link is on the post: look once.",
            **job.where,
        )
        job.means.ledger.tasks.open(LOOK_AT_CART, message, at=job.now(), release_id=job.entry.id)


def _processing(job: ReleaseJob, seen: LookupResult) -> None:
    overdue = _age_s(job) > job.means.retry_policy.processing_s
    if job.entry.state is State.PROCESSING or (overdue and job.entry.state is State.UNCERTAIN):
        again(job, seen.reason)
        return
    delay = job.means.retry_policy.first_look_s if _age_s(job) >= 0 else AFTER_PLANNED_S - _age_s(job)
    _write(job, State.PROCESSING, seen, None, next_at=job.later(delay))


def _absent(job: ReleaseJob, seen: LookupResult) -> None:
    """Believed when it is said twice, and late enough that a new post would have to show."""
    now, told = job.now(), job.memory.note(ABSENT)
    since = datetime.fromisoformat(told) if told else now
    if not told:
        job.memory.write(**{ABSENT: now.isoformat()})
    late_enough = (now - _intents(job)[-1]).total_seconds() >= job.limits.listed_within_s
    if now - since < timedelta(seconds=ABSENT_AGAIN_S) or not late_enough:
        again(job, seen.reason or M("The platform shows no such post so far."), at_least_s=ABSENT_AGAIN_S)
        return
    job.memory.write(**{ABSENT: None})
    if job.entry.state in PUBLIC:
        _write(job, State.REMOVED, seen, M("The platform no longer shows the post."))
        return
    before = job.entry.reason if job.entry.state is State.UNCERTAIN else None
    none = M("The platform shows no such post, and would by now.")
    _write(job, State.FAILED, seen, M("{reason} Before: {before}", reason=none, before=before) if before else none)


def _write(job: ReleaseJob, to: State, seen: LookupResult, reason: Message | None, *, next_at: datetime | None = None) -> None:
    job.move(
        to, lookup=True, reason=reason, request_id=seen.request_id, answer=dict(seen.essence), post_id=seen.post_id, link=seen.address,
        next_at=next_at,
    )  # fmt: skip


def _next_live_look(job: ReleaseJob) -> datetime | None:
    """The times of a live post are counted from when it was first seen; a cart link that is missing is looked for once a day as well."""
    first = next((move.at for move in job.history() if move.after in PUBLIC), job.now())
    patience, now = job.means.retry_policy, job.now()
    times = [first + timedelta(seconds=seconds) for seconds in patience.live_looks_s]
    if job.entry.state is State.LIVE_WITHOUT_CART:
        times += [first + timedelta(days=day) for day in range(1, int(patience.cart_s // 86_400) + 1)]
    return min((at for at in times if at > now), default=None)


def _intents(job: ReleaseJob) -> list[datetime]:
    """When publishing was about to be called, each time, by our clock."""
    return [move.at for move in job.history() if move.after is State.PUBLISH_INTENT]


def _first_intent(job: ReleaseJob) -> datetime:
    """Of those that may have had their effect; what the very run that made the call knows to have failed has not."""
    moves = job.history()
    after = [*moves[1:], None]
    doubtful = [
        move.at
        for move, then in zip(moves, after, strict=True)
        if move.after is State.PUBLISH_INTENT and not (then and then.after is State.FAILED and then.by.who is Who.MACHINE)
    ]
    return (doubtful or _intents(job)[-1:])[0]


def _age_s(job: ReleaseJob) -> float:
    """Since it was to be public; negative while the platform keeps it for its hour."""
    begun = _intents(job)[-1]
    planned = job.release.planned_at
    if planned and job.platform.capabilities.schedules:
        begun = max(begun, planned)
    return (job.now() - begun).total_seconds()
