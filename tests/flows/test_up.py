"""`fieldcut up` from outside: a real server, a real worker, the watch; folders in, videos out, and nothing left when it ends."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.media import die_with_parent
from pipeline.publish.ledger import State
from tests.fakes.logged_in_workspace import Desk, desk
from tests.flows.conftest import DEMO, SHEET, command, environment

pytestmark = pytest.mark.system

READY_S, VIDEO_S, END_S, AHEAD_S = 240.0, 300.0, 60.0, 75.0
CLIPS = ("VID_20261018_081200.mp4", "果园 远景.mp4")
TAKEN = {State.ACCEPTED, State.PROCESSING, State.LIVE}
SETTINGS = 'width = 270\nheight = 480\npreset = "draft"\nmax_seconds = 9.0\nmusic = "none"\nproduct = "YL-PG-05"\n'


def within(seconds: float, look: Callable[[], object]) -> object:
    until = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.2)
    return seen


def family(workspace: Path) -> dict[int, str]:
    """Every living process that belongs to this workspace's server, by what its environment says, with its command line."""
    mark, found = f"PREFECT_HOME={workspace / 'prefect'}".encode(), {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            dead = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
            if mark in (process / "environ").read_bytes().split(b"\0") and not dead:
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
    return found


def runs_of(workspace: Path) -> list[int]:
    """The processes of flow runs."""
    return [pid for pid, line in family(workspace).items() if "prefect.engine" in line or "flow_engine" in line]


@dataclass
class Up:
    """One `fieldcut up` that runs."""

    workspace: Path
    process: "subprocess.Popen[str]"
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
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                command("up", "--workspace", workspace),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment(PYTHONUNBUFFERED="1"),
                text=True,
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        started.append(Up(workspace, process, log))
        assert within(READY_S, lambda: until in started[-1].said() or process.poll() is not None)
        assert process.poll() is None, started[-1].said()
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
    worker = next(pid for pid, line in family(running.workspace).items() if "worker start" in line)
    os.kill(worker, signal.SIGKILL)
    assert within(VIDEO_S, lambda: running.run_of("苹果").get("state") == "ready"), running.run_of("苹果")
    assert Path(str(running.run_of("苹果")["video"])).stat().st_size > 100_000
    assert within(20, lambda: "视频做好了" in (folder / "进度.html").read_text(encoding="utf-8"))
    assert "worker 断了" in running.said()
    assert {path.name for path in folder.iterdir()} == {*CLIPS, "story.toml", "好了", "进度.html"}


def a_story_is_cancelled(running: Up) -> None:
    folder = running.drop("石榴")
    assert within(VIDEO_S, lambda: running.run_of("石榴").get("share", 0.0))
    assert runs_of(running.workspace)
    cancel = command("cancel", "石榴", "--workspace", running.workspace)
    assert subprocess.run(cancel, env=environment(), check=False).returncode == 0
    assert within(30, lambda: not runs_of(running.workspace)), family(running.workspace)
    assert within(20, lambda: "已停止" in (folder / "进度.html").read_text(encoding="utf-8"))


def a_second_one_is_refused(workspace: Path) -> None:
    second = subprocess.run(command("up", "--workspace", workspace), env=environment(), capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert "已经有一个" in second.stderr


def planned_posts_go_out_at_their_hour_though_a_run_is_killed(here: Desk) -> None:
    hour = datetime.now(UTC) + timedelta(seconds=AHEAD_S)
    words = ["第一批土豆", "第二批土豆", "第三批土豆"]
    here.enter(*(here.release(text, planned_at=hour) for text in words))
    assert within(AHEAD_S, lambda: any(entry.state is State.UPLOADED for entry in here.entries()))
    runs = runs_of(here.workspace)
    assert runs, family(here.workspace)
    os.kill(runs[0], signal.SIGKILL)
    assert within(AHEAD_S + 120, lambda: all(here.posts_of(text) for text in words)), here.entries()
    for text in words:
        [at] = here.posts_of(text)
        print(f"{text}: {(at - hour).total_seconds():.2f} s after its hour")
        assert at >= hour
    assert within(60, lambda: {entry.state for entry in here.entries()} <= TAKEN), here.entries()
    assert len(here.server.posts) == len(words)
