"""Every glyph is known to be in a font before anything is drawn."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.brand import check_glyphs, check_subtitles, missing_characters
from pipeline.documents.card import Card
from pipeline.documents.look import Look
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.errors import UserMistake
from pipeline.resources import FONTS

SANS, BRUSH, YI = FONTS / "NotoSansSC-Bold.ttf", FONTS / "MaShanZheng-Regular.ttf", FONTS / "NotoSansYi-Regular.ttf"


def cue(line: str, held: bool = False) -> Cue:
    return Cue(start_frame=0, end_frame=30, lines=(line,), clip_id="a", source_start_s=0, source_end_s=1, held=held)


def test_a_character_without_a_glyph_is_named_with_its_number() -> None:
    with pytest.raises(UserMistake, match=r"新鲜土豆🥔.*🥔 \(U\+1F954\)"):
        check_glyphs(["冕宁土豆", "新鲜土豆🥔"], [SANS, YI])


def test_a_rare_character_is_drawn_by_the_font_that_stands_in() -> None:
    rare = "朤"
    assert missing_characters(rare, [BRUSH]) == rare
    assert missing_characters(rare, [BRUSH, SANS]) == ""


def test_yi_characters_have_a_font() -> None:
    assert missing_characters("\ua188\ua320", [SANS]) == "\ua188\ua320"
    check_glyphs(["\ua188\ua320"], [SANS, YI])


def test_invisible_characters_are_no_mistake() -> None:
    check_glyphs(["冕宁\u200b土豆\ufe0f\n大桥镇\t王家"], [SANS])


def test_subtitles_are_checked_and_held_ones_are_not() -> None:
    check_subtitles(Subtitles(fps=30, cues=(cue("又沙又甜"), cue("🥔", held=True))), SANS)
    with pytest.raises(UserMistake, match=r"U\+1F954"):
        check_subtitles(Subtitles(fps=30, cues=(cue("又沙又甜🥔"),)), SANS)


def test_nothing_is_drawn_when_a_glyph_is_missing(look: Callable[..., Look], card: Card, tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"U\+1F954"):
        look(card.model_copy(update={"contact": "微信 🥔"}))
    assert not (tmp_path / "cache").exists()
