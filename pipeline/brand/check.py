"""Checks a style for those who will look at it: contrast, sizes on a phone, colour-blind viewers, glyphs, licences, and what nobody sees.

What makes a style unusable is found when it is loaded. What is found here is named with its line and its limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.brand.colour import contrast, delta_e, distances, rgb
from pipeline.brand.style import Style, load_style, read_template
from pipeline.brand.template import Template
from pipeline.brand.yaml_errors import key_location, read_yaml
from pipeline.documents.message import M, Message
from pipeline.resources import FONTS

LEAST_CONTRAST = 4.5
"""Of text on its ground: WCAG 2, 1.4.3."""
PHONE_PX = 360
"""Width in pixels of the picture on a small phone, on which sizes are judged."""
LEAST_ON_PHONE = {"layout.title.size": 15, "layout.title.small": 11, "layout.lower_third.size": 10, "subtitles.size": 16}
"""Pixels of a character's body there at least."""
THINNEST_ON_PHONE = 0.7
"""Pixels of a line there: a thinner one comes and goes."""
LEAST_APART = 10.0
"""Distance (CIEDE2000) of two colours that say two things, for a colour-blind viewer as well."""
MOST_MOVED = 5.0
"""Distance (CIEDE2000) by which a colour table may move skin and produce: more, and a buyer gets another apple than the one shown."""
SKIN_AND_PRODUCE = (
    (M("fair skin"), "#F1C9A8"),
    (M("tanned skin"), "#D9A37E"),
    (M("brown skin"), "#B97F5B"),
    (M("dark skin"), "#8D5A3C"),
    (M("potato"), "#C9A56B"),
    (M("apple"), "#B8322A"),
    (M("leaf"), "#5D8A3A"),
    (M("orange"), "#E28A2B"),
    (M("maize"), "#EBC13A"),
    (M("rice"), "#EFEAD9"),
)
PRICE_CHARACTERS = "¥0123456789.,/元斤"


@dataclass(frozen=True)
class StyleFinding:
    """One thing to say about a style. level: wrong, or only to be known. where: file, line and key."""

    level: Literal["wrong", "note"]
    message: Message


def check_style(name: str, roots: Sequence[Path]) -> list[StyleFinding]:
    """Everything to say about a style, what is wrong first. Raises UserMistake for one that does not load."""
    style = load_style(name, roots)
    file = Path(style.folder) / "template.yaml"
    template, lines = read_template(file)
    checks = (_contrast, _manner, _sizes, _colour_blind, _glyphs, _licences, _grade, _unseen, _about)
    findings = [finding for check in checks for finding in check(style, template, _Places(file, lines))]
    return sorted(findings, key=lambda finding: finding.level != "wrong")


@dataclass(frozen=True)
class _Places:
    """Where the keys of a file stand."""

    file: Path
    lines: dict[str, int]

    def at(self, key: str) -> str:
        return key_location(self.file, key, self.lines)


def _contrast(style: Style, _template: Template, places: _Places) -> Iterator[StyleFinding]:
    pairs = [
        (f"palette.{surface}.{role}", getattr(colours, role), colours.fill)
        for surface, colours in (("plate", style.palette.plate), ("ground", style.palette.ground))
        for role in ("ink", "soft", "title", "price")
    ]
    subtitles = style.subtitles
    pairs.append(("palette.button.ink", style.palette.button.ink, style.palette.button.fill))
    pairs.append(("subtitles.colour", subtitles.colour, subtitles.outline_colour))
    if subtitles.accent:
        pairs.append(("subtitles.accent", subtitles.accent, subtitles.outline_colour))
    for key, ink, ground in pairs:
        ratio = contrast(ink, ground)
        if ratio < LEAST_CONTRAST:
            yield StyleFinding(
                "wrong",
                M(
                    "{where}: {ink} on {ground} has a contrast of {ratio}; {least} is needed to be read.",
                    where=places.at(key),
                    ink=ink,
                    ground=ground,
                    ratio=round(ratio, 1),
                    least=LEAST_CONTRAST,
                ),
            )


def _manner(style: Style, _template: Template, places: _Places) -> Iterator[StyleFinding]:
    """Subtitles that fill or set apart words by a colour that the style does not name."""
    if style.subtitles.manner != "plain" and not style.subtitles.accent:
        yield StyleFinding(
            "wrong",
            M(
                "{where}: {manner} needs a colour. Add subtitles.accent.",
                where=places.at("subtitles.manner"),
                manner=style.subtitles.manner,
            ),
        )


def _sizes(style: Style, _template: Template, places: _Places) -> Iterator[StyleFinding]:
    for key, least in LEAST_ON_PHONE.items():
        pixels = _value(style, key) * PHONE_PX
        if pixels < least:
            yield StyleFinding(
                "wrong",
                M(
                    "{where}: characters are {pixels} pixels high on a phone {width} wide; {least} are needed.",
                    where=places.at(key),
                    pixels=round(pixels, 1),
                    width=PHONE_PX,
                    least=least,
                ),
            )
    lines = ["layout.title.bar", "layout.lower_third.bar", "layout.card.edge"] + ([] if style.subtitles.box else ["subtitles.outline"])
    for key in lines:
        pixels = _value(style, key) * PHONE_PX
        if 0 < pixels < THINNEST_ON_PHONE:
            yield StyleFinding(
                "wrong",
                M(
                    "{where}: this line is {pixels} pixels thin on a phone {width} wide; {least} are needed, or 0 for none.",
                    where=places.at(key),
                    pixels=round(pixels, 2),
                    width=PHONE_PX,
                    least=THINNEST_ON_PHONE,
                ),
            )


def _value(style: Style, key: str) -> float:
    value: object = style
    for part in key.split("."):
        value = getattr(value, part)
    return float(str(value))


def _colour_blind(style: Style, _template: Template, places: _Places) -> Iterator[StyleFinding]:
    pairs = [("palette.button.fill", style.palette.button.fill, style.palette.ground.fill)]
    if style.subtitles.accent:
        pairs.append(("subtitles.accent", style.subtitles.accent, style.subtitles.colour))
    for key, first, second in pairs:
        apart = distances(first, second)
        worst = min(apart, key=lambda viewer: apart[viewer])
        if apart[worst] < LEAST_APART:
            yield StyleFinding(
                "wrong",
                M(
                    "{where}: {first} and {second} are hard to tell apart for {viewers}: their distance is {distance}, and {least} is needed.",  # noqa: E501
                    where=places.at(key),
                    first=first,
                    second=second,
                    viewers=_VIEWERS[worst],
                    distance=round(apart[worst], 1),
                    least=LEAST_APART,
                ),
            )


_VIEWERS = {
    "usual": M("everybody"),
    "protan": M("viewers who do not see red"),
    "deutan": M("viewers who do not see green"),
}


def _glyphs(style: Style, _template: Template, places: _Places) -> Iterator[StyleFinding]:
    missing = [character for character in PRICE_CHARACTERS if not style.faces("price")[0].has(character)]
    if missing:
        yield StyleFinding(
            "wrong",
            M(
                "{where}: {font} lacks {characters}, which stand in prices. They would come from another font.",
                where=places.at("fonts.price"),
                font=style.fonts.price,
                characters=" ".join(missing),
            ),
        )
    for role, name in (("title", style.fonts.title), ("name", style.fonts.name)):
        have = style.faces(role)[0]  # type: ignore[arg-type]
        count = sum(have.has(character) for character in COMMON)
        if count < len(COMMON):
            yield StyleFinding(
                "note",
                M(
                    "{where}: {font} has {count} of the {all} most used characters; the others come from Noto Sans SC.",
                    where=places.at(f"fonts.{role}"),
                    font=name,
                    count=count,
                    all=len(COMMON),
                ),
            )


COMMON = "".join(bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
"""The 3,755 characters of the first level of GB 2312."""


def _licences(style: Style, _template: Template, places: _Places) -> Iterator[StyleFinding]:
    for font in fonts_without_licence(Path(style.folder)):
        yield StyleFinding(
            "wrong",
            M(
                "{where}: {font} has no licence beside it. Put its text there as {name}.",
                where=places.at("fonts"),
                font=font.name,
                name=licence_name(font),
            ),
        )


def licence_name(font: Path) -> str:
    """The name under which a font's licence must lie beside it: OFL-MaShanZheng.txt for MaShanZheng-Regular.ttf."""
    return f"OFL-{font.stem.partition('-')[0]}.txt"


def fonts_without_licence(folder: Path) -> list[Path]:
    """The fonts of a style's folder without a licence text of their own; the program's fonts have theirs."""
    fonts = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".ttf", ".otf"))
    shipped = {path.name for path in FONTS.glob("*")}
    found = []
    for font in fonts:
        texts = [folder / licence_name(font), folder / f"LICENSE-{font.stem.partition('-')[0]}.txt"]
        if font.name not in shipped and not any(text.is_file() and text.stat().st_size > 200 for text in texts):
            found.append(font)
    return found


def _grade(_style: Style, template: Template, places: _Places) -> Iterator[StyleFinding]:
    if template.grade is None:
        return
    patches = rgb(colour for _, colour in SKIN_AND_PRODUCE)
    moved = delta_e(patches, template.grade.apply(patches))
    worst = int(moved.argmax())
    if moved[worst] > MOST_MOVED:
        yield StyleFinding(
            "wrong",
            M(
                "{where}: the colour table moves {patch} by {distance}; at most {most} keeps the goods as they are.",
                where=places.at("grade"),
                patch=SKIN_AND_PRODUCE[worst][0],
                distance=round(float(moved[worst]), 1),
                most=MOST_MOVED,
            ),
        )


def _unseen(style: Style, template: Template, places: _Places) -> Iterator[StyleFinding]:
    """Names of colours that nothing uses, and colours and pictures that no layer shows."""
    data, _ = read_yaml(places.file)
    named = {value for key in ("palette", "subtitles") for value in _leaves(data.get(key))} | template.draw.colour_names()
    for name in template.colours:
        if name not in named:
            yield StyleFinding("note", M("{where}: the colour {name} is used nowhere.", where=places.at(f"colours.{name}"), name=name))
    layout = style.layout
    bands = (layout.title.band, layout.lower_third.band, layout.card.band, layout.end_card.band)
    framed = any(plate.frame != "none" for plate in (layout.title, layout.lower_third, layout.card))
    unseen = {
        "palette.plate.edge": not (framed or any((layout.title.bar, layout.lower_third.bar, layout.card.edge))),
        "subtitles.outline_colour": not (style.subtitles.outline or style.subtitles.box or style.subtitles.shadow),
        "pictures.band": bool(style.pictures.band) and not any(bands),
    }
    for key in (key for key, is_unseen in unseen.items() if is_unseen):
        yield StyleFinding("note", M("{where}: no layer of this style shows it.", where=places.at(key)))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value


def _about(_style: Style, template: Template, places: _Places) -> Iterator[StyleFinding]:
    for language in ("zh", "en"):
        if language not in template.label:
            yield StyleFinding("wrong", M("{where}: the name in {language} is missing.", where=places.at("label"), language=language))
    if template.about is None:
        yield StyleFinding("wrong", M("{where}: what it alludes to and who was asked is missing (about).", where=places.at("about")))
    elif template.about.asked.strip().casefold() in ("", "nobody yet"):
        yield StyleFinding("note", M("{where}: nobody from the place has looked at it yet.", where=places.at("about.asked")))
