"""What happens to a folder in the inbox, event by event: the table of docs/flows.md, a test a row.

The watch is real, and so are folders, clips and pages; who carries the runs out is a list in this process, so that a test says when a run
begins, ends or dies, and the seconds are told and not waited for.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions import story_notifications
from pipeline.actions.cancel import cancel_story
from pipeline.actions.outcome import Outcome
from pipeline.actions.run_record import BY_HAND, RunRecord, read_run
from pipeline.actions.watch_inbox import InboxWatch, RunProgressState
from pipeline.documents.message import M
from pipeline.documents.story_run import StoryRun
from pipeline.errors import DiskFault, PersonNeeded, UserMistake
from pipeline.inbox import WaitingApproval
from pipeline.store import save_document

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
QUIET_S, GIVE_UP_S = 60.0, 600.0


@dataclass
class Orders:
    """Runs by id, in the order in which they were asked for."""

    keys: list[str] = field(default_factory=list)
    states: dict[str, RunProgressState] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)

    def order(self, folder: Path, story: str, key: str) -> str:
        if key not in self.keys:
            self.keys.append(key)
        self.states.setdefault(key, "waiting")
        assert folder.is_dir()
        assert key.startswith(f"{story}:")
        return key

    def state(self, run: str) -> RunProgressState:
        return self.states.get(run, "ended")

    def cancel(self, run: str) -> None:
        self.cancelled.append(run)

    def by_hand(self, story: str) -> list[tuple[str, str]]:
        return [(key, key) for key in self.keys if key.startswith(f"{BY_HAND}{story}") and self.state(key) != "ended"]


@dataclass
class Village:
    """A workspace with its inbox, the watch over it, and a clock that is moved by hand."""

    workspace: Path
    clip: Path
    orders: Orders = field(default_factory=Orders)
    elapsed_s: float = 0.0
    watch: InboxWatch = field(init=False)

    def __post_init__(self) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.restart()

    @property
    def inbox(self) -> Path:
        return self.workspace / "inbox"

    def restart(self) -> None:
        """The watch's process ended and begins anew."""
        self.watch = InboxWatch(
            inbox=self.inbox,
            workspace=self.workspace,
            runs=self.orders,
            language="zh",
            now=lambda: NOW,
            elapsed_s=lambda: self.elapsed_s,
            quiet_s=QUIET_S,
            give_up_s=GIVE_UP_S,
        )

    def drop(self, story: str, name: str = "a.mp4") -> Path:
        path = self.inbox / story / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.clip, path)
        os.utime(path, (1_790_000_000, 1_790_000_000))
        return path

    def after(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.watch.look()

    def settle(self) -> None:
        """The folder is looked at, is quiet for long enough, and is looked at again."""
        self.watch.look()
        self.after(QUIET_S)

    def page(self, story: str) -> str:
        return (self.inbox / story / "进度.html").read_text(encoding="utf-8")

    def begins(self, story: str = "") -> RunRecord:
        """The run ordered last has begun."""
        key = self.orders.keys[-1]
        self.orders.states[key] = "working"
        return RunRecord(self.workspace / "stories" / (story or key.split(":")[0]), ["footage", "render"], key)

    def ends(self, **facts: Any) -> None:
        """The run ordered last has ended with these facts in its record."""
        key = self.orders.keys[-1]
        self.begins()
        path = self.workspace / "stories" / key.split(":")[0]
        run = read_run(path)
        assert run is not None
        save_document(path / "run.json", StoryRun.model_validate({**run.model_dump(), "state": "ready", "share": 1.0, **facts}))
        self.orders.states[key] = "ended"


@pytest.fixture
def village(tmp_path: Path, clip_file: Callable[..., Path]) -> Village:
    return Village(tmp_path / "村里 资料", clip_file())


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg: Any, picture_options: list[str]) -> Callable[..., Path]:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", *picture_options, out=path)
    return lambda: path


def test_a_folder_that_is_quiet_for_a_minute_becomes_a_story_once(village: Village):
    village.drop("苹果")
    village.watch.look()
    assert not village.orders.keys
    assert "还在收视频" in village.page("苹果")
    village.after(QUIET_S)
    assert len(village.orders.keys) == 1
    assert "正在排队" in village.page("苹果")
    village.begins().stage("render")
    village.after(2)
    assert "正在做视频" in village.page("苹果")
    village.ends(said=(M("The video is ready."),))
    for _ in range(5):
        village.after(QUIET_S)
    assert len(village.orders.keys) == 1
    assert "视频做好了" in village.page("苹果")


def test_a_mark_of_completion_begins_at_once(village: Village):
    village.drop("苹果")
    (village.inbox / "苹果" / "好了.txt").touch()
    village.watch.look()
    assert len(village.orders.keys) == 1
    village.after(1)
    assert "正在排队" in village.page("苹果")


def test_after_a_restart_nothing_is_made_twice(village: Village):
    village.drop("苹果")
    village.settle()
    village.restart()
    village.settle()
    village.ends()
    village.restart()
    village.settle()
    assert len(village.orders.keys) == 1


def test_clips_that_come_later_make_the_story_anew(village: Village):
    village.drop("苹果")
    village.settle()
    village.ends()
    village.drop("苹果", "b.mp4")
    village.watch.look()
    assert "还在收视频" in village.page("苹果")
    village.after(QUIET_S)
    assert [key.split(":")[0] for key in village.orders.keys] == ["苹果", "苹果"]
    assert len(set(village.orders.keys)) == 2


def test_clips_that_come_while_it_is_made_end_that_run_first(village: Village):
    village.drop("苹果")
    village.settle()
    record = village.begins()
    village.drop("苹果", "b.mp4")
    village.settle()
    assert village.orders.cancelled == village.orders.keys
    assert len(village.orders.keys) == 1
    record.interrupt()
    village.watch.look()
    assert "有新的改动，马上重新做。" in village.page("苹果")
    assert not any(word in village.page("苹果") for word in ("没能做成", "停止"))
    village.orders.states[village.orders.keys[0]] = "ended"
    village.after(2)
    assert len(village.orders.keys) == 2


def test_a_half_copied_clip_is_waited_for_named_and_then_left_to_the_story(village: Village):
    whole = village.drop("苹果").read_bytes()
    (village.inbox / "苹果" / "b.mp4").write_bytes(whole[: len(whole) // 2])
    village.settle()
    assert not village.orders.keys
    assert "b.mp4 没拷完整" in village.page("苹果")
    assert "叫“好了”的文件；不放，最多等 10 分钟" in village.page("苹果")
    village.after(GIVE_UP_S - QUIET_S)
    assert len(village.orders.keys) == 1


def test_space_that_was_only_reserved_is_no_clip_yet(village: Village):
    size = village.drop("苹果").stat().st_size
    (village.inbox / "苹果" / "b.mp4").write_bytes(bytes(size))
    village.settle()
    assert not village.orders.keys
    village.drop("苹果", "b.mp4")
    village.settle()
    assert len(village.orders.keys) == 1


def test_a_temporary_name_is_waited_for_until_it_is_renamed(village: Village):
    pending = village.drop("苹果", ".pending-17-b.mp4")
    village.settle()
    assert not village.orders.keys
    pending.rename(pending.with_name("b.mp4"))
    village.settle()
    assert len(village.orders.keys) == 1


def test_clips_in_sub_folders_belong_to_the_story(village: Village):
    village.drop("苹果", "第一天/a.mp4")
    village.settle()
    village.ends()
    village.drop("苹果", "第二天/b.mp4")
    village.settle()
    assert len(village.orders.keys) == 2


def test_a_folder_renamed_while_it_is_filled_is_one_story_under_its_new_name(village: Village):
    village.drop("新建文件夹")
    village.watch.look()
    (village.inbox / "新建文件夹").rename(village.inbox / "苹果")
    village.drop("苹果", "b.mp4")
    village.settle()
    assert [key.split(":")[0] for key in village.orders.keys] == ["苹果"]


def test_a_folder_renamed_afterwards_keeps_its_story(village: Village):
    village.drop("新建文件夹")
    village.settle()
    village.ends()
    (village.inbox / "新建文件夹").rename(village.inbox / "苹果")
    village.settle()
    assert len(village.orders.keys) == 1
    assert "视频做好了" in village.page("苹果")


def test_a_story_taken_away_midway_is_ended_and_forgotten(village: Village):
    village.drop("苹果")
    village.settle()
    village.begins()
    shutil.rmtree(village.inbox / "苹果")
    village.after(2)
    assert village.orders.cancelled == village.orders.keys
    village.after(QUIET_S)
    assert not (village.inbox / "苹果").exists()
    assert len(village.orders.keys) == 1


def test_a_stick_that_was_pulled_out_ends_no_run(village: Village):
    village.drop("苹果")
    village.settle()
    village.begins()
    village.inbox.rename(village.workspace / "gone")
    village.after(2)
    assert village.watch.trouble is not None
    assert not village.orders.cancelled
    (village.workspace / "gone").rename(village.inbox)
    village.settle()
    assert village.watch.trouble is None
    assert len(village.orders.keys) == 1


def test_a_run_that_died_is_begun_again_and_at_last_given_up_and_told(village: Village, monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(story_notifications, "notify_run_failure", lambda _root, what, error, _now: told.append((what, str(error.message))))
    village.drop("苹果")
    village.settle()
    for _ in range(3):
        village.begins()
        village.orders.states[village.orders.keys[-1]] = "ended"
        village.after(2)
    village.after(QUIET_S)
    assert len(village.orders.keys) == 3
    assert "3 次中途断掉" in village.page("苹果")
    assert [(what, "3 times" in said) for what, said in told] == [("苹果", True)]
    village.drop("苹果", "b.mp4")
    village.settle()
    assert len(village.orders.keys) == 4


def test_a_story_that_waits_for_the_sheet_goes_on_when_the_sheet_changes(village: Village):
    village.drop("苹果")
    village.settle()
    village.ends(state="needs_person", said=(PersonNeeded(M("The video is ready.")).message,))
    village.after(QUIET_S)
    assert len(village.orders.keys) == 1
    (village.workspace / "catalog.csv").write_text("name,price\n", encoding="utf-8")
    village.after(2)
    assert len(village.orders.keys) == 2


def test_a_story_that_is_finished_is_not_made_again_for_a_new_sheet(village: Village):
    village.drop("苹果")
    village.settle()
    village.ends()
    (village.workspace / "catalog.csv").write_text("name,price\n", encoding="utf-8")
    village.after(QUIET_S)
    assert len(village.orders.keys) == 1


def test_two_folders_are_two_stories_even_when_they_hold_the_same_clips(village: Village):
    village.drop("苹果")
    village.drop("苹果 2")
    village.settle()
    assert sorted(key.split(":")[0] for key in village.orders.keys) == ["苹果", "苹果-2"]


def test_only_a_page_is_written_beside_the_clips_and_not_touched_without_news(village: Village):
    village.drop("苹果")
    village.settle()
    village.ends()
    village.after(2)
    page = village.inbox / "苹果" / "进度.html"
    before = page.stat().st_mtime_ns, sorted(path.name for path in page.parent.iterdir())
    village.after(QUIET_S)
    assert (page.stat().st_mtime_ns, sorted(path.name for path in page.parent.iterdir())) == before
    assert before[1] == ["a.mp4", "进度.html"]


def test_a_folder_whose_page_cannot_be_written_becomes_a_story_all_the_same(village: Village, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> bool:
        raise DiskFault(M("there is no permission"))

    monkeypatch.setattr("pipeline.actions.watch_inbox.write_status_page", refuse)
    village.drop("苹果")
    village.settle()
    assert len(village.orders.keys) == 1


def test_a_story_that_a_person_ended_stays_ended_until_its_clips_change(village: Village):
    village.drop("苹果")
    village.settle()
    record = village.begins()
    progress = record.stage("render")
    cancel_story(village.workspace, "苹果", village.orders, NOW)
    assert village.orders.cancelled == village.orders.keys
    progress(0.9)  # its process has not heard of it yet
    village.orders.states[village.orders.keys[0]] = "ended"
    village.after(QUIET_S)
    assert len(village.orders.keys) == 1
    assert "已停止" in village.page("苹果")
    village.drop("苹果", "b.mp4")
    village.settle()
    assert len(village.orders.keys) == 2


def test_a_story_that_waits_for_its_turn_can_be_ended_and_one_that_is_ready_cannot(village: Village):
    village.drop("苹果")
    village.settle()
    cancel_story(village.workspace, "苹果", village.orders, NOW)
    village.orders.states[village.orders.keys[0]] = "ended"
    village.after(QUIET_S)
    assert len(village.orders.keys) == 1
    with pytest.raises(UserMistake, match="苹果"):
        cancel_story(village.workspace, "苹果", village.orders, NOW)


def test_a_story_of_the_inbox_that_is_made_again_by_hand_keeps_its_page_and_is_not_ordered_again(village: Village):
    village.drop("苹果")
    village.settle()
    village.begins()
    village.ends()
    village.after(QUIET_S)
    RunRecord(village.workspace / "stories" / "苹果", ["render"], f"{BY_HAND}1:1").finish(
        Outcome(story="苹果", language="zh", stage="lesson", outbox="", passed=True)
    )
    village.after(QUIET_S)
    assert "视频做好了" in village.page("苹果")
    assert len(village.orders.keys) == 1


def test_what_waits_for_a_yes_is_said_on_both_pages_and_its_link_only_on_the_one_in_the_workspace(village: Village):
    village.drop("土豆")
    village.settle()
    link = "http://192.168.8.20:4360/a/r1.6b1.0.secret"
    village.watch.approvals = (WaitingApproval("土豆", "kuaishou:coop", link), WaitingApproval("南瓜", "shelf", ""))
    village.after(1)
    overview = (village.workspace / "进度.html").read_text(encoding="utf-8")
    assert f'<a href="{link}" rel="noreferrer">土豆 → 快手 coop</a>' in overview
    assert "南瓜 → 本地货架" in overview
    page = village.page("土豆")
    assert "要发到快手 coop，正等人同意。" in page
    assert "secret" not in page
    village.watch.approvals = ()
    village.after(1)
    assert "等人同意" not in village.page("土豆") + (village.workspace / "进度.html").read_text(encoding="utf-8")
