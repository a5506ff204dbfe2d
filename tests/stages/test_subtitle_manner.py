"""How the words of subtitles are set is the style's, unless the story says otherwise; a style without a colour for them is told at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.new_style import new_style
from pipeline.documents.job import Job
from pipeline.documents.subtitle_manners import subtitle_manner_named
from pipeline.errors import UserMistake
from pipeline.stages.preflight import check_job
from pipeline.stages.style import subtitle_manner


def job(workspace: Path, **facts: str) -> Job:
    return Job.model_validate(
        {"story": "apples", "source": "", "workspace": str(workspace), "now": datetime(2026, 11, 1, tzinfo=UTC), **facts}
    )


def test_the_story_has_the_last_word_over_its_style(tmp_path: Path) -> None:
    new_style("lively", tmp_path, copy_of="plain", zh="热闹")
    file = tmp_path / "templates" / "lively" / "template.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('accent: "#FFD24A"', 'accent: "#FFD24A"\n  manner: karaoke'), encoding="utf-8")
    assert subtitle_manner(job(tmp_path)) == "plain"
    assert subtitle_manner(job(tmp_path, template="lively")) == "karaoke"
    assert subtitle_manner(job(tmp_path, template="lively", subtitles="keyword")) == "keyword"


def test_a_style_without_an_accent_colour_is_told_before_anything_is_made(tmp_path: Path) -> None:
    new_style("grey", tmp_path, copy_of="plain", zh="灰")
    file = tmp_path / "templates" / "grey" / "template.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('  accent: "#FFD24A"\n', ""), encoding="utf-8")
    check_job(job(tmp_path, template="grey"))
    with pytest.raises(UserMistake, match=r"subtitles\.accent"):
        check_job(job(tmp_path, template="grey", subtitles="karaoke"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("卡拉OK", "karaoke"),
        ("逐字变色", "karaoke"),
        ("Karaoke", "karaoke"),
        ("关键词高亮", "keyword"),
        ("突出重点", "keyword"),
        ("普通", "plain"),
        ("不要动画", "plain"),
        ("大一点", None),
        ("花", None),
    ],
)
def test_the_words_that_people_use_for_a_manner_are_known(said: str, meant: str | None) -> None:
    assert subtitle_manner_named(said) == meant
