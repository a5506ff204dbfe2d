"""What a post can do without, a thumbnail for one: tried a few times, and then the post goes out without it."""

from collections.abc import Callable, Mapping

from pipeline.network.errors import ActionRequired, PlatformError, Rejected, RetryableError, TokenRejected
from pipeline.network.http import NotSent
from pipeline.publish.platforms.base import UploadProgress

TRIES = 3
WORTH_WAITING_S = 900.0
"""For a quota that comes back later than this a post does not wait."""
DONE = "done"


def add_extras(calls: Mapping[str, Callable[[], object]], memory: UploadProgress, still_ours: Callable[[], None]) -> None:
    """Make each call until it succeeded or was given up; what became of it is in memory as `extras`, by its name.

    calls: safe to repeat. Raises what is worth waiting for: the engine calls again.
    """
    for name, call in calls.items():
        done = dict(memory.recall().get("extras") or {})
        tried = done.get(name, 0)
        if not isinstance(tried, int):
            continue
        still_ours()
        try:
            call()
            became: str | int = DONE
        except (TokenRejected, NotSent):
            raise
        except (Rejected, ActionRequired) as no:
            became = str(no.message)
        except PlatformError as ending:
            wait_s = ending.after_s if isinstance(ending, RetryableError) else 0.0
            if tried + 1 < TRIES and wait_s <= WORTH_WAITING_S:
                memory.keep(extras={**done, name: tried + 1})
                raise
            became = str(ending.message)
        memory.keep(extras={**done, name: became})
