"""A release waits for a person as a suspended run, on a real server: whatever is killed or forged, only the ledger's answer ends it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.approval_runs import ApprovalRuns
from flows.prefect_api import PrefectApi
from pipeline.actions.open_work import open_work
from pipeline.media import die_with_parent
from pipeline.publish.ledger import Entry, State
from tests.flows.conftest import environment
from tests.flows.desk.conftest import ADDRESS, Coop, coop, shared_coop  # noqa: F401

pytestmark = pytest.mark.system

SET_UP = """
import os, sys
from pathlib import Path
from flows.deployments import deployments, set_up
from flows.prefect_api import PrefectApi
home = Path(sys.argv[1])
wanted = tuple(one for one in deployments(home, "zh", "Asia/Shanghai") if one.name == "approve-release")
set_up(PrefectApi(os.environ["PREFECT_API_URL"]), home, wanted)
"""
STARTS_S = 90.0
"""A run takes 5 s to start its process, several times that on a busy machine."""


def within(seconds: float, look: Callable[[], Any]) -> Any:
    until = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.1)
    return seen


@contextmanager
def worker(shared: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "fieldcut", "--type", "process", "--limit", "4"]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment(**shared),
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_only_the_ledgers_answer_ends_a_run_whatever_is_killed_or_forged(
    coop: Coop,  # noqa: F811
    prefect_server: dict[str, str],
    tmp_path: Path,
) -> None:
    api, workspace = PrefectApi(prefect_server["PREFECT_API_URL"]), coop.here.workspace
    by_link, by_form = coop.waiting("用链接回答"), coop.waiting("在表单里回答")
    runs = ApprovalRuns(api, workspace, "zh")

    def run_of(entry: Entry) -> dict[str, Any]:
        wanted = {"flows": {"name": {"any_": ["approve-release"]}}, "limit": 50}
        [found] = [run for run in api.post("/flow_runs/filter", wanted) if run["parameters"]["release"] == entry.id]
        return dict(found)

    def suspended(*entries: Entry, but: str = "") -> bool:
        states = [run_of(entry)["state"] for entry in entries]
        return all(state["name"] == "Suspended" and state["id"] != but for state in states)

    def resume(entry: Entry, **word: str) -> str:
        return str(api.post(f"/flow_runs/{run_of(entry)['id']}/resume", {"run_input": word})["status"])

    with worker(prefect_server, tmp_path / "worker.log") as first:
        subprocess.run([sys.executable, "-c", SET_UP, str(tmp_path)], env=environment(**prefect_server), check=True)
        assert runs.look(open_work(workspace, "", datetime.now(UTC)).approvals, 0) == 2
        assert within(STARTS_S, lambda: suspended(by_link, by_form)), [run_of(one)["state"] for one in (by_link, by_form)]
        os.kill(first.pid, signal.SIGKILL)
    assert suspended(by_link, by_form)
    assert runs.look(open_work(workspace, "", datetime.now(UTC)).approvals, 5) == 0, "nothing is ordered twice"

    with worker(prefect_server, tmp_path / "worker.log"):
        before = run_of(by_link)["state"]["id"]
        foreign = coop.token(by_form)
        assert resume(by_link, name="骗子", token=f"{by_link.id}.ffffffff.{'0' * 32}.{'A' * 43}", answer="yes") == "ACCEPT"
        assert resume(by_form, name="王老师", token=foreign, answer="yes") == "ACCEPT"
        assert within(STARTS_S, lambda: suspended(by_link, but=before)), run_of(by_link)["state"]
        assert {given.release_id for given in coop.decisions()} & {by_link.id} == set(), "a forged resume decided something"
        assert within(STARTS_S, lambda: run_of(by_form)["state"]["type"] == "COMPLETED"), run_of(by_form)["state"]
        [given] = [given for given in coop.decisions() if given.release_id == by_form.id]
        assert (given.by.name, given.way, given.answer) == ("王老师", "prefect", "yes")
        assert (
            coop.phone.post(
                coop.link(by_link), data={"name": "社长", "answer": "no", "reason": "太暗"}, headers={"origin": ADDRESS}
            ).status_code
            == 303
        )
        assert runs.look(open_work(workspace, "", datetime.now(UTC)).approvals, 10) == 1
        assert within(STARTS_S, lambda: run_of(by_link)["state"]["type"] == "COMPLETED"), run_of(by_link)["state"]
        assert "社长 没有同意" in run_of(by_link)["state"]["message"]
    assert (coop.entry(by_link).state, coop.entry(by_form).state) == (State.FAILED, State.PREPARED)
    assert foreign.rpartition(".")[2] not in json.dumps([run_of(by_link), run_of(by_form)])
