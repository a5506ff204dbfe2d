"""Style templates: reads and checks `templates/<name>/template.yaml` with its pictures, colour table and fonts."""

import hashlib
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, cast

from PIL import Image
from pydantic import Field, StringConstraints, ValidationError

from pipeline.brand.fonts import Face, face
from pipeline.brand.yaml_errors import key_location, read_yaml, validation_message
from pipeline.documents.base import Frozen
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.resources import FONTS, TEMPLATES
from pipeline.settings import meant
from pipeline.store import file_sha256

COLOUR = r"^#[0-9A-Fa-f]{6}$"
Colour = Annotated[str, StringConstraints(pattern=COLOUR)]
Align = Literal["left", "centre"]
Picture = Literal["band", "ornament", "ground"]
FontRole = Literal["title", "name", "text", "strong", "price"]


class Surface(Frozen):
    """Colours of text and lines on one background."""

    fill: Colour
    ink: Colour
    soft: Colour
    """Secondary lines."""
    title: Colour
    price: Colour
    edge: Colour
    """Borders, bars, rings."""


class ButtonStyle(Frozen):
    """Colours of the call to buy."""

    fill: Colour
    ink: Colour


class Palette(Frozen):
    """Colours of the style. plate: panels over footage. ground: the end card's background."""

    plate: Surface
    ground: Surface
    button: ButtonStyle


class Fonts(Frozen):
    """File names in assets/fonts, or beside the template."""

    title: str
    name: str
    text: str
    strong: str
    price: str


class Pictures(Frozen):
    """PNG files beside the template; an empty name leaves the picture out."""

    band: str = ""
    """One repeat of a strip that tiles from left to right."""
    ornament: str = ""
    """A square motif with a clear ground."""
    ground: str = ""
    """One repeat of the end card's ground."""


class TitleLayout(Frozen):
    """Sizes are fractions of the picture's shorter side; `place` is a fraction of the safe area's height."""

    align: Align
    place: float = Field(ge=0, le=0.6)
    size: float = Field(ge=0.03, le=0.25)
    small: float = Field(ge=0.02, le=0.12)
    band: float = Field(default=0, ge=0, le=0.2)
    """Height of the pattern above and below the plate; 0 for none."""
    bar: float = Field(default=0, ge=0, le=0.05)
    """Width of the bar at the plate's left; 0 for none."""


class LowerThirdLayout(Frozen):
    """Sizes are fractions of the picture's shorter side."""

    size: float = Field(ge=0.02, le=0.12)
    bar: float = Field(default=0, ge=0, le=0.05)


class CardLayout(Frozen):
    """`width` is a fraction of the shorter side; so are the rest."""

    width: float = Field(ge=0.5, le=1)
    radius: float = Field(default=0, ge=0, le=0.1)
    band: float = Field(default=0, ge=0, le=0.15)
    edge: float = Field(default=0, ge=0, le=0.03)


class EndCardLayout(Frozen):
    """Layout of the end card."""

    photo: Literal["square", "round"]
    radius: float = Field(default=0, ge=0, le=0.1)
    band: float = Field(default=0, ge=0, le=0.25)
    halo: float = Field(default=0, ge=0, le=0.95)
    """A round photo's share of the ornament's width when the ornament lies behind it; 0 leaves the ornament out."""


class Layout(Frozen):
    """Positions and sizes of all layers."""

    title: TitleLayout
    lower_third: LowerThirdLayout
    card: CardLayout
    end_card: EndCardLayout


class SubtitleStyle(Frozen):
    """Subtitle typography; sizes are fractions of the picture's shorter side."""

    font: str
    """A file in assets/fonts: burned subtitles see no other folder."""
    size: float = Field(ge=0.03, le=0.12)
    colour: Colour
    outline_colour: Colour
    accent: Colour | Literal[""] = ""
    """Colour of a spoken price; empty for none."""
    outline: float = Field(default=0.005, ge=0, le=0.02)
    shadow: float = Field(default=0, ge=0, le=0.02)
    box: bool = False
    longest_line: float = Field(default=14, ge=6, le=24)
    """Most full-width characters in a line, however wide the picture."""


class Pace(Frozen):
    """Lengths of shots without talk, and of their transitions, in seconds."""

    mood: Literal["unhurried", "lively"]
    shot_s: float = Field(ge=0.8, le=12)
    shortest_s: float = Field(ge=0.4, le=12)
    longest_s: float = Field(ge=0.8, le=30)
    dissolve_s: float = Field(default=0, ge=0, le=1)
    """Length of the dissolve between shots without talk; 0 for hard cuts."""


class Motion(Frozen):
    """How layers enter and leave."""

    enter_s: float = Field(ge=0, le=1.5)
    leave_s: float = Field(ge=0, le=1.5)
    rise: float = Field(ge=0, le=0.2)
    """Distance that a rising part moves, as a fraction of the shorter side."""


class Template(Frozen):
    """The content of template.yaml."""

    label: dict[Literal["zh", "en"], str]
    palette: Palette
    fonts: Fonts
    pictures: Pictures = Pictures()
    lut: str = ""
    layout: Layout
    subtitles: SubtitleStyle
    pace: Pace
    motion: Motion


class Style(Template):
    """A template that was checked as a whole: every picture opens, every font exists."""

    name: str
    folder: str
    sha256: str
    """Content hash of the template's file, pictures, colour table and fonts."""

    def picture(self, which: Picture) -> Path | None:
        """The file of a picture, or None where the style has none."""
        name = cast(str, getattr(self.pictures, which))
        return Path(self.folder) / name if name else None

    def lut_file(self) -> Path | None:
        """The colour table, or None."""
        return Path(self.folder) / self.lut if self.lut else None

    def faces(self, role: FontRole) -> tuple[Face, ...]:
        """The declared font and its fallbacks, in order: Noto Sans SC of similar weight, then Noto Sans Yi."""
        declared = face(_font_path(Path(self.folder), getattr(self.fonts, role)))
        sans = face(FONTS / ("NotoSansSC-Regular.ttf" if role == "text" else "NotoSansSC-Bold.ttf"))
        return tuple(dict.fromkeys((declared, sans, face(FONTS / "NotoSansYi-Regular.ttf"))))

    def subtitle_face(self) -> Face:
        """The font of the subtitles."""
        return face(FONTS / self.subtitles.font)


def drawable(text: str, style: Style) -> str:
    """Remove characters that the title's fonts lack, such as emoji: a decoration in a note must not stop a story."""
    return "".join(character for character in text if any(font_face.has(character) for font_face in style.faces("title")))


def template_names(roots: Sequence[Path] = (TEMPLATES,)) -> list[str]:
    """Names of all templates that `load_style` finds under these folders, sorted."""
    return sorted({file.parent.name for root in roots for file in root.glob("*/template.yaml")})


def style_named(given: str, roots: Sequence[Path] = (TEMPLATES,)) -> str:
    """The name of the style that a person meant: liangshan, 凉山. A name that is none stays as it is: `load_style` says which there are."""
    names = template_names(roots)
    if given in names:
        return given
    found = meant(given, {name: {name, *load_style(name, roots).label.values()} for name in names})
    return found[0] if len(found) == 1 else given


def load_style(name: str, roots: Sequence[Path] = (TEMPLATES,)) -> Style:
    """Load the style of that name; earlier roots win. Raises UserMistake that names the file, the key, and what is allowed."""
    candidates = [root / name / "template.yaml" for root in roots if name and (root / name / "template.yaml").is_file()]
    if not candidates or Path(name).name != name:
        raise UserMistake(
            M("There is no template named {name}. Choose one of: {known}.", name=name, known=", ".join(template_names(roots)) or "-")
        )
    return _load_checked(candidates[0], (*_file_signatures(candidates[0].parent), *_file_signatures(FONTS)))


def _file_signatures(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, modification times and sizes of a folder's files, which change with them."""
    with os.scandir(folder) as entries:
        stats = [(entry.name, entry.stat()) for entry in entries]
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))


@cache
def _load_checked(file: Path, signatures: tuple[tuple[str, int, int], ...]) -> Style:  # noqa: ARG001 - changed files are another style
    data, lines = read_yaml(file)
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        raise UserMistake(validation_message(file, Template, error, lines)) from error
    files = [file, *_check_pictures(file, template, lines), *_check_lut(file, template, lines), *_check_fonts(file, template, lines)]
    _check_pace(file, template, lines)
    digest = hashlib.sha256()
    for path in files:
        stat = path.stat()
        digest.update(_file_hash(path, stat.st_mtime_ns, stat.st_size))
    return Style(**dict(template), name=file.parent.name, folder=str(file.parent.resolve()), sha256=digest.hexdigest())


@cache
def _file_hash(path: Path, changed_ns: int, size: int) -> bytes:  # noqa: ARG001 - a changed file is another entry
    """Hash of a file's bytes; fonts are tens of megabytes and do not change while the program runs."""
    return bytes.fromhex(file_sha256(path))


def _check_pictures(file: Path, template: Template, lines: dict[str, int]) -> list[Path]:
    files = []
    for key, name in template.pictures:
        if not name:
            continue
        picture, where = file.parent / name, key_location(file, f"pictures.{key}", lines)
        if not picture.is_file():
            raise UserMistake(
                M("{where}: the picture {name} is not there. Put it into {folder}.", where=where, name=name, folder=str(file.parent))
            )
        try:
            with Image.open(picture) as opened:
                opened.load()
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise UserMistake(M("{where}: {name} cannot be opened as a picture. Save it as PNG.", where=where, name=name)) from error
        files.append(picture)
    return files


def _check_lut(file: Path, template: Template, lines: dict[str, int]) -> list[Path]:
    if not template.lut:
        return []
    table, where = file.parent / template.lut, key_location(file, "lut", lines)
    if not table.is_file():
        raise UserMistake(
            M(
                "{where}: the colour table {name} is not there. Put it into {folder}, or leave lut empty.",
                where=where,
                name=template.lut,
                folder=str(file.parent),
            )
        )
    size, rows = 0, 0
    for line in table.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if words[:1] == ["LUT_3D_SIZE"] and len(words) == 2 and words[1].isdigit():
            size = int(words[1])
        elif len(words) == 3 and _numbers(words):
            rows += 1
    if size < 2 or rows != size**3:
        raise UserMistake(M("{where}: {name} is not a whole 3D colour table in .cube format.", where=where, name=template.lut))
    return [table]


def _numbers(words: list[str]) -> bool:
    try:
        return all(abs(float(word)) < 1e6 for word in words)
    except ValueError:
        return False


def _font_path(folder: Path, name: str) -> Path:
    beside_template = folder / name
    return beside_template if beside_template.is_file() else FONTS / name


def _check_fonts(file: Path, template: Template, lines: dict[str, int]) -> list[Path]:
    shipped = sorted(font.name for font in FONTS.glob("*.[to]tf"))
    beside = sorted(font.name for font in file.parent.glob("*.[to]tf"))
    font_names = [(f"fonts.{role}", name, file.parent) for role, name in template.fonts] + [
        ("subtitles.font", template.subtitles.font, FONTS)
    ]
    files = []
    for key, name, folder in font_names:
        font = _font_path(folder, name)
        if not name or Path(name).name != name or not font.is_file():
            known = shipped if folder == FONTS else shipped + beside
            raise UserMistake(
                M(
                    "{where}: the font {name} is unknown. Allowed: {known}.",
                    where=key_location(file, key, lines),
                    name=name,
                    known=", ".join(known),
                )
            )
        try:
            if font.parent != FONTS:  # those are read when they are used: a large one takes a twentieth of a second
                face(font)
        except (OSError, ValueError) as error:
            raise UserMistake(
                M(
                    "{where}: the font {name} cannot be read. Allowed: {known}.",
                    where=key_location(file, key, lines),
                    name=name,
                    known=", ".join(shipped),
                )
            ) from error
        files.append(font)
    return files


def _check_pace(file: Path, template: Template, lines: dict[str, int]) -> None:
    pace = template.pace
    if not pace.shortest_s <= pace.shot_s <= pace.longest_s:
        raise UserMistake(
            M(
                "{where}: shortest_s ({shortest}), shot_s ({shot}) and longest_s ({longest}) must grow in this order.",
                where=key_location(file, "pace", lines),
                shortest=pace.shortest_s,
                shot=pace.shot_s,
                longest=pace.longest_s,
            )
        )
