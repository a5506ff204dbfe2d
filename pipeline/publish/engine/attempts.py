"""The attempts of a release, read from its history: which of them may have made a post, how many were made, when the next may start."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline.publish.engine.release_job import ReleaseJob
from pipeline.publish.ledger import State, Transition, Who

SENT = "sent"
"""In the answer kept with a failed attempt: False where the call that publishes certainly had no effect."""


def doubtful_intents(job: ReleaseJob) -> list[datetime]:
    """Return the times, by our clock, at which a call that may have made a post was about to leave, the oldest first."""
    return [intent.at for intent, _ in _doubtful(job)]


def first_doubtful_intent(job: ReleaseJob) -> datetime:
    """Return when the first call that may have made the post was about to leave; that of the last call where none may."""
    return (doubtful_intents(job) or intents(job)[-1:])[0]


def intents(job: ReleaseJob) -> list[datetime]:
    """Return the times, by our clock, at which each call that publishes was about to be made."""
    return [move.at for move in job.history() if move.after is State.PUBLISH_INTENT]


def earliest_next_attempt(job: ReleaseJob) -> datetime | None:
    """Return when a list would have to show what an earlier attempt made; None when that is settled already.

    A look-up that called it failed waited so long itself, and a person may know sooner.
    """
    unsettled = [intent.at for intent, ended in _doubtful(job) if ended is None or ended.by.who is Who.MACHINE]
    return max(unsettled) + timedelta(seconds=job.limits.listed_within_s) if unsettled else None


def machine_attempts(job: ReleaseJob) -> int:
    """Return how many attempts were started without a person since a person started one."""
    count = 0
    for move in reversed(job.history()):
        if move.after is State.PREPARED:
            if move.by.who is Who.PERSON:
                break
            count += 1
    return count


def attempts_left(job: ReleaseJob) -> bool:
    """Whether the retry policy allows another attempt without a person."""
    return machine_attempts(job) + 1 < job.context.retry_policy.attempts


def _doubtful(job: ReleaseJob) -> Iterator[tuple[Transition, Transition | None]]:
    """Each intent whose call may have had its effect, with the move that called it failed; None while nobody has."""
    moves = job.history()
    for at, intent in enumerate(moves):
        if intent.after is not State.PUBLISH_INTENT:
            continue
        ended = next((move for move in moves[at + 1 :] if move.after in (State.FAILED, State.PUBLISH_INTENT)), None)
        ended = ended if ended is not None and ended.after is State.FAILED else None
        # A ledger of an earlier release has refusals without the mark: they prove nothing.
        if ended is None or ended.by.who is not Who.MACHINE or ended.essence.get(SENT) is not False:
            yield intent, ended
