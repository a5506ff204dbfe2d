"""Optional extras of a post, such as thumbnail and subtitles: tried a few times, then the post is published without them."""

from collections.abc import Callable, Mapping

from pipeline.network.errors import ActionRequired, PlatformError, Rejected, RetryableError, TokenRejected
from pipeline.network.http import NotSent
from pipeline.publish.platforms.base import UploadProgress

TRIES = 3
MAX_WAIT_S = 900.0
"""Longest wait for an extra, seconds: a post does not wait for a quota that returns later."""
DONE = "done"


def add_extras(calls: Mapping[str, Callable[[], object]], progress: UploadProgress, check_lease: Callable[[], None]) -> None:
    """Make each call until it succeeds or is given up; its outcome is kept in the progress under `extras`, by its name.

    calls: safe to repeat. Raises errors that are worth waiting for, and the engine calls again.
    """
    for name, call in calls.items():
        done = dict(progress.recall().get("extras") or {})
        tried = done.get(name, 0)
        if not isinstance(tried, int):
            continue
        check_lease()
        try:
            call()
            became: str | int = DONE
        except (TokenRejected, NotSent):
            raise
        except (Rejected, ActionRequired) as no:
            became = str(no.message)
        except PlatformError as ending:
            wait_s = ending.after_s if isinstance(ending, RetryableError) else 0.0
            if tried + 1 < TRIES and wait_s <= MAX_WAIT_S:
                progress.keep(extras={**done, name: tried + 1})
                raise
            became = str(ending.message)
        progress.keep(extras={**done, name: became})
