"""Covers: the right shapes, a good frame, and a title that no crop cuts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.documents.base import Span
from pipeline.documents.destination import Destination
from pipeline.media import FFMPEG, run_media
from pipeline.publish import load_destination
from pipeline.publish.handoff import best_frame_s, make_covers
from pipeline.publish.handoff.cover_title import TitleStyle, draw_title
from pipeline.publish.handoff.covers import safe_box
from tests.tiers import sample

DOUYIN = load_destination("douyin")


@pytest.fixture(scope="session")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dark, then a still of many colours, then white; a second each."""
    path = tmp_path_factory.mktemp("grey") / "v.mp4"
    parts = "color=black:s=180x320:r=10:d=1[a];mandelbrot=s=180x320:r=10,trim=duration=1[b];color=white:s=180x320:r=10:d=1[c]"
    graph = f"{parts};[a][b][c]concat=n=3:v=1,format=yuv420p[v]"
    run_media([FFMPEG, "-nostdin", "-loglevel", "error", "-filter_complex", graph, "-map", "[v]", f"file:{path}"], name=path.name)
    return path


def shaped(*shapes: str) -> Destination:
    return DOUYIN.model_copy(update={"cover_shapes": shapes})


@pytest.mark.system
def test_a_cover_has_the_shape_and_carries_nothing_else(film: Path, tmp_path: Path) -> None:
    shapes = ("9:16", "3:4", "1:1", "16:9", "16:10")
    covers = make_covers(film, shaped(*shapes), "土豆", tmp_path, at_s=0.5)
    for shape, cover in zip(shapes, covers, strict=True):
        wide, high = map(int, shape.split(":"))
        with Image.open(cover.path) as picture:
            assert picture.size == (cover.width, cover.height)
            assert min(picture.size) == 1080
            assert picture.width * high == picture.height * wide
            assert not picture.getexif()
            assert not set(picture.info) & {"exif", "comment", "xmp"}


def test_the_same_cover_again_is_the_same_file(film: Path, tmp_path: Path) -> None:
    first = make_covers(film, DOUYIN, "土豆", tmp_path, at_s=0.5)
    times = {cover.path: Path(cover.path).stat().st_mtime_ns for cover in first}
    assert make_covers(film, DOUYIN, "土豆", tmp_path, at_s=0.5) == first
    assert {path: Path(path).stat().st_mtime_ns for path in times} == times


@pytest.mark.system
@pytest.mark.parametrize("title", ["冕宁高山土豆，现挖现发", "New potatoes from a mountain village far away", "土豆"])
@pytest.mark.parametrize("shape", sample(["9:16", "3:4"], "3:4"))
def test_the_title_lies_inside_every_crop(title: str, shape: str, film: Path, tmp_path: Path) -> None:
    style = TitleStyle(ink="#FF00FF", accent="#FF00FF")
    (cover,) = make_covers(film, shaped(shape), title, tmp_path, at_s=0.5, style=style)
    (bare,) = make_covers(film, shaped(shape), "", tmp_path, at_s=0.5)
    with Image.open(cover.path) as with_title, Image.open(bare.path) as without:
        pixels, ground = (np.asarray(picture.convert("RGB")).astype(int) for picture in (with_title, without))
    ink = (np.abs(pixels - [255, 0, 255]).sum(axis=2) < 60) & (np.abs(pixels - ground).sum(axis=2) > 60)
    rows, columns = np.nonzero(ink)
    assert ink.sum() > 2000
    left, top, right, bottom = safe_box(cover.width, cover.height, ("3:4", "1:1"))
    slack = 16
    assert (columns.min() >= left - slack, columns.max() <= right + slack) == (True, True)
    assert (rows.min() >= top - slack, rows.max() <= bottom + slack) == (True, True)


def test_a_title_is_never_torn_and_never_wider_than_its_room() -> None:
    style = TitleStyle()
    for title in ("冕宁高山土豆，现挖现发，坏果包赔，今天下单明天到家", "好" * 60, "Supercalifragilisticexpialidociousness" * 3):
        picture = draw_title(title, 400, 300, style)
        assert picture is not None
        assert picture.width <= 400 * 1.1
        assert picture.height <= 300 * 1.25


def test_what_no_font_can_draw_is_left_off() -> None:
    assert draw_title("🥔🥔", 400, 200, TitleStyle()) is None
    plain, mixed = draw_title("土豆", 400, 200, TitleStyle()), draw_title("土豆🥔", 400, 200, TitleStyle())
    assert plain is not None
    assert mixed is not None
    assert plain.tobytes() == mixed.tobytes()


def test_the_best_frame_is_neither_dark_nor_blank(grey: Path) -> None:
    assert 1.0 <= best_frame_s(grey) < 2.0


def test_a_frame_with_words_on_it_is_avoided(grey: Path) -> None:
    assert best_frame_s(grey, busy=(Span(start_s=0.9, end_s=1.6),)) >= 1.6
    assert best_frame_s(grey, busy=(Span(start_s=0.0, end_s=9.0),)) >= 1.0, "words everywhere: the best of them"


def test_generated_footage_is_said_on_its_cover(film: Path, tmp_path: Path) -> None:
    (plain,), (said,) = (make_covers(film, shaped("3:4"), "土豆", tmp_path, at_s=0.5, ai_label=label) for label in ("", "AI生成"))
    with Image.open(plain.path) as one, Image.open(said.path) as other:
        left, top, right, bottom = safe_box(said.width, said.height, ("3:4", "1:1"))
        differ = np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).sum(axis=2) > 60
    rows, columns = np.nonzero(differ)
    assert (rows.min() >= top - 16, columns.min() >= left - 16, rows.max() < (top + bottom) // 2, columns.max() < right) == (True,) * 4


@pytest.mark.system
def test_a_wide_cover_of_a_tall_video_shows_the_whole_picture(film: Path, tmp_path: Path) -> None:
    (wide,), (tall,) = (make_covers(film, shaped(shape), "", tmp_path, at_s=0.5) for shape in ("16:9", "9:16"))
    with Image.open(wide.path) as picture, Image.open(tall.path) as frame:
        whole = np.asarray(frame.convert("RGB").resize((152, 270))).astype(int)
        pixels = np.asarray(picture.convert("RGB").resize((480, 270))).astype(int)
    best = min(float(np.abs(pixels[:, left : left + 152] - whole).mean()) for left in range(480 - 152))
    assert best < 12
