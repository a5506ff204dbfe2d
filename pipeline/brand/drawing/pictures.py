"""Draws the pictures of a recipe into a style's folder. Each carries the hash of what it was drawn from, so that an old one is known."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from pipeline.brand.drawing.grade import Grade
from pipeline.brand.drawing.recipe import Motif, Recipe
from pipeline.brand.drawing.sheet import Sheet
from pipeline.store import content_key, write_atomically

VERSION = 1
"""Increased when the same recipe would give another picture."""
MARK = "fieldcut-recipe"
SHEETS = {"band": (320, 160, 1.0, True, False), "ornament": (900, 900, 0.8, False, False), "ground": (240, 240, 1.0, True, True)}
"""Width and height in design units, pixels for a unit, and which ways it tiles."""
MOST_COLOURS = 128
"""Of a finished picture: flat colours and the edges between them."""


def recipe_is_drawn(folder: Path, files: Mapping[str, str], recipe: Recipe, grade: Grade | None, colours: Mapping[str, str]) -> bool:
    """Whether the files of a style are those that its recipe gives; what has no recipe is the author's own.

    files: name by picture, with `lut`. colours: #RRGGBB by name.
    """
    drawn = [_mark_of_picture(folder / files[which]) == _key(steps, colours) for which, steps in recipe if steps and files.get(which)]
    table = folder / files["lut"] if grade is not None and files.get("lut") else None
    return all(drawn) and (table is None or _mark_of_table(table) == _grade_key(grade))


def painted_files(
    folder: Path, files: Mapping[str, str], recipe: Recipe, grade: Grade | None, _colours: Mapping[str, str]
) -> dict[str, str]:
    """The files that stand where the recipe would draw but were not drawn by it: name by key of template.yaml."""
    found = {
        f"pictures.{which}": files[which]
        for which, steps in recipe
        if steps and files.get(which) and (folder / files[which]).exists() and not _mark_of_picture(folder / files[which])
    }
    table = folder / files.get("lut", "")
    if grade is not None and files.get("lut") and table.exists() and not _mark_of_table(table):
        found["lut"] = files["lut"]
    return found


def draw_pictures(folder: Path, files: Mapping[str, str], recipe: Recipe, grade: Grade | None, colours: Mapping[str, str]) -> list[Path]:
    """Draw what has a recipe and is not drawn from it yet; return the files written. Arguments as of `recipe_is_drawn`."""
    written = []
    for which, steps in recipe:
        path = folder / files.get(which, "")
        if not steps or not files.get(which) or _mark_of_picture(path) == _key(steps, colours):
            continue
        write_png(drawn_picture(which, steps, colours), path, _key(steps, colours))
        written.append(path)
    if grade is not None and files.get("lut"):
        path = folder / files["lut"]
        if _mark_of_table(path) != _grade_key(grade):
            text = f"# {MARK} {_grade_key(grade)}\n{grade.cube(f'FieldCut {folder.name}')}"
            write_atomically(path, text)
            written.append(path)
    return written


def drawn_picture(which: str, steps: tuple[Motif, ...], colours: Mapping[str, str]) -> Image.Image:
    """One picture, RGBA. which: band, ornament or ground."""
    sheet = Sheet(*SHEETS[which])
    for step in steps:
        sheet.paint(step.laid(sheet), dict(colours), soft=step.soft, opacity=step.opacity, inside=step.inside)
    return sheet.finished()


def write_png(image: Image.Image, path: Path, mark: str) -> None:
    """Write a picture small: of at most 128 colours, with its mark."""
    pixels = np.asarray(image.convert("RGBA"))
    opaque = bool((pixels[..., 3] == 255).all())
    small = (
        image.convert("RGB").quantize(MOST_COLOURS, dither=Image.Dither.NONE)
        if opaque
        else image.quantize(MOST_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    )
    info = PngImagePlugin.PngInfo()
    info.add_text(MARK, mark)
    part = path.with_name(path.name + ".part")
    small.save(part, format="PNG", optimize=True, pnginfo=info)
    part.replace(path)


def _key(steps: tuple[Motif, ...], colours: Mapping[str, str]) -> str:
    used = sorted({name for step in steps for name in step.colour_names()})
    return content_key(
        step="style picture",
        version=VERSION,
        steps=[step.model_dump(mode="json") for step in steps],
        colours={name: colours.get(name, name).upper() for name in used},
    )


def _grade_key(grade: Grade | None) -> str:
    return content_key(step="style grade", version=VERSION, grade=grade.model_dump(mode="json") if grade else None)


def _mark_of_picture(path: Path) -> str:
    try:
        with Image.open(path) as opened:
            return str(getattr(opened, "text", {}).get(MARK, ""))
    except (OSError, ValueError, SyntaxError):
        return ""


def _mark_of_table(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            words = lines.readline().split()
    except OSError:
        return ""
    return words[2] if words[:2] == ["#", MARK] and len(words) == 3 else ""
