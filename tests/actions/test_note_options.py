"""What a note wishes becomes the job; what is not understood is quoted with what may stand there; the command line has the last word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.note_options import note_options
from pipeline.actions.story_job import prepare_story
from pipeline.errors import UserMistake

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


def folder_with(tmp_path: Path, note: str) -> Path:
    folder = tmp_path / "核桃"
    folder.mkdir()
    (folder / "说明.txt").write_text(note, encoding="utf-8")
    return folder


def test_wishes_become_options(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path, "老寨核桃\n风格：凉山风\n时长：20秒\n平台：抖音、快手\n画面：方形\n音乐：不要\n画质：草稿\n货号：HT-05\n字幕：逐字变色\n"
    )
    assert note_options(folder) == {
        "template": "liangshan",
        "max_seconds": 20,
        "destinations": ["douyin", "kuaishou"],
        "sizes": [(1080, 1080)],
        "music": "none",
        "preset": "draft",
        "product": "HT-05",
        "subtitles": "karaoke",
    }


@pytest.mark.parametrize(
    "line", ["风格：火星", "时长：短一点", "平台：抖音、月球", "画面：大", "音乐：欢快的", "画质：好看", "字幕：大一点"]
)
def test_what_is_not_understood_is_quoted(tmp_path: Path, line: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        note_options(folder_with(tmp_path, f"老寨核桃\n{line}\n"))
    assert line in str(mistake.value)


def test_an_option_has_the_last_word_and_the_rest_is_the_notes(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "老寨核桃\n时长：20秒\n平台：抖音、快手\n风格：凉山\n")
    context = prepare_story(folder, tmp_path / "w", {"max_seconds": 12.0, "destinations": ["shelf"]}, NOW)
    context.close()
    job = context.job
    assert (job.max_seconds, job.template) == (12.0, "liangshan")
    assert [spec.destination for spec in job.renditions] == ["shelf"]


def test_a_note_without_wishes_changes_nothing(tmp_path: Path) -> None:
    assert note_options(folder_with(tmp_path, "老寨核桃\n卖点：皮薄、仁满\n")) == {}
