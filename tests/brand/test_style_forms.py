"""What a style may say beside its colours: forms of title, card and plates, the manner in which they come, when the offer is made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.brand import load_style, style_named, template_names
from pipeline.brand.layers.column_title import stands_in_column
from pipeline.brand.layout import canvas_for, subtitles_top
from pipeline.brand.motion import Drawing
from pipeline.brand.paint import frame_lines, rounded
from pipeline.brand.style import Style
from pipeline.brand.timing import Times
from pipeline.documents.card import Card
from pipeline.documents.look import Box, Layer, Look
from tests.brand.conftest import destination
from tests.tiers import sample

MakeLook = Callable[..., Look]
STYLES = template_names()


def styled(part: str, name: str = "plain", **changes: Any) -> Style:
    """A style with other values in one part of its layout."""
    style = load_style(name)
    inner = getattr(style.layout, part).model_copy(update=changes)
    return style.model_copy(update={"layout": style.layout.model_copy(update={part: inner})})


def layer(look: Look, kind: str) -> Layer:
    return next(layer for layer in look.layers if layer.kind == kind)


def test_nine_styles_each_say_a_place_and_what_was_left_out() -> None:
    assert {"original", "xiangxi", "miao", "dali", "jiangnan", "shaanxi", "dongbei", "liangshan", "plain"} <= set(STYLES)
    for name in STYLES:
        style = load_style(name)
        assert style.about is not None
        assert style.about.asked
        assert name == "plain" or (style.about.sources and style.about.not_used)
        assert "族" not in style.label["zh"]


@pytest.mark.parametrize(
    ("given", "name"), [("湘西", "xiangxi"), ("西兰卡普", "xiangxi"), ("剪纸", "shaanxi"), ("扎染", "dali"), ("原生态", "original")]
)
def test_a_style_is_found_by_what_people_call_it(given: str, name: str) -> None:
    assert style_named(given) == name


def test_styles_differ_in_more_than_colour() -> None:
    def manner(style: Style) -> tuple[object, ...]:
        layout, motion, pace = style.layout, style.motion, style.pace
        return (
            layout.title.form,
            layout.title.size,
            layout.card.frame,
            layout.end_card.photo,
            motion.manner,
            motion.enter_s,
            pace.shot_s,
            pace.mood,
        )

    assert len({manner(load_style(name)) for name in STYLES}) == len(STYLES)


@pytest.mark.parametrize("name", sample(STYLES, "original", "xiangxi", "dongbei"))
def test_every_style_keeps_its_words_in_the_safe_area(look: MakeLook, crowded: Card, name: str) -> None:
    place = destination(feed=True)
    made = look(
        crowded,
        style=name,
        destination=place,
        title="高山沙地黄心土豆",
        fps=2,
        total_frames=24,
        card_frame=8,
        card_frames=6,
        end_card_frames=6,
    )
    canvas = canvas_for(load_style(name), place, 270, 480)
    safe = canvas.safe
    for one in made.layers:
        for box in one.text_boxes:
            assert safe.x <= box.x <= box.x + box.width <= safe.x + safe.width, one.kind
            assert safe.y <= box.y <= box.y + box.height <= safe.y + safe.height, one.kind
            assert one.kind == "end_card" or box.y + box.height <= subtitles_top(canvas), one.kind


def test_a_column_stands_for_a_short_chinese_title_and_a_plate_for_any_other(look: MakeLook) -> None:
    style = styled("title", form="column")
    upright = layer(look(None, style=style, title="高山土豆", subtitle="海拔2400米"), "title")
    words = upright.text_boxes[0]
    assert words.height > 3 * words.width
    assert upright.texts == ("高山土豆", "海拔2400米")
    for title, subtitle in (("Mountain potatoes", ""), ("一二三四五六七八九十", ""), ("土豆", "Daqiao village")):
        assert not stands_in_column(title, subtitle)
        flat = layer(look(None, style=style, title=title, subtitle=subtitle), "title").text_boxes[0]
        assert flat.width > flat.height


def test_a_ribbon_is_as_wide_as_the_safe_area(look: MakeLook) -> None:
    made = layer(look(None, style=styled("title", form="ribbon"), title="土豆", subtitle=""), "title")
    canvas = canvas_for(load_style("plain"), destination(), 270, 480)
    alpha = np.asarray(Image.open(made.still))[..., 3]
    opaque = np.flatnonzero((alpha == 255).any(axis=0)) + made.box.x
    assert (opaque.min(), opaque.max() + 1) == (canvas.safe.x, canvas.safe.x + canvas.safe.width)


def test_the_photo_stands_at_the_side_that_the_style_wants(look: MakeLook, card: Card) -> None:
    def words_at(side: str) -> int:
        return layer(look(card, style=styled("card", photo=side)), "card").text_boxes[0].x

    assert words_at("right") < 60 < words_at("left")


def test_a_quiet_style_makes_its_offer_at_the_end_alone(look: MakeLook, card: Card) -> None:
    made = look(card, style=styled("card", at="end"))
    assert [one.kind for one in made.layers if one.qr_link] == ["end_card"]
    assert "card" not in {one.kind for one in made.layers}
    assert any("left to the end card" in reason.text for reason in made.reasons)
    without_end = look(card, style=styled("card", at="end"), end_card_frames=0)
    assert "card" in {one.kind for one in without_end.layers}


@pytest.mark.parametrize("manner", ["fade", "unroll", "unfold"])
def test_a_manner_ends_in_the_same_picture(look: MakeLook, card: Card, manner: str) -> None:
    plain = load_style("plain")
    other = plain.model_copy(update={"motion": plain.motion.model_copy(update={"manner": manner})})
    stills = [np.asarray(Image.open(layer(look(card, style=style), "card").still)) for style in (plain, other)]
    height = min(still.shape[0] for still in stills)
    assert np.array_equal(stills[0][:height], stills[1][:height])
    assert layer(look(card, style=other), "card").key != layer(look(card, style=plain), "card").key


def test_a_title_may_let_the_first_picture_stand_alone() -> None:
    late = Times(fps=30, body=600, cuts=(90,), card_frame=150, card_frames=120, title_at=36)
    assert late.title()[0] == (36, 78)
    assert all(start >= 36 and start + frames <= 150 for start, frames in late.title()[:1])
    assert Times(fps=30, body=40, title_at=36).title()[0][0] == 0


@pytest.mark.parametrize("corner", ["round", "cut", "notch"])
def test_a_corner_is_open_and_the_middle_is_not(corner: Any) -> None:
    mask = np.asarray(rounded(80, 60, 20, corner=corner))
    assert mask[0, 0] == 0
    assert mask[30, 40] == 255
    assert mask[0, 40] == 255


def test_a_frame_stands_inside_its_plate_and_stitches_have_gaps() -> None:
    line, stitch = (np.asarray(frame_lines(200, 100, 0, "round", frame, 8, 2)) for frame in ("line", "stitch"))
    assert (line[8, 20:180] == 255).all()
    assert not line[:8].any()
    assert 0.3 < (stitch[8, 20:180] == 255).mean() < 0.7


def test_a_drawing_moves_as_a_whole() -> None:
    box = Box(x=4, y=4, width=10, height=10)
    assert Drawing((), panel=box).moved(2, 6).panel == Box(x=6, y=10, width=10, height=10)


def test_a_template_of_the_first_version_still_opens(tmp_path: Path) -> None:
    """As the first release wrote it: no version, no names for colours, no recipe."""
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("band.png", "ornament.png", "ground.png"):
        Image.new("RGB", (32, 32), "#345678").save(folder / name)
    bold = "NotoSansSC-Bold.ttf"
    surface = '{fill: "#FBF7EE", ink: "#1D2B22", soft: "#5C665C", title: "#1F5A3C", price: "#C8371B", edge: "#1F5A3C"}'
    (folder / "template.yaml").write_text(
        f"""label: {{zh: 旧, en: Old}}
palette:
  plate: {surface}
  ground: {surface}
  button: {{fill: "#1F5A3C", ink: "#FFFFFF"}}
fonts: {{title: {bold}, name: {bold}, text: {bold}, strong: {bold}, price: {bold}}}
pictures: {{band: band.png, ornament: ornament.png, ground: ground.png}}
layout:
  title: {{align: left, place: 0.14, size: 0.108, small: 0.046, band: 0.0, bar: 0.012}}
  lower_third: {{size: 0.040, bar: 0.009}}
  card: {{width: 0.90, radius: 0.026, band: 0.0, edge: 0.0}}
  end_card: {{photo: square, radius: 0.030, band: 0.075, halo: 0.0}}
subtitles: {{font: NotoSansSC-Bold.ttf, size: 0.062, colour: "#FFFFFF", outline_colour: "#16281D", accent: "#FFD24A"}}
pace: {{mood: unhurried, shot_s: 3.2, shortest_s: 1.6, longest_s: 6.0}}
motion: {{enter_s: 0.45, leave_s: 0.30, rise: 0.035}}
""",
        encoding="utf-8",
    )
    style = load_style("old", (tmp_path,))
    assert (style.version, style.motion.manner, style.layout.card.at, style.pace.lengths()) == (1, "rise", "body", (3.2,))
