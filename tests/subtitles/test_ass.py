"""What is burned in: exact to the frame, safe from any text, the same for the same cues."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.media import FFMPEG, fonts_environment
from pipeline.resources import FONTS
from pipeline.subtitles import ass_events, to_ass
from pipeline.subtitles.tokenizer import price_spans
from tests import builders

STYLE = builders.letters(size_px=28)


def cue(start: int, end: int, *lines: str, held: bool = False) -> Cue:
    return Cue(start_frame=start, end_frame=end, lines=lines, clip_id="a", source_start_s=0, source_end_s=1, held=held)


def burned(script: str, scratch: Path, frames: int, fps: int, first: int = 0) -> NDArray[np.uint8]:
    """Frames of a black picture with the script on it, as (frames, height, width)."""
    (scratch / "x.ass").write_text(script, encoding="utf-8")
    size = (320, 240)
    graph = f"setpts=N+{first},subtitles=x.ass:fontsdir={FONTS},setpts=N"
    done = subprocess.run(
        [FFMPEG, "-v", "error", "-f", "lavfi", "-i", f"color=black:s={size[0]}x{size[1]}:r={fps}", "-vf", f"settb=1/{fps},{graph}",
         "-frames:v", str(frames), "-pix_fmt", "gray", "-f", "rawvideo", "-"],
        capture_output=True, check=True, cwd=scratch, env=fonts_environment(FONTS, scratch),
    )  # fmt: skip
    return np.frombuffer(done.stdout, np.uint8).reshape(frames, size[1], size[0])


@pytest.mark.parametrize("fps", [25, 30, 60])
def test_a_cue_shows_on_exactly_its_frames(fps: int, tmp_path: Path) -> None:
    shown = [(3, 10), (11, 30), (31, 33), (61, 90)]
    script = to_ass([cue(start, end, "十斤二十九块九") for start, end in shown], STYLE, 320, 240, fps)
    lit = burned(script, tmp_path, 95, fps).max(axis=(1, 2)) > 100
    assert [at for at in range(95) if lit[at]] == [at for start, end in shown for at in range(start, end)]


def test_a_chunk_shows_the_same_as_the_whole(tmp_path: Path) -> None:
    subtitles = Subtitles(fps=30, cues=(cue(0, 20, "大家好"), cue(25, 60, "又沙又甜"), cue(70, 90, "小黄车")))
    whole = burned(to_ass(subtitles.cues, STYLE, 320, 240, 30), tmp_path, 90, 30)
    chunk = burned(ass_events(subtitles, 30, 65, STYLE, 320, 240), tmp_path, 35, 30, first=30)
    assert np.array_equal(whole[30:65], chunk)


def test_a_chunk_holds_only_the_cues_that_touch_it() -> None:
    subtitles = Subtitles(fps=30, cues=(cue(0, 30, "一句"), cue(30, 60, "二句"), cue(60, 90, "三句")))
    script = ass_events(subtitles, 30, 60, STYLE, 320, 240)
    assert re.findall("[一二三]句", script) == ["二句"]
    assert ass_events(subtitles, 90, 120, STYLE, 320, 240) == ""


def test_held_cues_are_not_burned_in() -> None:
    subtitles = Subtitles(fps=30, cues=(cue(0, 30, "听不清", held=True),))
    assert ass_events(subtitles, 0, 60, STYLE, 320, 240) == ""
    assert "听不清" not in to_ass(subtitles.cues, STYLE, 320, 240, 30)


def test_text_that_looks_like_commands_is_shown_not_obeyed() -> None:
    script = to_ass([cue(0, 30, r"{\fs200}大\N字", "第二行\n第三行")], STYLE, 320, 240, 30)
    text = script.strip().splitlines()[-1].split(",", 9)[9]
    assert "{" not in text
    assert text.count("\\") == 1
    assert text.count(r"\N") == 1


def test_the_script_is_the_size_of_the_picture() -> None:
    script = to_ass([cue(0, 30, "好的")], STYLE, 1080, 1920, 30)
    assert "PlayResX: 1080" in script
    assert "PlayResY: 1920" in script


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("二十三九一箱", ["二十三九"]),
        ("原价59块 现价49块", ["49块"]),
        ("两箱减十块", []),
        ("我们在一块", []),
        ("￥36.8/5斤", ["￥36.8/5斤"]),
    ],
)
def test_the_price_asked_now_is_marked_however_it_is_said(line: str, marked: list[str]) -> None:
    assert [line[start:end] for start, end in price_spans(line)] == marked
