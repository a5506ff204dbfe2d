"""A style at a glance, without a video: every layer as `layers/` draws it, over dark, bright and green pictures, in four shapes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipeline.brand.layers.card import draw_card, draw_small_card
from pipeline.brand.layers.end_card import draw_end_card
from pipeline.brand.layers.lower_third import draw_lower_third, lower_third_top
from pipeline.brand.layers.price_tag import draw_price_tag
from pipeline.brand.layers.title import draw_title
from pipeline.brand.layout import Canvas, canvas_for, subtitles_top, typography_for
from pipeline.brand.motion import Drawing
from pipeline.brand.paint import lay
from pipeline.brand.style import Style
from pipeline.documents.card import Card
from pipeline.documents.destination import Destination
from pipeline.documents.look import Typography

Ground = Literal["dark", "bright", "green"]
SHAPES = {"9:16": (540, 960), "3:4": (540, 720), "1:1": (540, 540), "16:9": (960, 540)}
"""Half of the usual sizes, which is what a contact sheet can show."""
_GROUNDS: dict[Ground, tuple[str, str, str]] = {
    "dark": ("#14110F", "#3A2F28", "#221B17"),
    "bright": ("#F4F7FA", "#D9E2EA", "#EFE7D6"),
    "green": ("#7FA35A", "#3E6B35", "#8C9A5B"),
}
"""Colours from the top down, and of the shapes in it."""


@dataclass(frozen=True)
class PreviewWords:
    """The words of a preview in one language: the longest that people write."""

    language: Literal["zh", "en"]
    title: str
    subtitle: str
    lower_third: str
    spoken: tuple[str, ...]
    """Two lines of subtitles, with a price in them."""


WORDS = (
    PreviewWords("zh", "高山土豆", "大桥镇 王家 · 海拔2400米", "老张家 · 大桥镇沙地村", ("这个土豆是沙地里长的", "十斤29块9，包邮到家")),
    PreviewWords(
        "en",
        "Mountain potatoes",
        "Grown at 2,400 m",
        "Zhang's farm, Daqiao",
        ("These grow in sandy soil", "ten jin for ¥29.9, sent to you"),
    ),
)


@dataclass(frozen=True)
class PreviewFrame:
    """One picture of the sheet, RGB. spoken: lines of subtitles to be burned in, none for none."""

    name: str
    shape: str
    language: str
    image: Image.Image
    typography: Typography
    spoken: tuple[str, ...] = ()


def preview_frames(style: Style, card: Card, destination: Destination) -> Iterator[PreviewFrame]:
    """Yield the frames: title, line of place, every form of the card, end card, in the shapes and both languages.

    card: a product with a name of two lines, a price of five digits, and a QR code; `card_words` gives its words in a language.
    """
    photo = sample_photo()
    for shape, (width, height) in SHAPES.items():
        canvas = canvas_for(style, destination, width, height)
        for words in WORDS if shape == "9:16" else WORDS[:1]:
            yield from _frames(canvas, shape, words, card, photo)


def _frames(canvas: Canvas, shape: str, words: PreviewWords, card: Card, photo: Image.Image) -> Iterator[PreviewFrame]:
    upright, chinese = shape == "9:16", words.language == "zh"
    said = card if chinese else english(card)
    top = canvas.safe.y
    below = lower_third_top(canvas, words.lower_third) - canvas.px(16)
    third = draw_lower_third(canvas, words.lower_third)
    pictures: list[tuple[str, Ground, Callable[[], Sequence[Drawing]], bool]] = [
        ("title", "dark", lambda: [draw_title(canvas, words.title, words.subtitle)], True),
        ("card", "bright", lambda: [draw_card(canvas, said, photo, top, below), third], True),
    ]
    if upright and chinese:
        feed = said.model_copy(update={"qr": (), "link": "", "wording": "点左下角小黄车下单"})
        pictures += [
            ("card without code", "green", lambda: [draw_card(canvas, feed, photo, top, below)], True),
            ("small card", "green", lambda: [draw_small_card(canvas, said, photo, top)], False),
            ("price tag", "dark", lambda: [draw_price_tag(canvas, said, top), third], False),
        ]
    for name, ground, draw, spoken in pictures:
        image = sample_ground(ground, canvas.width, canvas.height)
        for drawing in draw():
            _put(image, drawing)
        yield PreviewFrame(name, shape, words.language, image.convert("RGB"), typography_for(canvas), words.spoken if spoken else ())
    under = _over_backdrop(draw_end_card(canvas, said, photo, "", ""))
    yield PreviewFrame("end card", shape, words.language, under.convert("RGB"), typography_for(canvas))
    if upright and not chinese:
        under = _over_backdrop(draw_end_card(canvas, None, None, words.title, words.subtitle))
        yield PreviewFrame("end card without product", shape, words.language, under.convert("RGB"), typography_for(canvas))


def keep_out(style: Style, destination: Destination, language: Literal["zh", "en"] = "zh") -> Image.Image:
    """What a destination's own buttons may cover, hatched red, with title and place of the subtitles, on an upright picture."""
    words = WORDS[0] if language == "zh" else WORDS[1]
    width, height = 270, 480
    canvas = canvas_for(style, destination, width, height)
    image = sample_ground("green", width, height)
    _put(image, draw_title(canvas, words.title, words.subtitle))
    safe, pen = canvas.safe, ImageDraw.Draw(image)
    top = subtitles_top(canvas)
    pen.rectangle((safe.x, top, safe.x + safe.width, safe.y + safe.height), outline="#FFFFFF")
    veil = Image.new("RGBA", image.size, (200, 30, 30, 120))
    hatch = ImageDraw.Draw(veil)
    for start in range(-height, width, 10):
        hatch.line([(start, 0), (start + height, height)], fill=(255, 255, 255, 90))
    veil.paste((0, 0, 0, 0), (safe.x, safe.y, safe.x + safe.width, safe.y + safe.height))
    image.alpha_composite(veil)
    return image.convert("RGB")


def character_limits(style: Style, destination: Destination) -> dict[str, int]:
    """Full-width characters of a line on an upright picture: title and its second line at the style's size, line of place, subtitles."""
    canvas = canvas_for(style, destination, 1080, 1920)
    layout, short = style.layout, canvas.short
    room = canvas.safe.width - 2 * canvas.px(46) - canvas.part(layout.title.bar)
    third = min(canvas.safe.width, canvas.part(1.2)) - 2 * canvas.px(28) - canvas.part(layout.lower_third.bar)
    return {
        "title": int(room / (layout.title.size * short)),
        "subtitle": int(room / (layout.title.small * short)),
        "lower_third": int(third / (layout.lower_third.size * short)),
        "subtitles": int(typography_for(canvas).line_width),
    }


def english(card: Card) -> Card:
    """The same card with words of the same length in English."""
    return card.model_copy(
        update={
            "name": "Yellow-hearted mountain potatoes, dug this morning",
            "per": "/crate",
            "origin": "Daqiao, Mianning, Liangshan",
            "wording": "Scan to order",
            "contact": "Broken ones are paid back",
        }
    )


def _put(image: Image.Image, drawing: Drawing) -> None:
    for part in drawing.parts:
        lay(image, part.image, part.x, part.y)


def _over_backdrop(drawing: Drawing) -> Image.Image:
    """A drawing on the picture that lies under it."""
    assert drawing.backdrop is not None
    image = drawing.backdrop.copy()
    _put(image, drawing)
    return image


def sample_ground(ground: Ground, width: int, height: int) -> Image.Image:
    """A picture like out-of-focus footage, RGBA."""
    return _ground_picture(ground, width, height).copy()


@cache
def _ground_picture(ground: Ground, width: int, height: int) -> Image.Image:
    top, bottom, spot = (np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) for colour in _GROUNDS[ground])
    part = np.linspace(0, 1, height)[:, None, None]
    field = np.broadcast_to(top * (1 - part) + bottom * part, (height, width, 3)).astype(np.uint8)
    image = Image.fromarray(field).convert("RGBA")
    spots, chance = Image.new("RGBA", image.size, (0, 0, 0, 0)), np.random.default_rng(7)
    pen = ImageDraw.Draw(spots)
    for x, y, size in chance.uniform(0, 1, (26, 3)):
        radius = (0.03 + 0.09 * size) * min(width, height)
        box = (x * width - radius, y * height - radius, x * width + radius, y * height + radius)
        pen.ellipse(box, fill=(*(int(value) for value in spot), 110))
    image.alpha_composite(spots.filter(ImageFilter.GaussianBlur(min(width, height) / 60)))
    return image


def sample_photo() -> Image.Image:
    """A basket of potatoes, drawn: the product photo of a preview."""
    image, chance = Image.new("RGB", (480, 480), "#7A5A38"), np.random.default_rng(11)
    pen = ImageDraw.Draw(image)
    for x, y, size, tone in chance.uniform(0, 1, (60, 4)):
        radius, light = 34 + 30 * size, 0.75 + 0.25 * tone
        box = (x * 480 - radius * 1.2, y * 480 - radius, x * 480 + radius * 1.2, y * 480 + radius)
        pen.ellipse((box[0] + 3, box[1] + 6, box[2] + 3, box[3] + 6), fill="#4E3820")
        pen.ellipse(box, fill=tuple(int(value * light) for value in (214, 172, 108)))
        pen.ellipse((box[0] + radius * 0.4, box[1] + radius * 0.25, box[0] + radius, box[1] + radius * 0.7), fill=(226, 192, 136))
    return image
