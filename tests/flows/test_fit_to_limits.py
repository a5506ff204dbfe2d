"""A video that a platform does not take is made again so that it does, inspected and approved as any other; or nothing is sent."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from pipeline.actions.publishing_context import inspection_of
from pipeline.documents.release import Release
from pipeline.publish.ledger import State, open_ledger
from pipeline.publish.platforms.base import Limits
from pipeline.publish.platforms.manual import ManualPlatform
from pipeline.publish.platforms.registry import OWN_SHELF
from tests.flows.conftest import SHEET, Answer, Run

pytestmark = pytest.mark.system

PLACES = ("douyin", "xiaohongshu", "wechat_channels")


@pytest.fixture(scope="module")
def workspace(
    tmp_path_factory: pytest.TempPathFactory, drop: Callable[[Sequence[str]], Path], run: Run, listened: Callable[[Path], Path]
) -> Path:
    """A square story of some twelve seconds."""
    made = listened(tmp_path_factory.mktemp("workspace"))
    shutil.copy(SHEET, made / "catalog.csv")
    shutil.copy(SHEET.with_name("apple.jpg"), made / "apple.jpg")
    folder = drop(["VID_20261018_081200.mp4", "果园 远景.mp4"])
    how = ("--size", "360x360", "--preset", "draft", "--seconds", "12", "--product", "YL-PG-05", "--music", "none", "--workspace", made)
    answer = run("make", folder, *how)
    assert answer.code == 0, answer.err
    return made


@pytest.fixture
def give(workspace: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Answer]:
    """`give(command, {platform: limits})`: what is handed over to all platforms that have limits here."""
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))

    def give(command: str, limits: Mapping[str, Limits]) -> Answer:
        monkeypatch.setattr(ManualPlatform, "limits", lambda self, _settings: limits[self.name])
        to = ",".join(f"handoff:{name}" for name in limits)
        return run_here(command, "果园", "--to", to, "--by", "李老师", "--workspace", workspace, "--lang", "en", "--json")

    return give


def releases(workspace: Path) -> dict[str, Release]:
    with open_ledger(workspace / "ledger.db") as ledger:
        entries = [entry for entry in ledger.releases() if entry.release.platform != OWN_SHELF]
    assert {entry.state for entry in entries} <= {State.HANDED_OVER}
    return {entry.release.platform: entry.release for entry in entries}


def small_side(release: Release) -> tuple[int, int]:
    return release.video.width, release.video.height


def test_each_platform_gets_a_video_that_it_takes_and_the_approval_is_for_that_one(workspace: Path, give: Callable[..., Answer]) -> None:
    plain = next((workspace / "outbox" / "果园").glob("*-360x360.mp4"))
    most = round(plain.stat().st_size * 0.75)
    limits = dict(zip(PLACES, (Limits(max_bytes=most), Limits(shapes=("9:16",)), Limits(max_seconds=9.5)), strict=True))
    (workspace / "fieldcut.toml").write_text("[publish]\napproval = true\n", encoding="utf-8")
    assert give("approve", limits).code == 0
    answer = give("publish", limits)
    assert answer.code == 0, answer.out
    assert sum("another one was made" in line for line in answer.told["lines"]) == 3
    made = releases(workspace)
    assert made["douyin"].video.size_bytes <= most
    assert small_side(made["douyin"]) == (360, 360)
    assert small_side(made["xiaohongshu"]) == (360, 640)
    assert made["wechat_channels"].video.length_s <= 9.5
    for release in made.values():
        inspection = inspection_of(workspace, release)
        assert inspection is not None
        assert inspection.passed


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(max_bytes=20_000), "0.02 MB are allowed"),
        (Limits(min_seconds=300), "at least 300.0 s are asked for"),
        (Limits(video_codecs=("hevc",)), "h264, and hevc is asked for"),
    ],
)
def test_where_none_can_be_made_the_limit_is_named_and_nothing_is_entered(
    workspace: Path, give: Callable[..., Answer], limits: Limits, told: str
) -> None:
    before = releases(workspace)
    answer = give("publish", {"douyin": limits})
    assert answer.code == 3
    assert told in answer.err
    assert "Nothing was sent" in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert releases(workspace) == before
