"""Names that a person wrote become names that every system takes, and old stories keep theirs."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import normalize

import platformdirs
import pytest

from pipeline.documents.job import Leader, RenditionSpec
from pipeline.media.still import save_still
from pipeline.system import file_name, user_folder
from pipeline.workspace import StoryContext, new_job

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("土豆", "土豆"),
        ("Spring potatoes, 50% off.", "Spring-potatoes-50-off"),
        ("con", "con_"),
        ("NUL", "NUL_"),
        ("com1", "com1_"),
        ("lpt²", "lpt²_"),
        ("console", "console"),
        ("clip. ", "clip"),
        ('a<b>:"c"/d\\e|f?g*', "a-b-c-d-e-f-g"),
        ("%d %USERPROFILE%", "d-USERPROFILE"),
        ("...", ""),
        (normalize("NFD", "café"), "café"),
    ],
)
def test_a_name_is_fit_for_every_system(text: str, expected: str) -> None:
    assert file_name(text) == expected


def test_a_long_name_is_cut_and_stays_apart_from_its_like() -> None:
    names = {file_name("黄土豆的果园" * 20 + end) for end in ("甲", "乙")} | {file_name("potatoes " * 20 + end) for end in ("a", "b")}
    assert len(names) == 4
    assert all(len(name) <= 40 and len(name.encode()) <= 90 for name in names)
    assert all(file_name(name) == name for name in names)


def test_the_longest_file_of_a_story_fits_into_255_bytes() -> None:
    leader = Leader(name="王" * 60, shop="小店" * 60, link="https://s.example/1")
    wanted = RenditionSpec(destination="group_buy", width=1080, height=1920, leader=leader, max_seconds=20, crf=27)
    longest = f".{file_name('果' * 100)}-{wanted.name}.12345678.part.mp4"
    assert len(longest.encode()) <= 255
    assert len(f"{longest}{'/'.join(('', 'outbox', file_name('果' * 100)))}") < 260 - 60


def story(tmp_path: Path, name: str, under: str = "clips") -> str:
    folder = tmp_path / under / name
    folder.mkdir(parents=True, exist_ok=True)
    return new_job(folder, tmp_path / "ws", {}, NOW).story


def test_a_story_begun_by_an_earlier_release_keeps_its_name(tmp_path: Path) -> None:
    long = "从山上到餐桌的黄土豆" * 6
    folder = tmp_path / "clips" / long
    folder.mkdir(parents=True)
    new_job(folder, tmp_path / "ws", {}, NOW, story=long)  # the name that an earlier release gave it
    assert story(tmp_path, long) == long
    assert story(tmp_path, long, "other") == file_name(long)


def test_a_story_named_like_a_device_opens(tmp_path: Path) -> None:
    assert story(tmp_path, "CON") == "CON_"
    assert story(tmp_path, "CON") == "CON_"
    StoryContext(new_job(tmp_path / "clips" / "CON", tmp_path / "ws", {}, NOW)).open()


def test_stories_that_differ_in_case_only_lie_apart_on_every_disk(tmp_path: Path) -> None:
    names = [story(tmp_path, "Potato"), story(tmp_path, "potato", "b"), story(tmp_path, "POTATO", "c")]
    assert names == ["Potato", "potato-2", "POTATO-3"]
    assert [story(tmp_path, "Potato"), story(tmp_path, "potato", "b"), story(tmp_path, "POTATO", "c")] == names


def test_the_users_folder_is_where_the_system_keeps_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name, **_: tmp_path / "AppData" / name)
    assert user_folder({}) == tmp_path / "AppData" / "fieldcut"
    (tmp_path / ".config" / "fieldcut").mkdir(parents=True)  # where an earlier release put the key
    assert user_folder({}) == tmp_path / ".config" / "fieldcut"
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_folder({}) == tmp_path / ".config" / "fieldcut"


def test_a_percent_sign_in_a_path_is_no_number_of_a_picture(tmp_path: Path, run_ffmpeg: Callable[..., Path]) -> None:
    folder = tmp_path / "100%d o'clock [x], 村里 a&b"
    folder.mkdir()
    video = run_ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:d=1", out=folder / "50%03d.mp4")
    save_still(video, 0.5, folder / "cover%d.jpg", width=64)
    assert sorted(path.name for path in folder.iterdir()) == ["50%03d.mp4", "cover%d.jpg"]
