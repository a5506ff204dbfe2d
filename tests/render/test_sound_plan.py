"""Where a style keeps its music low, it rises after the last word of a talk, for there it carries the end card alone."""

from pathlib import Path

import pytest

from pipeline.render.sound_plan import MOST_RISE_DB, plan_sound
from tests.edit.conftest import Story, phrase_at


@pytest.mark.parametrize(
    ("music_db", "end_card_s", "talks", "rise_db"),
    [(-4.0, 3.0, True, 4.0), (-8.0, 3.0, True, MOST_RISE_DB), (2.0, 3.0, True, 0.0), (-4.0, 0.0, True, 0.0), (-4.0, 3.0, False, 0.0)],
)
def test_music_rises_by_what_the_style_took_from_it(
    tmp_path: Path, music_db: float, end_card_s: float, talks: bool, rise_db: float
) -> None:
    story, said = Story(), [phrase_at(1.0, "我家的土豆又沙又甜"), phrase_at(5.0, "高山土豆十斤二十九块九")] if talks else []
    story.add("talk.mp4", 9.0, phrases=said)
    for number in range(3):
        story.add(f"view-{number}.mp4", 6.0)
    music = tmp_path / "music.opus"
    music.write_bytes(b"music")
    edit = story.cut(end_card_s=end_card_s)
    bed = plan_sound(edit, story.document, story.analyses, music, music_db=music_db).music
    assert bed is not None
    assert bed.rise_db == rise_db
    if rise_db:
        assert bed.rises_at_s == max(piece.at_frame + piece.frames for piece in edit.heard if piece.kind == "speech") / edit.fps
