"""A workspace that an older Prefect kept: `fieldcut up` goes on with it, runs nothing twice, and keeps a copy of what there was."""

import gzip
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_api import PrefectApi
from flows.server_records import RECORDS, RELEASE_FILE, UNKNOWN_REVISION, keep_older_records, newer_records
from flows.story_runs import MAKE_STORY
from flows.supervisor_files import running_api
from flows.sweep import drop_missed
from tests.data.prefect_3_8.make_seed import DONE, DYING, SEED
from tests.fakes.running_up import family, start_up, within

PLAN_S = 60.0
"""Within which the scheduler has planned its runs anew."""


@pytest.fixture(scope="module")
def up_on_older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, PrefectApi]]:
    workspace = tmp_path_factory.mktemp("older") / "workspace"
    (workspace / "prefect").mkdir(parents=True)
    (workspace / "prefect" / RECORDS).write_bytes(gzip.decompress(SEED.read_bytes()))
    process = start_up(workspace, workspace / "up.log", PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS="5")
    try:
        with PrefectApi(str(running_api(workspace))) as api:
            yield workspace, api
    finally:
        for pid in (process.pid, *family(workspace)):  # an end that waits for the runs is not what is looked at here
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def runs(api: PrefectApi, **state: Any) -> list[dict[str, Any]]:
    return api.find_runs({"flow_runs": {"state": state} if state else {}})


@pytest.mark.system
def test_runs_of_the_older_release_are_neither_alive_nor_run_again(up_on_older: tuple[Path, PrefectApi]) -> None:
    _, api = up_on_older
    assert api.get("/admin/version") == version("prefect")
    states = {run["idempotency_key"]: run["state_type"] for run in runs(api)}
    assert (states[DONE], states[DYING]) == ("COMPLETED", "CRASHED")
    again = api.order_run(MAKE_STORY, DONE, "土豆", {"story": "土豆", "folder": "/village/clips"})
    assert [run["id"] for run in runs(api) if run["idempotency_key"] == DONE] == [again]


@pytest.mark.system
def test_every_schedule_is_there_once_and_plans_each_hour_once(up_on_older: tuple[Path, PrefectApi]) -> None:
    _, api = up_on_older
    schedules = {one["slug"]: one["active"] for name in ("clean-up", "settle-releases")
                 for one in api.get(f"/deployments/name/{name}/{name}")["schedules"]}  # fmt: skip
    assert schedules == {"at-night": False, "every-ten-minutes": True}, "a person had paused the one at night"
    planned = lambda: [run for run in runs(api, type={"any_": ["SCHEDULED"]}) if run["auto_scheduled"]]  # noqa: E731
    assert within(PLAN_S, planned)
    assert max(Counter((run["deployment_id"], run["expected_start_time"]) for run in planned()).values()) == 1
    late = Counter(run["deployment_id"] for run in planned() if datetime.fromisoformat(run["expected_start_time"]) < datetime.now(UTC))
    assert not late or max(late.values()) == 1, "of the hours that passed one is made up for"


@pytest.mark.system
def test_a_copy_of_what_the_older_release_kept_stays(up_on_older: tuple[Path, PrefectApi]) -> None:
    workspace, _ = up_on_older
    revision = "select version_num from alembic_version"
    with closing(sqlite3.connect(workspace / "prefect" / f"before-{version('prefect')}.db")) as copy:
        assert copy.execute("select count(*) from flow_run where idempotency_key = ?", (DYING,)).fetchone() == (1,)
        old = copy.execute(revision).fetchone()
    with closing(sqlite3.connect(workspace / "prefect" / RECORDS)) as now:
        assert now.execute(revision).fetchone() != old


def test_records_of_this_release_and_what_is_no_database_are_not_copied(tmp_path: Path) -> None:
    assert keep_older_records(tmp_path) is None
    (tmp_path / RECORDS).write_bytes(b"no database at all" * 100)
    assert keep_older_records(tmp_path) is None
    with closing(sqlite3.connect(tmp_path / "good.db")) as database:
        database.execute("create table run (id text)")
    (tmp_path / "good.db").replace(tmp_path / RECORDS)
    (tmp_path / RELEASE_FILE).write_text(version("prefect"), encoding="ascii")
    assert keep_older_records(tmp_path) is None
    (tmp_path / RELEASE_FILE).write_text("3.8.8", encoding="ascii")
    assert keep_older_records(tmp_path) == tmp_path / f"before-{version('prefect')}.db"
    assert not list(tmp_path.glob("*.part"))


def test_records_of_a_newer_release_are_told_from_another_end_of_the_server(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert newer_records(tmp_path, log, 0) is None
    log.write_bytes(UNKNOWN_REVISION + b" identified by 'f00'\n")
    assert str(tmp_path / RECORDS) in str(newer_records(tmp_path, log, 0))
    assert newer_records(tmp_path, log, log.stat().st_size) is None, "an earlier start"


class Planned(PrefectApi):
    """A server that has planned runs."""

    def __init__(self, hours: dict[str, tuple[str, datetime, bool]]) -> None:
        self.hours, self.deleted = hours, set[str]()

    def post(self, _path: str, _content: Any = None) -> Any:
        return [{"id": run, "deployment_id": deployment, "expected_start_time": hour.isoformat(), "auto_scheduled": scheduled}
                for run, (deployment, hour, scheduled) in self.hours.items()]  # fmt: skip

    def delete(self, path: str) -> None:
        self.deleted.add(path.rpartition("/")[2])


def test_of_the_hours_that_passed_the_last_one_is_made_up_for() -> None:
    now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    hours = {name: ("settle", now + timedelta(minutes=minutes), True) for name, minutes in (("a", -30), ("b", -20), ("c", -10), ("d", 10))}
    api = Planned({**hours, "night": ("clean", now - timedelta(hours=4), True), "by hand": ("settle", now - timedelta(minutes=40), False)})
    assert drop_missed(api, now) == 2
    assert api.deleted == {"a", "b"}
