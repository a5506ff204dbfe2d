"""A computer's clock that was set: what the server put off by the wrong time is brought back to now."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flows.prefect_api import PrefectApi

JUMP_S = 20.0
"""A clock that moved more than this against one that is never set was set; time servers correct less, and slowly."""
SOON_S = 90.0
"""Longer than the server itself lets a run wait for its turn (30 s)."""


class ClockJumps:
    """Tells whether the clock was set back since the last look; the first look says yes, because nobody knows what was before.

    now: the time, aware. elapsed_s: seconds on a clock that is never set.
    """

    def __init__(self, now: Callable[[], datetime], elapsed_s: Callable[[], float]) -> None:
        self._now, self._elapsed_s = now, elapsed_s
        self._ahead_s: float | None = None

    def set_back(self) -> bool:
        """Whether it was."""
        ahead_s = self._now().timestamp() - self._elapsed_s()
        before_s, self._ahead_s = self._ahead_s, ahead_s
        return before_s is None or before_s - ahead_s > JUMP_S


def bring_back_orders(api: PrefectApi, now: datetime) -> int:
    """Let orders begin that the server put off to an hour of the wrong clock. Returns how many.

    An order is what has a key and no schedule: it is never meant for later. A run that waits for its turn, or to be tried again, has an
    hour that the server reckoned from the clock of that moment.
    """
    waiting = api.find_runs({"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
    latest = now + timedelta(seconds=SOON_S)
    put_off = [
        run
        for run in waiting
        if run["idempotency_key"] and not run["auto_scheduled"] and datetime.fromisoformat(run["next_scheduled_start_time"]) > latest
    ]
    for run in put_off:
        at_once = {"type": "SCHEDULED", "name": "Scheduled", "state_details": {"scheduled_time": now.isoformat()}}
        api.post(f"/flow_runs/{run['id']}/set_state", {"state": at_once, "force": True})
    return len(put_off)
