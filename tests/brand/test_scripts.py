"""Letters that join or stack are set as HarfBuzz shapes them; a machine that cannot do it refuses them instead of leaving them apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import uharfbuzz
from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont

from pipeline.brand import fonts, load_style
from pipeline.brand.fonts import clean
from pipeline.brand.layers.title import draw_title
from pipeline.brand.layout import canvas_for
from pipeline.brand.type import advance, runs, set_downward, set_text
from pipeline.brand.wording import pieces
from pipeline.chinese.scripts import needs_shaping
from pipeline.documents.look import Look
from pipeline.errors import UserMistake
from tests.brand.conftest import destination

MONGOLIAN, WELCOME = (
    "\u182e\u1823\u1829\u182d\u1823\u182f\u202f\u1824\u1828 \u182d\u1820\u1835\u1820\u1837",
    "\u1830\u1820\u1822\u1828 \u182a\u1820\u1836\u1822\u1828\u180e\u1820",
)
"""The second has a last letter that stands apart (behind U+180E)."""
UYGHUR, KAZAKH, TIBETAN, YI = "ئۇيغۇر ئالمىسى", "قازاق ەلى", "བཀྲ་ཤིས་བདེ་ལེགས", "ꆈꌠꉙ"
SIZE = 96
FACES = load_style("plain").faces("name")


def shaped(text: str, file: str) -> tuple[list[int], list[tuple[float, float]], float]:
    """Glyph ids, their positions in pixels from the left end of the baseline, and the whole advance, by HarfBuzz."""
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(file)))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    scale, x, places = SIZE / font.face.upem, 0.0, []
    for at in buffer.glyph_positions:
        places.append(((x + at.x_offset) * scale, at.y_offset * scale))
        x += at.x_advance
    return [info.codepoint for info in buffer.glyph_infos], places, x * scale


def outline_picture(text: str, file: str) -> np.ndarray[Any, Any]:
    """The word drawn from the outlines of HarfBuzz's glyphs, as a tight mask."""
    ids, places, width = shaped(text, file)
    image = Image.new("1", (int(width) + 4 * SIZE, 6 * SIZE))
    with TTFont(file) as font:
        names, glyphs, scale = font.getGlyphOrder(), font.getGlyphSet(), SIZE / font["head"].unitsPerEm
        for glyph, (x, y) in zip(ids, places, strict=True):
            pen = DecomposingRecordingPen(glyphs)
            glyphs[names[glyph]].draw(pen)
            for contour in _contours(pen.value):
                layer = Image.new("1", image.size)
                points = [(2 * SIZE + x + px * scale, 3 * SIZE - y - py * scale) for px, py in contour]
                ImageDraw.Draw(layer).polygon(points, fill=1)
                image = ImageChops.logical_xor(image, layer)
    return np.asarray(image.crop(image.getbbox()))


def _contours(recorded: list[tuple[str, Any]]) -> list[list[tuple[float, float]]]:
    contours: list[list[tuple[float, float]]] = []
    for step, points in recorded:
        if step == "moveTo":
            contours.append([points[0]])
        elif step == "lineTo":
            contours[-1].append(points[0])
        elif step == "qCurveTo":
            for control, end in decomposeQuadraticSegment(points):
                (x0, y0), part = contours[-1][-1], np.linspace(0.2, 1, 5)
                xs = (1 - part) ** 2 * x0 + 2 * part * (1 - part) * control[0] + part**2 * end[0]
                ys = (1 - part) ** 2 * y0 + 2 * part * (1 - part) * control[1] + part**2 * end[1]
                contours[-1] += list(zip(xs.tolist(), ys.tolist(), strict=True))
    return contours


@pytest.mark.parametrize("text", [UYGHUR, KAZAKH, TIBETAN, WELCOME], ids=["uyghur", "kazakh", "tibetan", "mongolian"])
def test_a_word_is_as_wide_as_harfbuzz_makes_it_and_not_as_its_letters_apart(text: str) -> None:
    ((_, face),) = runs(text, FACES)
    width = shaped(text, str(face.path))[2]
    apart = ImageFont.truetype(str(face.path), SIZE, layout_engine=ImageFont.Layout.BASIC).getlength(text)
    assert advance(text, FACES, SIZE) == pytest.approx(width, abs=1.5)
    assert abs(apart - width) > 5


@pytest.mark.parametrize("text", ["ئۇيغۇر", "قازاق", "བཀྲ་ཤིས"], ids=["uyghur", "kazakh", "tibetan"])
def test_the_ink_is_that_of_harfbuzzs_glyphs(text: str) -> None:
    ((_, face),) = runs(text, FACES)
    expected = outline_picture(text, str(face.path))
    block = set_text(text, FACES, size=SIZE, least=SIZE, width=4000, most_lines=1, colour="#000000")
    alpha = block.draw().image.getchannel("A")
    ink = np.asarray(alpha.resize((expected.shape[1], expected.shape[0]))) > 127
    assert abs(alpha.width - expected.shape[1]) <= 3
    assert abs(alpha.height - expected.shape[0]) <= 3
    assert (ink & expected).sum() / (ink | expected).sum() > 0.8
    letters = Image.new("L", (8 * SIZE, 6 * SIZE))
    font = ImageFont.truetype(str(face.path), SIZE, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(letters).text((SIZE, 4 * SIZE), text, font=font, fill=255, anchor="ls")
    apart = np.asarray(letters.crop(letters.getbbox()).resize((expected.shape[1], expected.shape[0]))) > 127
    assert (apart & expected).sum() / (apart | expected).sum() < 0.7


def test_mongolian_is_drawn_from_the_top_down_with_harfbuzzs_glyphs_turned_clockwise() -> None:
    word = WELCOME.split()[0]
    ((_, face),) = runs(word, FACES)
    expected = np.rot90(outline_picture(word, str(face.path)), -1)
    block = set_downward(word, FACES, size=SIZE, least=SIZE, height=4000, most_columns=1, colour="#000000")
    alpha = block.draw().image.getchannel("A")
    assert alpha.height > 2 * alpha.width
    ink = np.asarray(alpha.resize((expected.shape[1], expected.shape[0]))) > 127
    assert (ink & expected).sum() / (ink | expected).sum() > 0.75, "its strokes are thin"


def test_columns_of_mongolian_follow_each_other_to_the_right_and_break_between_words() -> None:
    block = set_downward(MONGOLIAN, FACES, size=SIZE, least=SIZE, height=6 * SIZE, most_columns=2, colour="#000000")
    first, second = block.lines
    assert (first.text, second.text) == tuple(MONGOLIAN.split(" "))
    assert 0 == first.x < second.x < block.width
    assert block.height <= 6 * SIZE
    (_, box), *_ = block.draw().inks
    assert box[0] >= 0
    assert box[2] <= block.width
    with pytest.raises(UserMistake, match="too long"):
        set_downward(MONGOLIAN, FACES, size=SIZE, least=SIZE, height=2 * SIZE, most_columns=2, colour="#000000")


@pytest.mark.parametrize(
    ("title", "subtitle"), [("草原羊肉", MONGOLIAN), (WELCOME, "草原羊肉"), ("锡林郭勒草原羊肉 5斤装", MONGOLIAN), (WELCOME, "")]
)
@pytest.mark.parametrize("style", ["plain", "jiangnan", "dongbei"])
def test_a_title_with_mongolian_has_both_lines_within_its_plate_and_mongolian_left(style: str, title: str, subtitle: str) -> None:
    canvas = canvas_for(load_style(style), destination(), 1080, 1920)
    drawing = draw_title(canvas, title, subtitle)
    assert drawing.panel is not None
    boxes = dict(zip(drawing.texts, drawing.text_boxes, strict=True))
    for box in boxes.values():
        assert drawing.panel.x <= box.x
        assert box.x + box.width <= drawing.panel.x + drawing.panel.width
        assert drawing.panel.y <= box.y
        assert box.y + box.height <= drawing.panel.y + drawing.panel.height
    ((across, mongolian),) = [(across, down) for down in boxes for across in boxes if fonts.reads_downward(down) and across != down] or [
        ("", "")
    ]
    assert not across or boxes[mongolian].x + boxes[mongolian].width < boxes[across].x


def test_mongolian_is_refused_where_lines_go_across_and_mixed_with_other_words(look: Callable[..., Look]) -> None:
    with pytest.raises(UserMistake, match="top down"):
        look(None, lower_third=MONGOLIAN)
    with pytest.raises(UserMistake, match="one line"):
        look(None, title=f"羊肉 {MONGOLIAN}")
    assert look(None, title="羊肉", subtitle=MONGOLIAN).layers


def test_an_end_card_without_a_product_shows_a_mongolian_title(look: Callable[..., Look]) -> None:
    shown = look(None, title=WELCOME, subtitle="", lower_third="")
    assert WELCOME in shown.layers[-1].texts
    assert shown.layers[-1].start_frame == 90


def test_yi_needs_no_shaping_and_stays_with_its_own_font() -> None:
    ((text, face),) = runs(YI, FACES)
    assert (text, face.family) == (YI, "Noto Sans Yi")
    assert not needs_shaping(YI)


def test_a_phrase_in_a_chinese_line_stays_whole_and_reads_leftward() -> None:
    parts = runs(f"苹果 {UYGHUR}", FACES)
    assert [part for part, _ in parts if needs_shaping(part)] == [UYGHUR]
    assert fonts.reads_leftward(UYGHUR)
    assert not fonts.reads_leftward("苹果")


def test_lines_break_between_words_and_syllables_and_never_in_a_letter() -> None:
    assert [piece.strip() for piece in pieces(UYGHUR)] == UYGHUR.split()
    assert "".join(pieces(TIBETAN)) == TIBETAN
    assert len(pieces(TIBETAN)) == 4


def test_joiners_stay_where_letters_join_and_go_elsewhere() -> None:
    assert "\u200c" in clean("نمى\u200cخوا")
    assert "\u200d" not in clean("苹果\u200d")


def test_a_machine_that_cannot_join_letters_refuses_them(monkeypatch: pytest.MonkeyPatch, look: Callable[..., Look]) -> None:
    monkeypatch.setattr(fonts, "can_shape", lambda: False)
    with pytest.raises(UserMistake, match="needs letters that join"):
        look(None, title="苹果", subtitle=UYGHUR)
    assert look(None, title="苹果", subtitle="大桥镇").layers
