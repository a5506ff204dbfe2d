"""`fieldcut up` from outside: a real server, a real worker, the watch; folders in, videos out, and nothing left when it ends."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.run_record import BY_HAND
from pipeline.publish.ledger import State
from tests.fakes.logged_in_workspace import Desk, desk
from tests.fakes.running_up import family, processes_of, start_up, within
from tests.flows.conftest import DEMO, SHEET, command, environment

pytestmark = pytest.mark.system

VIDEO_S, END_S, AHEAD_S = 300.0, 60.0, 75.0
TAKEN = {State.ACCEPTED, State.PROCESSING, State.LIVE}
CLIPS = ("VID_20261018_081200.mp4", "果园 远景.mp4")
SETTINGS = 'width = 270\nheight = 480\npreset = "draft"\nmax_seconds = 9.0\nmusic = "none"\nproduct = "YL-PG-05"\n'


@dataclass
class Up:
    """One `fieldcut up` that runs."""

    workspace: Path
    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def drop(self, story: str) -> Path:
        folder = self.workspace / "inbox" / story
        folder.mkdir(parents=True)
        (folder / "story.toml").write_text(SETTINGS, encoding="utf-8")
        for name in CLIPS:
            shutil.copyfile(DEMO / name, folder / name)
        (folder / "好了").touch()
        return folder

    def run_of(self, story: str) -> dict[str, object]:
        try:
            found = json.loads((self.workspace / "stories" / story / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        assert isinstance(found, dict)
        return found


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """`up(workspace)` starts it and waits until it says that it runs, or something else. At the end nothing of it may be left."""
    started: list[Up] = []

    def start(workspace: Path, until: str = "Ctrl-C") -> Up:
        log = tmp_path / f"up{len(started)}.log"
        started.append(Up(workspace, start_up(workspace, log, until), log))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
    for one in started:
        assert within(20, lambda: not family(one.workspace)), family(one.workspace)  # noqa: B023


def test_folders_become_videos_and_posts_go_out_once_whatever_dies_and_nothing_is_left_behind(
    up: Callable[..., Up], tmp_path: Path, listened: Callable[[Path], Path]
) -> None:
    (tmp_path / "村里 资料").mkdir()
    with desk(tmp_path / "村里 资料") as here:
        workspace = listened(here.workspace)
        shutil.copyfile(SHEET, workspace / "catalog.csv")
        running = up(workspace)
        a_dropped_folder_becomes_a_video_though_the_worker_is_killed(running)
        a_story_is_cancelled(running)
        make_hands_over(running)
        a_second_one_is_refused(workspace)
        made = running.run_of("苹果")
        os.kill(running.process.pid, signal.SIGKILL)
        assert within(20, lambda: not family(workspace)), family(workspace)

        again = up(workspace)
        planned_posts_go_out_at_their_hour_though_a_run_is_killed(here)
        assert again.run_of("苹果") == made, "nothing is made twice"
        assert subprocess.run(command("down", "--workspace", workspace), env=environment(), check=False).returncode == 0
        assert again.process.wait(END_S) == 0, again.said()
        assert within(5, lambda: not family(workspace)), family(workspace)

        started = up(workspace, until="服务")
        assert within(20, lambda: family(workspace))
        started.process.send_signal(signal.SIGHUP)  # the terminal is closed
        assert started.process.wait(END_S) == 0, started.said()
        assert within(5, lambda: not family(workspace)), family(workspace)


def a_dropped_folder_becomes_a_video_though_the_worker_is_killed(running: Up) -> None:
    folder = running.drop("苹果")
    assert within(VIDEO_S, lambda: running.run_of("苹果").get("share", 0.0))
    [worker] = processes_of(running.workspace, "worker")
    os.kill(worker, signal.SIGKILL)
    assert within(VIDEO_S, lambda: running.run_of("苹果").get("state") == "ready"), running.run_of("苹果")
    assert Path(str(running.run_of("苹果")["video"])).stat().st_size > 100_000
    assert within(20, lambda: "视频做好了" in (folder / "进度.html").read_text(encoding="utf-8"))
    assert "worker 断了" in running.said()
    assert {path.name for path in folder.iterdir()} == {*CLIPS, "story.toml", "好了", "进度.html"}


def a_story_is_cancelled(running: Up) -> None:
    folder = running.drop("石榴")
    assert within(VIDEO_S, lambda: running.run_of("石榴").get("share", 0.0))
    assert processes_of(running.workspace, "run")
    cancel = command("cancel", "石榴", "--workspace", running.workspace)
    assert subprocess.run(cancel, env=environment(), check=False).returncode == 0
    assert within(30, lambda: not processes_of(running.workspace, "run")), family(running.workspace)
    assert within(20, lambda: "已停止" in (folder / "进度.html").read_text(encoding="utf-8"))


def make_hands_over(running: Up) -> None:
    folder = running.workspace / "inbox" / "苹果"
    again_by_hand = [*command("make", folder, "--workspace", running.workspace, "--json")]
    handed_over = subprocess.run(again_by_hand, env=environment(), capture_output=True, text=True, check=False)
    assert handed_over.returncode == 0, handed_over.stderr
    assert json.loads(handed_over.stdout)["files"]["video"] == running.run_of("苹果")["video"]
    assert str(running.run_of("苹果")["key"]).startswith(BY_HAND)

    own = shutil.copytree(folder, running.workspace.parent / "梨", ignore=shutil.ignore_patterns("进度.html", "好了"))
    by_hand = subprocess.Popen(command("make", own, "--workspace", running.workspace), env=environment(), stderr=subprocess.PIPE, text=True)
    assert within(VIDEO_S, lambda: running.run_of("梨").get("share", 0.0))
    by_hand.send_signal(signal.SIGINT)
    _, said = by_hand.communicate(timeout=END_S)
    assert (by_hand.returncode, "接着做" in said) == (130, True)
    assert processes_of(running.workspace, "run"), "the run goes on without the window"
    assert subprocess.run(command("cancel", "梨", "--workspace", running.workspace), env=environment(), check=False).returncode == 0
    assert within(30, lambda: not processes_of(running.workspace, "run")), family(running.workspace)
    assert running.run_of("梨")["state"] == "failed"


def a_second_one_is_refused(workspace: Path) -> None:
    second = subprocess.run(command("up", "--workspace", workspace), env=environment(), capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert "已经有一个" in second.stderr


def planned_posts_go_out_at_their_hour_though_a_run_is_killed(here: Desk) -> None:
    hour = datetime.now(UTC) + timedelta(seconds=AHEAD_S)
    words = ["第一批土豆", "第二批土豆", "第三批土豆"]
    here.enter(*(here.release(text, planned_at=hour) for text in words))
    assert within(AHEAD_S, lambda: any(entry.state is State.UPLOADED for entry in here.entries()))
    runs = processes_of(here.workspace, "run")
    assert runs, family(here.workspace)
    os.kill(runs[0], signal.SIGKILL)
    assert within(AHEAD_S + 120, lambda: all(here.posts_of(text) for text in words)), here.entries()
    for text in words:
        [at] = here.posts_of(text)
        print(f"{text}: {(at - hour).total_seconds():.2f} s after its hour")
        assert at >= hour
    assert within(60, lambda: {entry.state for entry in here.entries()} <= TAKEN), here.entries()
    assert len(here.server.posts) == len(words)
