"""A worker that died is started again only when the server has heard that its runs are dead, however long the server itself is down."""

from pathlib import Path
from typing import Any

import pytest

from flows import supervisor as supervising
from flows.prefect_api import PrefectApi
from flows.supervisor import SERVER, WORKER, KeptProcess, Supervisor
from flows.supervisor_files import END_FILE
from pipeline.store import write_atomically


class Dead:
    """A process that was killed."""

    pid = 0

    def poll(self) -> int:
        return -9


def test_after_both_were_killed_the_server_is_told_of_dead_runs_before_a_worker_begins_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    supervisor = Supervisor(tmp_path, "zh", lambda _message: None, port=9)
    supervisor.home.mkdir()
    server, worker = (KeptProcess(name, [name], {}, tmp_path / "log", Dead()) for name in (SERVER, WORKER))
    supervisor.kept = [server, worker]

    def start(process: KeptProcess) -> None:
        happened.append(f"{process.name} starts")

    def post(_api: PrefectApi, path: str, content: Any = None) -> Any:
        happened.append("dead" if path.endswith("set_state") and content["force"] else "asked")
        return [{"id": "r1"}] if path == "/flow_runs/filter" else None

    def sleep(_seconds: float) -> None:
        clock[0] += 0.5
        if clock[0] > 10:
            write_atomically(supervisor.home / END_FILE, "")

    clock = [0.0]
    monkeypatch.setattr(KeptProcess, "start", start)
    monkeypatch.setattr(PrefectApi, "post", post)
    monkeypatch.setattr(supervising.system, "end_child", lambda _process: None)
    monkeypatch.setattr(supervising, "is_taken", lambda _port: False)
    monkeypatch.setattr(supervising, "is_home_of", lambda _api, _home: clock[0] > 5)
    monkeypatch.setattr(supervising.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(supervising.time, "sleep", sleep)
    supervisor.keep()
    assert happened[0] == "server starts"
    assert happened.index("dead") < happened.index("worker starts")
    assert happened.count("dead") == 1
