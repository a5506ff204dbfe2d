"""Style templates: reads and checks `templates/<name>/template.yaml` with its pictures, colour table and fonts."""

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import cast

from PIL import Image
from pydantic import ValidationError

from pipeline.brand.drawing import draw_pictures, painted_files, recipe_is_drawn
from pipeline.brand.drawing.sheet import CLEAR
from pipeline.brand.fonts import Face, face
from pipeline.brand.template import COLOUR, FontRole, Picture, Template, with_named_colours
from pipeline.brand.yaml_errors import key_location, read_yaml, validation_message
from pipeline.documents.coop_brand import CoopBrand
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.resources import FONTS, OWN_TEMPLATES, TEMPLATES
from pipeline.settings import did_you_mean, meant
from pipeline.store import file_sha256


class Style(Template):
    """A template that was checked as a whole: every picture opens, every font exists."""

    name: str
    folder: str
    coop: CoopBrand = CoopBrand()
    remarks: tuple[Message, ...] = ()
    """What the co-op's own colours could not be used for."""
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
        """The declared font and its fallbacks, in order: Noto Sans SC of similar weight, then the other scripts."""
        declared = face(_font_path(Path(self.folder), getattr(self.fonts, role)))
        sans = face(FONTS / ("NotoSansSC-Regular.ttf" if role == "text" else "NotoSansSC-Bold.ttf"))
        return tuple(dict.fromkeys((declared, sans, *(face(FONTS / name) for name in OTHER_SCRIPTS))))

    def subtitle_face(self) -> Face:
        """The font of the subtitles."""
        return face(FONTS / self.subtitles.font)


OTHER_SCRIPTS = ("NotoSansYi-Regular.ttf", "NotoSerifTibetan-Regular.ttf", "NotoNaskhArabic-Regular.ttf", "NotoSansMongolian-Regular.ttf")


def drawable(text: str, style: Style) -> str:
    """Remove characters that the title's fonts lack, such as emoji: a decoration in a note must not stop a story."""
    return "".join(character for character in text if any(font_face.has(character) for font_face in style.faces("title")))


def own_styles(workspace: Path) -> Path:
    """The folder of a workspace's own styles."""
    return workspace / OWN_TEMPLATES


def style_roots(workspace: Path) -> tuple[Path, ...]:
    """The folders in which the styles of a workspace lie, its own before those of the program."""
    return own_styles(workspace), TEMPLATES


def template_names(roots: Sequence[Path] = (TEMPLATES,)) -> list[str]:
    """Names of all templates that `load_style` finds under these folders, sorted."""
    return sorted({file.parent.name for root in roots for file in root.glob("*/template.yaml")})


def style_labels(roots: Sequence[Path] = (TEMPLATES,)) -> list[str]:
    """The Chinese names of all styles that load, sorted; of one without, the English one."""
    labels = []
    for name in template_names(roots):
        with suppress(UserMistake):
            label = load_style(name, roots).label
            labels.append(label.get("zh") or label.get("en") or name)
    return sorted(labels)


def style_named(given: str, roots: Sequence[Path] = (TEMPLATES,)) -> str:
    """The name of the style that a person meant: liangshan, 凉山. A name that is none stays as it is: `load_style` says which there are."""
    names = template_names(roots)
    if given in names:
        return given
    called: dict[str, set[str]] = {}
    for name in names:
        with suppress(UserMistake):  # a style that does not load has no other name; who asks for it by this one is told what is wrong
            style = load_style(name, roots)
            called[name] = {name, *style.label.values(), *style.also}
    found = meant(given, called)
    return found[0] if len(found) == 1 else given


def load_style(name: str, roots: Sequence[Path] = (TEMPLATES,)) -> Style:
    """Load the style of that name; earlier roots win. Raises UserMistake that names the file, the key, and what is allowed."""
    plain = bool(name) and Path(name).name == name
    folders = [root / name for root in roots if plain and (root / name).is_dir()]
    if not folders:
        raise UserMistake(
            M("There is no template named {name}. Choose one of: {known}.", name=name, known=", ".join(template_names(roots)) or "-")
        )
    file = folders[0] / "template.yaml"
    if not file.is_file():
        raise UserMistake(M("The style folder {folder} has no template.yaml. Put it back, or remove the folder.", folder=str(folders[0])))
    return _load_checked(file, (*_file_signatures(file.parent), *_file_signatures(FONTS)))


def _file_signatures(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, modification times and sizes of a folder's files, which change with them."""
    with os.scandir(folder) as entries:
        stats = [(entry.name, entry.stat()) for entry in entries]
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))


@cache
def _load_checked(file: Path, signatures: tuple[tuple[str, int, int], ...]) -> Style:  # noqa: ARG001 - changed files are another style
    template, lines = read_template(file)
    _draw_anew(file, template, lines)
    files = [file, *_check_pictures(file, template, lines), *_check_lut(file, template, lines), *_check_fonts(file, template, lines)]
    _check_pace(file, template, lines)
    digest = hashlib.sha256()
    for path in files:
        stat = path.stat()
        digest.update(_file_hash(path, stat.st_mtime_ns, stat.st_size))
    return Style(**dict(template), name=file.parent.name, folder=str(file.parent.resolve()), sha256=digest.hexdigest())


def read_template(file: Path) -> tuple[Template, dict[str, int]]:
    """A template's content, and the line of every key. Raises UserMistake that names the file, the key, and what is allowed."""
    data, lines = read_yaml(file)
    try:
        template = Template.model_validate(with_named_colours(data))
    except ValidationError as error:
        raise UserMistake(validation_message(file, Template, error, lines)) from error
    _check_recipe(file, template, lines)
    return template, lines


@cache
def _file_hash(path: Path, changed_ns: int, size: int) -> bytes:  # noqa: ARG001 - a changed file is another entry
    """Hash of a file's bytes; fonts are tens of megabytes and do not change while the program runs."""
    return bytes.fromhex(file_sha256(path))


def _check_recipe(file: Path, template: Template, lines: dict[str, int]) -> None:
    """Every colour of the recipe is #RRGGBB or has a name, and every recipe has a file to go into."""
    for key, step in template.draw.steps():
        where = key_location(file, f"draw.{key}", lines)
        for name in step.colour_names():
            if name not in template.colours and name != CLEAR and not re.match(COLOUR, name):
                unknown = M(
                    "{where}: there is no colour {name}. Known: {known}.", where=where, name=name, known=", ".join(template.colours)
                )
                raise UserMistake(did_you_mean(unknown, name, template.colours))
        which = key.partition(".")[0]
        if not template.drawn_files()[which]:
            raise UserMistake(M("{where}: this picture has no file. Add {line} under pictures.", where=where, line=f"{which}: {which}.png"))
    for key, name in (*((f"pictures.{which}", name) for which, name in template.pictures), ("lut", template.lut)):
        if Path(name).name != name:
            where = key_location(file, key, lines)
            raise UserMistake(
                M("{where}: {name} lies elsewhere. Put it beside the template and write its name alone.", where=where, name=name)
            )
    if template.grade is not None and not template.lut:
        where = key_location(file, "grade", lines)
        raise UserMistake(M("{where}: this colour table has no file. Add {line}.", where=where, line="lut: grade.cube"))


def _draw_anew(file: Path, template: Template, lines: dict[str, int]) -> None:
    """Draw the pictures of a style that somebody has changed; those that come with FieldCut are drawn when they are released."""
    drawn = template.drawn_files(), template.draw, template.grade, template.colours
    if file.parent.is_relative_to(TEMPLATES) or recipe_is_drawn(file.parent, *drawn):
        return
    for key, name in painted_files(file.parent, *drawn).items():
        where = key_location(file, key, lines)
        raise UserMistake(
            M(
                "{where}: {name} was not drawn from the recipe, and is not drawn over. Move it away, or take its recipe out.",
                where=where,
                name=name,
            )
        )
    draw_pictures(file.parent, *drawn)


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
    quarter, three_quarters = pace.quarter_s or pace.shot_s, pace.three_quarters_s or pace.shot_s
    if not pace.shortest_s <= quarter <= pace.shot_s <= three_quarters <= pace.longest_s:
        raise UserMistake(
            M(
                "{where}: shortest_s ({shortest}), shot_s ({shot}) and longest_s ({longest}) must grow in this order.",
                where=key_location(file, "pace", lines),
                shortest=pace.shortest_s,
                shot=pace.shot_s,
                longest=pace.longest_s,
            )
        )
