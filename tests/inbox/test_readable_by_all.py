"""The pages beside the clips are read on any screen, by eye or by ear: nothing serious is found on one of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.documents.message import M
from pipeline.documents.story_run import StoryRun
from pipeline.inbox import Settled, StoryStatus, WaitingApproval, WaitingForFiles, write_overview, write_status_page
from pipeline.lesson import write_waiting_page
from tests.fakes.accessibility import serious_findings
from tests.publish.handoff.chrome import Tab, chromium, program

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
FOLDER = "冬枣第二次拍的很长很长的文件夹名字VID_20261101_090000"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    if program() is None:
        pytest.skip("Chromium is not installed, so the page cannot be looked at")
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def statuses(folder: Path) -> list[StoryStatus]:
    """A story at work, one that is ready, one that needs a person, one whose files do not open."""
    for name in ("video.mp4", "cover.jpg", "report.html"):
        (folder / name).write_bytes(b"")
    made = {name: str(folder / f"{name}.{kind}") for name, kind in (("video", "mp4"), ("cover", "jpg"), ("report", "html"))}
    run = StoryRun(story=FOLDER, began_at=NOW, changed_at=NOW, state="working", stage="render", share=0.4, left_s=200.0)
    ended = run.model_copy(
        update={
            "said": (M("The video is ready."),),
            "film_again": (M("The video is ready."),),
            "set_aside": (M("The video is ready."),),
            "share": 1.0,
        }
    )
    settled = Settled()
    return [
        StoryStatus("枣", NOW, settled, run),
        StoryStatus(FOLDER, NOW, settled, ended.model_copy(update={"state": "ready", **made}), waits_for_yes=("抖音",)),
        StoryStatus("梨", NOW, settled, ended.model_copy(update={"state": "needs_person"})),
        StoryStatus("桃", NOW, WaitingForFiles(names=("a.mp4",), left_s=60.0)),
    ]


@pytest.mark.system
def test_nothing_keeps_anybody_from_reading_the_pages_beside_the_clips(tmp_path: Path, tab: Tab) -> None:
    shown = statuses(tmp_path)
    found: dict[str, list[str]] = {}
    for number, status in enumerate(shown):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        write_status_page(folder, replace(status, name=status.name), "zh")
        found[status.name] = serious_findings(tab, folder / "进度.html")
    approvals = [WaitingApproval("枣", "抖音", "http://127.0.0.1:8100/a/abc"), WaitingApproval("梨", "货架", "")]
    write_overview(tmp_path, tmp_path, shown, NOW, "zh", M("The video is ready."), approvals)
    found["all"] = serious_findings(tab, tmp_path / "进度.html")
    write_waiting_page(tmp_path / "waiting.html", FOLDER, M("The video is ready."), "zh")
    found["waiting"] = serious_findings(tab, tmp_path / "waiting.html")
    assert {name: lines for name, lines in found.items() if lines} == {}
