"""Ctrl-C and its like, in the midst of a stage: gone within two seconds, no child left, and the next run goes on from there."""

import os
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.stages.registry import ORDER
from tests.flows.conftest import Answer, Undisturbed, environment

MARK = "FIELDCUT_TEST_RUN"
"""A variable that every descendant inherits, whatever group or session it makes for itself."""
LONGEST_S = 2.0
PATIENCE_S = 90.0
INTO_ANALYSIS_S = 0.2
"""Of more than a second that it takes."""
STOPS = [(stage, how) for stage in ("analysis", "speech", "render") for how in ("SIGINT", "SIGTERM")]

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found through /proc, which is not here"),
]


@dataclass(frozen=True)
class Stopped:
    """One run that was ended in a stage."""

    code: int
    seconds: float
    left: list[str]
    parts: list[str]
    err: str


@dataclass(frozen=True)
class Interrupted:
    """One story, stopped in every stage in turn, then let through."""

    stopped: dict[tuple[str, str], Stopped]
    kept: set[Path]
    """Whole files in the store before the last run."""
    changed: set[Path]
    """Those of them that the last run wrote again."""
    finish: Answer


def marked(mark: str) -> dict[int, str]:
    """Living processes that inherited the mark, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes() and (folder / "stat").read_text().split(") ")[1][0] != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
    return found


def whole_files(workspace: Path, kind: str) -> list[Path]:
    return [path for path in (workspace / "cache" / kind).glob("*") if ".part" not in path.name and path.suffix in (".json", ".mp4")]


def midst(stage: str, how: str, workspace: Path, mark: str, started: float) -> bool:
    """Whether the run is at work in that stage, as seen from outside."""
    (story,) = [path for path in (workspace / "stories").glob("*") if path.is_dir()] or [workspace]
    match stage:
        case "analysis":
            begun = story / "clips.json"
            return begun.is_file() and begun.stat().st_mtime > started and time.time() - begun.stat().st_mtime > INTO_ANALYSIS_S
        case "speech":
            return any("speech.worker" in line for line in marked(mark).values())
        case _:
            # the second time a chunk must be whole, so that the last run has one to find
            enough = how == "SIGINT" or bool(whole_files(workspace, "chunks"))
            return enough and any("/chunks/" in line for line in marked(mark).values())


def stop_in(stage: str, how: str, story: Undisturbed, workspace: Path) -> Stopped:
    """Run `make` until it is in the midst of a stage, and end it as a terminal (SIGINT, to all) or a supervisor (SIGTERM) does."""
    mark = uuid.uuid4().hex
    started = time.time()
    process = subprocess.Popen(
        story.command(workspace),
        env=environment(**{MARK: mark}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hears_ctrl_c,
    )
    try:
        until = time.monotonic() + PATIENCE_S
        while not midst(stage, how, workspace, mark, started):
            assert process.poll() is None, f"ended before it was stopped: {process.communicate()}"
            assert time.monotonic() < until, f"never came to {stage}"
            time.sleep(0.01)
        begun = time.monotonic()
        if how == "SIGINT":
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.terminate()
        _, err = process.communicate(timeout=30)
        seconds = time.monotonic() - begun
        return Stopped(process.returncode, seconds, list(marked(mark).values()), unfinished(workspace), err)
    finally:
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)


def _hears_ctrl_c() -> None:
    """A shell's background job ignores SIGINT and hands that down; a terminal's foreground job does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def unfinished(workspace: Path) -> list[str]:
    return [str(path) for path in workspace.rglob("*") if ".part" in path.name]


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory, undisturbed: Undisturbed) -> Interrupted:
    workspace = tmp_path_factory.mktemp("workspace")
    stopped = {(stage, how): stop_in(stage, how, undisturbed, workspace) for stage, how in STOPS}
    before = {path: path.stat().st_mtime_ns for kind in ("analyses", "hearings", "chunks") for path in whole_files(workspace, kind)}
    done = subprocess.run(undisturbed.command(workspace), env=environment(), capture_output=True, text=True, check=False)
    changed = {path for path, at in before.items() if path.stat().st_mtime_ns != at}
    return Interrupted(stopped, set(before), changed, Answer(done.returncode, done.stdout, done.stderr))


@pytest.mark.parametrize(("stage", "how"), STOPS)
def test_it_ends_within_two_seconds(interrupted: Interrupted, stage: str, how: str) -> None:
    assert interrupted.stopped[stage, how].seconds < LONGEST_S


@pytest.mark.parametrize(("stage", "how"), STOPS)
def test_it_leaves_no_child(interrupted: Interrupted, stage: str, how: str) -> None:
    assert interrupted.stopped[stage, how].left == []


@pytest.mark.parametrize(("stage", "how"), STOPS)
def test_it_leaves_nothing_half_made(interrupted: Interrupted, stage: str, how: str) -> None:
    assert interrupted.stopped[stage, how].parts == []


@pytest.mark.parametrize(("stage", "how"), STOPS)
def test_it_says_in_one_line_how_to_go_on(interrupted: Interrupted, stage: str, how: str) -> None:
    stop = interrupted.stopped[stage, how]
    assert stop.code == 130
    assert stop.err.strip() == "Stopped. Run the same command again to go on where it stopped."


def test_the_next_run_finishes(interrupted: Interrupted) -> None:
    assert interrupted.finish.code == 0, interrupted.finish.err + interrupted.finish.out
    assert interrupted.finish.told["passed"] is True


def test_the_finished_run_tells_scripts_what_came_of_it(interrupted: Interrupted) -> None:
    told = interrupted.finish.told
    assert told["story"] == "果园"
    assert set(told["seconds"]) == set(ORDER)
    assert {"video", "cover", "subtitles", "report"} <= set(told["files"])
    assert all(Path(path).is_file() and Path(path).stat().st_size for path in told["files"].values())
    assert 5 < told["length_s"] < 30
    assert all(isinstance(told[name], list) for name in ("warnings", "failed", "set_aside", "film_again"))
    assert interrupted.finish.err == ""


def test_the_next_run_makes_nothing_again_that_was_whole(interrupted: Interrupted) -> None:
    kinds = {path.parent.name for path in interrupted.kept}
    assert kinds == {"analyses", "hearings", "chunks"}
    assert interrupted.changed == set()
    assert interrupted.finish.told["chunks"]["reused"] >= 1
