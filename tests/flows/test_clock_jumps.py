"""A clock that was an hour ahead for a while puts off no story: what the server planned by it begins when it is right again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.clock_jumps import ClockJumps, bring_back_orders
from flows.prefect_api import PrefectApi

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Clocks:
    """One that can be set, and one that cannot."""

    now, elapsed_s = NOON, 100.0

    def go_on(self, seconds: float, ahead_s: float = 0.0) -> None:
        self.elapsed_s += seconds
        self.now += timedelta(seconds=seconds + ahead_s)


def test_only_a_clock_that_is_set_back_is_told_and_only_once() -> None:
    clocks = Clocks()
    jumps = ClockJumps(lambda: clocks.now, lambda: clocks.elapsed_s)
    assert jumps.set_back(), "nobody knows what was before"
    told = []
    for ahead_s in (0.0, 5.0, 3600.0, 0.0, -3600.0, 0.0, -5.0):
        clocks.go_on(2.0, ahead_s)
        told.append(jumps.set_back())
    assert told == [False, False, False, False, True, False, False]


@pytest.mark.system
def test_an_order_that_was_put_off_begins_now_and_what_a_person_planned_stays(prefect_server: dict[str, str]) -> None:
    now = datetime.now(UTC)

    def planned(api: PrefectApi, run: str) -> datetime:
        return datetime.fromisoformat(api.get(f"/flow_runs/{run}")["next_scheduled_start_time"])

    with PrefectApi(prefect_server["PREFECT_API_URL"]) as api:
        flow = api.post("/flows/", {"name": "clock-jumps"})["id"]
        deployment = api.post("/deployments/", {"name": "clock-jumps", "flow_id": flow})["id"]

        def order(hour: datetime, **more: Any) -> str:
            later = {"type": "SCHEDULED", "state_details": {"scheduled_time": hour.isoformat()}}
            return str(api.post(f"/deployments/{deployment}/create_flow_run", {"state": later, **more})["id"])

        put_off = order(now + timedelta(hours=1), idempotency_key="put off")
        for_tonight, soon = order(now + timedelta(hours=1)), order(now + timedelta(seconds=30), idempotency_key="soon")
        assert bring_back_orders(api, now) == 1
        assert planned(api, put_off) <= now + timedelta(seconds=1)
        assert planned(api, for_tonight) > now + timedelta(minutes=50)
        assert planned(api, soon) > now + timedelta(seconds=20)
        assert bring_back_orders(api, now) == 0
