"""What the command line does when all is well, as far as it ends fast."""

import json
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.resources import ROOT
from tests.flows.conftest import DEMO, Answer, Run, environment

Stopped = tuple[Answer, Path]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, drop: Callable[[Sequence[str]], Path], run_here: Run) -> Stopped:
    """A run over the demo's odd files that stops after the footage was looked at, and its workspace."""
    workspace = tmp_path_factory.mktemp("workspace")
    folder = drop(["果园 远景.mp4", "VID_20261018_092000.mp4", "说明.txt"])
    (folder / "copy.mp4").write_bytes((DEMO / "果园 远景.mp4").read_bytes())
    answer = run_here("make", folder, "--workspace", workspace, "--stop-after", "footage", "--lang", "en", "--json")
    return answer, workspace


def test_the_version_is_the_one_that_pyproject_holds(run_here: Run) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    answer = run_here("--version")
    assert (answer.code, answer.out) == (0, f"FieldCut {declared}\n")


def test_it_stops_after_the_stage_that_was_named(stopped: Stopped) -> None:
    answer, workspace = stopped
    assert answer.code == 0, answer.err
    assert answer.told["stage"] == "footage"
    there = {path.name for path in (workspace / "stories" / "果园").iterdir()}
    assert {"story.toml", "catalog.json", "brief.json", "clips.json"} <= there
    assert "analyses.json" not in there


def test_a_run_that_stopped_early_tells_what_it_knows(stopped: Stopped) -> None:
    told = stopped[0].told
    assert told["story"] == "果园"
    assert told["passed"] is None
    assert told["length_s"] is None
    assert told["files"] == {}
    assert set(told["seconds"]) == {"catalog", "footage"}
    assert len(told["set_aside"]) == 2
    assert any("VID_20261018_092000.mp4" in line for line in told["set_aside"])


def test_settings_of_the_story_serve_until_an_option_is_given(tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run) -> None:
    folder = drop(["果园 远景.mp4"])
    settings = tmp_path / "stories" / "果园" / "story.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'source = {json.dumps(str(folder))}\ntemplate = "baroque"\n', encoding="utf-8")
    common = ("make", folder, "--workspace", tmp_path, "--stop-after", "catalog", "--lang", "en")
    assert run_here(*common).code == 2
    assert run_here(*common, "--template", "liangshan").code == 0


def test_a_second_folder_of_the_same_name_is_another_story(tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run) -> None:
    first, second = drop(["果园 远景.mp4"]), drop(["果园 远景.mp4"])
    common = ("--workspace", tmp_path, "--stop-after", "catalog", "--json")
    names = [run_here("make", folder, *common).told["story"] for folder in (first, second, first)]
    assert names == ["果园", "果园-2", "果园"]


def test_a_story_that_is_at_work_is_not_worked_on_twice(tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run) -> None:
    from filelock import FileLock

    folder = drop(["果园 远景.mp4"])
    common = ("make", folder, "--workspace", tmp_path, "--stop-after", "catalog", "--lang", "en")
    assert run_here(*common).code == 0
    with FileLock(tmp_path / "stories" / "果园" / ".lock"):
        held = run_here(*common)
    assert held.code == 3
    assert "果园" in held.err
    assert run_here(*common).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot raise these signals for itself")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM"])
def test_being_stopped_while_code_is_made_from_text_ends_with_130(tmp_path: Path, how: str) -> None:
    (tmp_path / "stopped.py").write_text(
        "from pathlib import Path\n"
        "from flows.cli.run import show_report\n"
        f"text = 'import signal; signal.raise_signal(signal.{how})'\n"
        "show_report(lambda now: str(exec(text)), Path('.'), 'en', False)\n",
        encoding="utf-8",
    )
    answer = subprocess.run(
        [sys.executable, "-m", "stopped"],
        cwd=tmp_path,
        env=environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it and hands that down
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (130, "Stopped. Run the same command again to go on where it stopped.\n")
