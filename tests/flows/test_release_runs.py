"""What falls due is ordered once, and again only when a run of it has ended and came to nothing."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_api import PrefectApi
from flows.release_runs import ReleaseRuns
from pipeline.actions.due_releases import DueRelease

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


class Server(PrefectApi):
    """The runs that were ordered, by key, and their states."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/api")
        self.keys: list[str] = []
        self.states: dict[str, str] = {}
        self.releases: list[str] = []

    def get(self, path: str) -> Any:
        if path.startswith("/deployments/name/"):
            return {"id": "publish"}
        return {"state_type": self.states[path.removeprefix("/flow_runs/")]}

    def post(self, path: str, content: Any = None) -> Any:
        assert path == "/deployments/publish/create_flow_run"
        key = str((content or {})["idempotency_key"])
        if key not in self.keys:
            self.keys.append(key)
            self.releases.append(str((content or {}).get("parameters", {}).get("release", "")))
            self.states[key] = "SCHEDULED"
        return {"id": key}


@pytest.fixture
def due() -> list[DueRelease]:
    """What the ledger says is due, for a test to change."""
    return []


def release(step: int = 1, after_s: float = 30, *, held: bool = False) -> DueRelease:
    return DueRelease("r1", "土豆", "kuaishou", step, NOW + timedelta(seconds=after_s), held)


def test_a_due_release_is_ordered_once_while_its_run_goes_on(due: list[DueRelease]) -> None:
    server = Server()
    runs = ReleaseRuns(server, Path("w"), "zh")
    due.append(release())
    assert [runs.look(due, at_s) for at_s in (0, 5, 10)] == [1, 0, 0]
    due[:] = [release(step=2, after_s=0, held=True)]  # its own run has moved it meanwhile, and goes on
    assert runs.look(due, 15) == 0
    assert len(server.keys) == 1


def test_a_run_that_ended_and_moved_it_is_followed_at_once(due: list[DueRelease]) -> None:
    server = Server()
    runs = ReleaseRuns(server, Path("w"), "zh")
    due.append(release())
    runs.look(due, 0)
    server.states[server.keys[0]] = "COMPLETED"
    due[:] = [release(step=3)]
    assert runs.look(due, 5) == 1
    assert len(server.keys) == 2


def test_a_run_that_came_to_nothing_is_followed_after_a_growing_pause(due: list[DueRelease]) -> None:
    server = Server()
    runs = ReleaseRuns(server, Path("w"), "zh")
    due.append(release())
    ordered_at = []
    for at_s in range(200):
        if runs.look(due, at_s):
            ordered_at.append(at_s)
            server.states[server.keys[-1]] = "CRASHED"
    pauses = [later - earlier for earlier, later in pairwise(ordered_at)]
    assert pauses[:4] == [6, 11, 21, 41]
    assert max(pauses) <= 61
    assert len(set(server.keys)) == len(ordered_at)


def test_a_watch_that_begins_anew_orders_nothing_twice(due: list[DueRelease]) -> None:
    server = Server()
    due.append(release())
    ReleaseRuns(server, Path("w"), "zh").look(due, 0)
    ReleaseRuns(server, Path("w"), "zh").look(due, 0)
    assert len(server.keys) == 1


def test_what_is_not_due_any_more_is_forgotten(due: list[DueRelease]) -> None:
    server = Server()
    runs = ReleaseRuns(server, Path("w"), "zh")
    due.append(release())
    runs.look(due, 0)
    due.clear()
    runs.look(due, 5)
    due.append(release(step=9, after_s=3600))
    assert runs.look(due, 10) == 1


def test_releases_of_one_hour_share_a_run_and_those_of_another_have_their_own(due: list[DueRelease]) -> None:
    server = Server()
    due += [DueRelease(f"r{number:02}", "土豆", "kuaishou", 1, NOW + timedelta(seconds=30)) for number in range(14)]
    due.append(DueRelease("later", "土豆", "kuaishou", 1, NOW + timedelta(seconds=85)))
    assert ReleaseRuns(server, Path("w"), "zh").look(due, 0) == 3
    assert [len(ids.split(",")) for ids in server.releases] == [10, 4, 1]
    assert ReleaseRuns(server, Path("w"), "zh").look(due, 0) == 3
    assert len(server.keys) == 3


def test_a_release_whose_part_is_done_does_not_wait_for_the_uploads_of_others(due: list[DueRelease]) -> None:
    server = Server()
    runs = ReleaseRuns(server, Path("w"), "zh")
    due += [DueRelease(name, "土豆", "kuaishou", 1, NOW) for name in ("a", "b")]
    runs.look(due, 0)
    due[:] = [DueRelease(name, "土豆", "kuaishou", 4, NOW + timedelta(seconds=60), held=True) for name in ("a", "b")]
    assert runs.look(due, 5) == 0
    due[0] = DueRelease("a", "土豆", "kuaishou", 5, NOW + timedelta(seconds=60))
    assert [runs.look(due, at_s) for at_s in (10, 15)] == [1, 0]
    assert server.releases == ["a,b", "a"]


def test_each_release_of_a_run_that_was_killed_is_ordered_again(due: list[DueRelease]) -> None:
    server = Server()
    runs = ReleaseRuns(server, Path("w"), "zh")
    due += [DueRelease(name, "土豆", "kuaishou", 1, NOW) for name in ("a", "b", "c")]
    runs.look(due, 0)
    server.states[server.keys[0]] = "CRASHED"
    due[0] = DueRelease("a", "土豆", "kuaishou", 4, NOW)  # it came further than the others
    assert [runs.look(due, at_s) for at_s in (1, 7)] == [1, 1]
    assert server.releases[1:] == ["a", "b,c"]


def test_a_sheet_that_was_written_and_rests_has_what_is_live_held_against_it(tmp_path: Path) -> None:
    server = Server()
    runs = ReleaseRuns(server, tmp_path, "zh")
    assert [runs.look_at_sheet() for _ in range(4)] == [False, True, False, False]
    (tmp_path / "catalog.csv").write_text("name,price\n", encoding="utf-8")
    assert [runs.look_at_sheet() for _ in range(3)] == [False, True, False]
    (tmp_path / "catalog.csv").write_text("name,price\nx,1\n", encoding="utf-8")
    assert not runs.look_at_sheet()
    (tmp_path / "catalog.csv").write_text("name,price\nx,1\ny,2\n", encoding="utf-8")
    assert [runs.look_at_sheet() for _ in range(3)] == [False, True, False]
    assert len(server.keys) == 3
