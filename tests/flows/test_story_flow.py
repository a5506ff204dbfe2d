"""The Prefect flow, against a real server: what `make` does, and nothing twice."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.cli.screen import Screen
from flows.run_log import RUN_LOG
from pipeline.actions.make import make_story
from pipeline.documents.clip import Clip, Clips
from pipeline.media import die_with_parent
from pipeline.stages.registry import ORDER, load_stage
from pipeline.store import load_document
from tests.flows.conftest import SHEET, environment

pytestmark = pytest.mark.system

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 1, 15, tzinfo=UTC)
ASKED = {"catalog": str(SHEET), "product": "YL-PG-05", "width": 270, "height": 480, "preset": "draft", "max_seconds": 9.0}
VIDEO = Path("renditions", "shelf-270x480")
RUNS = """
import json, os, sys
from flows.make_story import make_story
for line in sys.stdin:
    step = json.loads(line)
    for path in step["delete"]:
        os.remove(path)
    state = make_story(**step["parameters"], return_state=True)
    outcome = state.result(raise_on_failure=False)
    told = outcome if isinstance(outcome, dict) else {"error": str(outcome)}
    print(json.dumps({"id": str(state.state_details.flow_run_id), "outcome": told}), flush=True)
"""
"""A process that makes the flow runs it reads, one after the other, as a worker's process makes one."""


@dataclass(frozen=True)
class FlowRun:
    """One run as the server tells it: the state it ended in, its tasks in order with theirs, and what it returned."""

    state: str
    message: str
    turns: tuple[tuple[str, str], ...]
    outcome: dict[str, Any]

    def states(self) -> dict[str, str]:
        """The last state of every stage."""
        return dict(self.turns)


@dataclass(frozen=True)
class Flown:
    """The same story, made in process, then by flow runs of several kinds."""

    here: Path
    there: Path
    runs: dict[str, FlowRun]


def asked_of(api: str, what: str, **content: Any) -> Any:
    """One question to the server."""
    answer = httpx.post(f"{api}/{what}", json=content, timeout=30, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def run_of(api: str, told: dict[str, Any]) -> FlowRun:
    flow_run = httpx.get(f"{api}/flow_runs/{told['id']}", timeout=30, trust_env=False).json()
    tasks = asked_of(api, "task_runs/filter", flow_runs={"id": {"any_": [told["id"]]}}, sort="EXPECTED_START_TIME_ASC")
    turns = tuple((task["name"], task["state_name"]) for task in tasks)
    return FlowRun(flow_run["state_type"], flow_run["state"]["message"] or "", turns, told["outcome"])


@pytest.fixture(scope="module")
def flown(
    tmp_path_factory: pytest.TempPathFactory,
    drop: Callable[[Sequence[str]], Path],
    prefect_server: dict[str, str],
    listened: Callable[[Path], Path],
) -> Flown:
    here, there = (listened(tmp_path_factory.mktemp(name)) for name in ("here", "there"))
    folder = drop(["VID_20261018_081200.mp4", "果园 远景.mp4"])
    look = there / "stories" / folder.name / VIDEO / "look.json"
    usual: dict[str, Any] = {"folder": str(folder), "workspace": str(there), **ASKED, "now": NOW.isoformat()}
    steps: dict[str, dict[str, Any]] = {
        "first": {},
        "again": {},
        "later": {"now": LATER.isoformat()},
        "document deleted": {"delete": [str(look)]},
        "other music": {"music": "none"},
        "music back": {},
        "mistake": {"template": "baroque"},
    }
    lines = [{"delete": step.pop("delete", []), "parameters": {**usual, **step}} for step in steps.values()]
    flowing = subprocess.Popen(
        [sys.executable, "-c", RUNS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**prefect_server),
        text=True,
        preexec_fn=die_with_parent,
    )
    make_story(folder, here, ASKED, NOW, "", Screen("zh", quiet=True))  # meanwhile: the other process still loads Prefect
    out, err = flowing.communicate("\n".join(json.dumps(line) for line in lines))
    assert flowing.returncode == 0, err[-4000:]
    told = [json.loads(line) for line in out.splitlines()]
    assert len(told) == len(steps)
    api = prefect_server["PREFECT_API_URL"]
    return Flown(here, there, {name: run_of(api, one) for name, one in zip(steps, told, strict=True)})


def clips_of(workspace: Path) -> tuple[Clip, ...]:
    [path] = (workspace / "stories").glob("*/clips.json")
    return load_document(path, Clips).clips


def documents(workspace: Path) -> dict[str, Any]:
    """Every document of the only story there, without what names the workspace, the seconds of a run, the chunks and why they were made,
    and the key of documents with paths in them."""
    (story,) = (path for path in (workspace / "stories").iterdir() if path.is_dir())
    written = {name for stage in ORDER for name in load_stage(stage).writes} - {"report.html"}
    lying = {name: story / VIDEO / name if (story / VIDEO / name).is_file() else story / name for name in sorted(written)}
    found = {name: path.read_text(encoding="utf-8").replace(str(workspace), "") for name, path in lying.items()}
    rendition, inspection = json.loads(found["rendition.json"]), json.loads(found["inspection.json"])
    same = {name: value for name, value in rendition.items() if not name.startswith("chunks_") and name != "fates"}
    return {**found, "rendition.json": same, "inspection.json": {**inspection, "key": ""}}


def test_the_flow_finishes_the_story(flown: Flown) -> None:
    first = flown.runs["first"]
    assert first.state == "COMPLETED", first.message
    assert first.outcome["passed"], first.outcome["failed"]
    assert all(Path(path).is_file() for path in first.outcome["files"].values())


def test_the_flow_writes_the_documents_that_make_writes(flown: Flown) -> None:
    here, there = documents(flown.here), documents(flown.there)
    assert here.keys() == there.keys()
    for name in here:
        assert here[name] == there[name], name


def test_every_stage_is_one_task_in_order(flown: Flown) -> None:
    assert flown.runs["first"].turns == tuple((name, "Completed") for name in ORDER)


def test_a_second_run_remembers_every_turn(flown: Flown) -> None:
    assert flown.runs["again"].turns == tuple((name, "Cached") for name in ORDER)
    assert flown.runs["again"].outcome["files"] == flown.runs["first"].outcome["files"]


def test_a_later_clock_judges_the_offer_anew_and_nothing_else(flown: Flown) -> None:
    made = {name for name, state in flown.runs["later"].turns if state == "Completed"}
    assert made == {"catalog", "commerce"}


def test_a_deleted_document_is_made_again_and_nothing_else(flown: Flown) -> None:
    run = flown.runs["document deleted"]
    assert run.turns.count(("brand", "Cached")) == run.turns.count(("brand", "Completed")) == 1
    assert [name for name, state in run.turns if state == "Completed"] == ["brand"]
    assert (flown.there / "stories").is_dir()


def test_a_changed_option_makes_its_stage_and_those_after_it(flown: Flown) -> None:
    states = flown.runs["other music"].states()
    first = ORDER.index("edit")  # cuts may fall on the beats of the music
    assert [states[name] for name in ORDER[:first]] == ["Cached"] * first
    assert states["edit"] == states["render"] == states["inspection"] == states["deliver"] == "Completed"


def test_a_remembered_turn_whose_documents_were_overwritten_is_made_again(flown: Flown) -> None:
    turns = flown.runs["music back"].turns
    assert turns.count(("render", "Cached")) == turns.count(("render", "Completed")) == 1
    assert ("analysis", "Completed") not in turns


def test_a_mistake_fails_the_run_with_its_line(flown: Flown) -> None:
    run = flown.runs["mistake"]
    assert run.state == "FAILED"
    assert "baroque" in run.message
    assert "liangshan" in run.message
    assert not run.turns


def test_the_run_is_named_in_words_and_shows_how_far_it_came_its_picture_and_its_videos(
    flown: Flown, prefect_server: dict[str, str]
) -> None:
    api = prefect_server["PREFECT_API_URL"]
    runs = asked_of(api, "flow_runs/filter", flow_runs={"state": {"type": {"any_": ["COMPLETED"]}}})
    assert runs
    assert all(re.fullmatch(r".+ · .*苹果.* · .+ · \d\d-\d\d \d\d:\d\d", run["name"]) for run in runs), [run["name"] for run in runs]
    first = [one for one in asked_of(api, "artifacts/filter", limit=200) if one["flow_run_id"] == runs[-1]["id"]]
    by_type = {one["type"]: one["data"] for one in first}
    assert {"progress", "image", "table"} <= by_type.keys()
    assert float(by_type["progress"]) == 100
    lines = [json.loads(line) for line in (flown.there / RUN_LOG).read_text(encoding="utf-8").splitlines()]
    assert {line["stage"] for line in lines if line["message"] == "done"} == set(ORDER)
    assert {line["clip"] for line in lines if "clip" in line} == {clip.id for clip in clips_of(flown.there)}


@pytest.mark.usefixtures("flown")
def test_results_are_small_and_name_no_media(prefect_server: dict[str, str]) -> None:
    kept = [path for path in (Path(prefect_server["PREFECT_HOME"]) / "storage").rglob("*") if path.is_file()]
    assert len(kept) >= len(ORDER)
    assert max(path.stat().st_size for path in kept) < 20_000
    assert all(re.match(r"\s*(\{|null)", path.read_text(encoding="utf-8")) for path in kept)


def test_a_schedule_makes_runs(prefect_server: dict[str, str]) -> None:
    """With other versions of what Prefect stands on, a schedule is taken, said to be active, and makes no run."""
    api = prefect_server["PREFECT_API_URL"]
    flow = asked_of(api, "flows/", name="make-story")
    schedule = {"schedule": {"cron": "0 18 * * *", "timezone": "Asia/Shanghai"}, "active": True}
    deployment = asked_of(api, "deployments/", name="evening", flow_id=flow["id"], schedules=[schedule], paused=False)
    wanted = {"deployments": {"id": {"any_": [deployment["id"]]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    until = time.monotonic() + 30
    while not (found := asked_of(api, "flow_runs/filter", **wanted)) and time.monotonic() < until:
        time.sleep(0.5)
    assert found
    assert all(datetime.fromisoformat(run["expected_start_time"]).astimezone(UTC).hour == 10 for run in found)
