"""`fieldcut make` beside a running `up`: the run is ordered there, shown as it goes on, and ends the command as a run of its own would."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import handed_over
from flows.handed_over import make_by_order
from flows.prefect_api import PrefectApi
from pipeline.actions.cancel import cancel_story
from pipeline.actions.outcome import Outcome
from pipeline.actions.run_record import RunRecord, read_run, stage_share
from pipeline.documents.message import M, Message
from pipeline.errors import Fault, FieldCutError, SheetQuestion, UserMistake
from pipeline.stages.registry import ORDER

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)


class Seen:
    """What was shown: stages that began, and ended, and what was said."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.said: list[str] = []

    def begin(self, number: int, count: int, title: Message) -> Callable[[float], None]:
        assert (count, bool(str(title))) == (len(ORDER), True)
        self.begun.append(number)
        return lambda _share: None

    def end(self, number: int, count: int, title: Message, seconds: float) -> None:
        assert (count, bool(str(title))) == (len(ORDER), True)
        assert seconds >= 0
        self.ended.append(number)

    def warn(self, warning: Message) -> None:
        self.said.append(str(warning))


class Server:
    """Runs that were ordered; each question for the state of the newest takes the next turn of its run."""

    def __init__(self, workspace: Path, *lives: Callable[["Server"], Any]) -> None:
        self.orders: list[Mapping[str, Any]] = []
        self.workspace, self.lives, self.turn = workspace, list(lives), 0
        self.state = "SCHEDULED"

    def get(self, path: str) -> Any:
        if path.startswith("/deployments/name/"):
            return {"id": "d"}
        self.state = "RUNNING"
        self.lives.pop(0)(self)
        return {"state_type": self.state}

    def post(self, path: str, content: Any = None) -> Any:
        if path == "/flow_runs/filter":
            return [{"id": str(number), "parameters": order["parameters"]} for number, order in enumerate(self.orders)]
        if path.endswith("/set_state"):
            self.state = content["state"]["type"]
            return None
        self.orders.append(content)
        return {"id": str(len(self.orders))}

    def record(self) -> RunRecord:
        asked = self.orders[-1]["parameters"]
        return RunRecord(self.workspace / "stories" / asked["story"], ORDER, asked["order"])


@pytest.fixture
def follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Server, Seen, Callable[[], Outcome]]]:
    """`follow(*lives)`: a server whose runs live so, what is shown, and the command."""
    monkeypatch.setattr(handed_over, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(handed_over, "ASK_EVERY_S", 0.0)
    folder = tmp_path / "柿子"
    folder.mkdir()

    def begin(*lives: Callable[[Server], Any], **options: Any) -> tuple[Server, Seen, Callable[[], Outcome]]:
        server, seen = Server(tmp_path / "workspace", *lives), Seen()
        monkeypatch.setattr(PrefectApi, "get", lambda _self, path: server.get(path))
        monkeypatch.setattr(PrefectApi, "post", lambda _self, path, content=None: server.post(path, content))
        return server, seen, lambda: make_by_order("http://127.0.0.1:9/api", folder, server.workspace, options, NOW, "", seen)

    return begin


def ends(server: Server) -> None:
    record = server.record()
    record.stage("analysis")
    record.finish(
        Outcome(
            story="柿子", language="zh", stage="lesson", outbox="/o", files={"video": "/o/柿子.mp4"}, passed=True, warnings=[M("Look.")]
        )
    )
    server.state = "COMPLETED"


def goes_on(server: Server) -> None:
    server.record().stage("render")


def dies(server: Server) -> None:
    server.record().stage("speech")
    server.state = "CRASHED"


def fails_with(error: FieldCutError) -> Callable[[Server], None]:
    return lambda server: server.record().stop(error)


def test_the_outcome_is_the_runs_own_and_every_stage_is_shown_once(follow: Callable[..., Any]) -> None:
    server, seen, command = follow(goes_on, goes_on, ends, destinations=["shelf", "kuaishou"], sizes=[(270, 480), (480, 270)], threads=1)
    outcome = command()
    assert (outcome.passed, outcome.files, [str(one) for one in outcome.warnings]) == (True, {"video": "/o/柿子.mp4"}, ["Look."])
    shown = ORDER.index("render") + 1
    assert seen.begun == list(range(1, shown + 1))
    assert seen.ended == seen.begun
    asked = server.orders[0]["parameters"]
    assert (asked["story"], asked["destination"], asked["sizes"], asked["threads"]) == ("柿子", "shelf,kuaishou", "270x480,480x270", 1)


@pytest.mark.parametrize("error", [UserMistake(M("No clip opens.")), SheetQuestion(M("Which of the two?")), Fault(M("It broke."))])
def test_what_ended_the_run_ends_the_command_with_the_same_line_and_code(follow: Callable[..., Any], error: FieldCutError) -> None:
    _, _, command = follow(fails_with(error))
    with pytest.raises(type(error), match=str(error.message)) as raised:
        command()
    assert raised.value.exit_code == error.exit_code


def test_a_mistake_that_ended_it_before_anything_was_made_leaves_no_story(follow: Callable[..., Any]) -> None:
    server, _, command = follow(fails_with(UserMistake(M("No clip opens."))))
    with pytest.raises(UserMistake):
        command()
    assert [path.name for path in (server.workspace / "stories").rglob("*") if path.name != ".lock"] == []


def test_a_run_whose_process_was_killed_is_ordered_again_and_not_for_ever(follow: Callable[..., Any]) -> None:
    server, _, command = follow(dies, ends)
    assert command().passed
    assert len({order["idempotency_key"] for order in server.orders}) == 2
    server, _, command = follow(dies, dies, dies)
    with pytest.raises(Fault, match="3 times"):
        command()


def test_a_mistake_is_said_before_anything_is_ordered(follow: Callable[..., Any]) -> None:
    server, _, command = follow(max_seconds=2.0)
    with pytest.raises(UserMistake):
        command()
    assert server.orders == []


def test_a_run_that_was_ordered_by_hand_is_ended_by_its_storys_name(follow: Callable[..., Any], tmp_path: Path) -> None:
    from flows.story_runs import PrefectStoryRuns

    def cancelled(server: Server) -> None:
        cancel_story(server.workspace, "柿子", PrefectStoryRuns(PrefectApi("http://127.0.0.1:9/api"), server.workspace, "zh"), NOW)

    _, _, command = follow(cancelled, lambda _server: None)
    with pytest.raises(Fault, match="stopped"):
        command()
    run = read_run(tmp_path / "workspace" / "stories" / "柿子")
    assert run is not None
    assert run.state == "failed"


def test_the_share_of_a_stage_is_told_from_that_of_the_run(tmp_path: Path) -> None:
    record = RunRecord(tmp_path / "柿子", ORDER, "k")
    record.stage("speech")
    run = read_run(tmp_path / "柿子")
    assert run is not None
    assert stage_share(run, ORDER) == pytest.approx(0.0, abs=0.001)
