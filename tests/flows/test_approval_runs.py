"""A release that waits has one run; it is resumed when the ledger has the answer, and one that died or was cancelled is replaced."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.approval_runs import AGAIN_S, ApprovalRuns
from flows.prefect_api import PrefectApi
from pipeline.actions.open_approvals import OpenApproval


class Server(PrefectApi):
    """The runs that were ordered, by key, with their parameters and states, and which were resumed."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/api")
        self.runs: dict[str, dict[str, Any]] = {}
        self.resumed: list[str] = []
        self.broken = False

    def get(self, path: str) -> Any:
        if path.startswith("/deployments/name/"):
            return {"id": "approve"}
        return self.runs.get(path.removeprefix("/flow_runs/"))

    def post(self, path: str, content: Mapping[str, Any] | None = None) -> Any:
        content = content or {}
        if path == "/flow_runs/filter":
            return [run for run in self.runs.values() if run["state_type"] == "PAUSED"]
        if path.endswith("/resume"):
            run = self.runs[path.split("/")[2]]
            assert content["run_input"], "the server keeps no empty one"
            if self.broken:
                return {"status": "REJECT"}
            self.resumed.append(run["id"])
            run["state_type"] = "SCHEDULED"
            return {"status": "ACCEPT"}
        if path.endswith("/set_state"):
            self.runs[path.split("/")[2]]["state_type"] = content["state"]["type"]
            return {"status": "ACCEPT"}
        key = str(content["idempotency_key"])
        self.runs.setdefault(key, {"id": key, "state_type": "SCHEDULED", "parameters": content["parameters"]})
        return {"id": key}

    def suspend(self) -> None:
        """As the runs do themselves when they have asked."""
        for run in self.runs.values():
            if run["state_type"] == "SCHEDULED":
                run["state_type"] = "PAUSED"


@pytest.fixture
def waiting() -> list[OpenApproval]:
    """What the ledger says is open, for a test to change."""
    return []


def approval(release: str = "r1", question: str = "q" * 64, *, waits: bool = True) -> OpenApproval:
    return OpenApproval(release, question, "土豆", "kuaishou:coop", waits)


def test_a_release_that_waits_has_one_run_however_often_the_watch_begins_anew(waiting: list[OpenApproval]) -> None:
    server = Server()
    waiting.append(approval())
    for _ in range(3):
        runs = ApprovalRuns(server, Path("w"), "zh")
        runs.look(waiting, 0)
        server.suspend()
        runs.look(waiting, 5)
    assert len(server.runs) == 1
    assert server.resumed == []


def test_an_answered_question_resumes_its_run_and_no_other(waiting: list[OpenApproval]) -> None:
    server = Server()
    runs = ApprovalRuns(server, Path("w"), "zh")
    waiting += [approval("r1"), approval("r2")]
    runs.look(waiting, 0)
    server.suspend()
    waiting.pop(0)
    runs.look(waiting, 5)
    assert [server.runs[run]["parameters"]["release"] for run in server.resumed] == ["r1"]


def test_what_was_answered_while_nobody_watched_is_resumed_by_the_next_watch(waiting: list[OpenApproval]) -> None:
    server = Server()
    waiting.append(approval())
    ApprovalRuns(server, Path("w"), "zh").look(waiting, 0)
    server.suspend()
    waiting.clear()
    ApprovalRuns(server, Path("w"), "zh").look(waiting, 0)
    assert len(server.resumed) == 1


def test_another_word_ends_the_old_run_and_begins_one_for_the_new_question(waiting: list[OpenApproval]) -> None:
    server = Server()
    runs = ApprovalRuns(server, Path("w"), "zh")
    waiting.append(approval(question="a" * 64))
    runs.look(waiting, 0)
    server.suspend()
    waiting[:] = [approval(question="b" * 64)]
    runs.look(waiting, 5)
    assert [run["parameters"]["question"][0] for run in server.runs.values()] == ["a", "b"]
    assert len(server.resumed) == 1


def test_a_run_that_was_cancelled_is_replaced_after_a_while(waiting: list[OpenApproval]) -> None:
    server = Server()
    runs = ApprovalRuns(server, Path("w"), "zh")
    waiting.append(approval())
    runs.look(waiting, 0)
    for run in server.runs.values():
        run["state_type"] = "CANCELLED"
    assert [runs.look(waiting, at_s) for at_s in (5, 10, 4 + AGAIN_S)] == [0, 0, 0]
    assert runs.look(waiting, 5 + AGAIN_S) == 1
    assert len(server.runs) == 2


def test_a_run_that_cannot_be_resumed_is_ended(waiting: list[OpenApproval]) -> None:
    server = Server()
    runs = ApprovalRuns(server, Path("w"), "zh")
    waiting.append(approval())
    runs.look(waiting, 0)
    server.suspend()
    waiting.clear()
    server.broken = True
    runs.look(waiting, 5)
    assert [run["state_type"] for run in server.runs.values()] == ["CANCELLED"]


def test_what_has_its_yes_and_is_posted_by_hand_has_a_run_that_hands_it_over(waiting: list[OpenApproval]) -> None:
    server = Server()
    runs = ApprovalRuns(server, Path("w"), "zh")
    waiting.append(approval())
    runs.look(waiting, 0)
    server.suspend()
    waiting[:] = [approval(waits=False)]
    runs.look(waiting, 5)
    assert len(server.resumed) == 1, "the run that waited hands it over"
    assert len({run["parameters"]["question"] for run in server.runs.values()}) == 1


def test_nothing_is_asked_of_the_server_where_nothing_ever_waited(waiting: list[OpenApproval]) -> None:
    server = Server()
    runs = ApprovalRuns(server, Path("w"), "zh")
    runs.look(waiting, 0)
    server.post = None  # type: ignore[assignment, method-assign]
    assert runs.look(waiting, 5) == 0
    assert not waiting
