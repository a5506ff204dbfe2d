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
from pipeline.brand.type import advance, runs, set_text
from pipeline.brand.wording import pieces
from pipeline.documents.look import Look
from pipeline.errors import UserMistake

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


@pytest.mark.parametrize("text", [UYGHUR, KAZAKH, TIBETAN], ids=["uyghur", "kazakh", "tibetan"])
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


def test_yi_needs_no_shaping_and_stays_with_its_own_font() -> None:
    ((text, face),) = runs(YI, FACES)
    assert (text, face.family) == (YI, "Noto Sans Yi")
    assert not fonts.needs_shaping(YI)


def test_a_phrase_in_a_chinese_line_stays_whole_and_reads_leftward() -> None:
    parts = runs(f"苹果 {UYGHUR}", FACES)
    assert [part for part, _ in parts if fonts.needs_shaping(part)] == [UYGHUR]
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
