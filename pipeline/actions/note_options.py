"""The wishes in a volunteer's note as options of the job; a wish that nobody understands is asked about, never dropped."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.brand import style_labels, style_named, template_names
from pipeline.catalog import read_brief
from pipeline.catalog.note_settings import NoteWish, read_length, read_wishes, wants_no_music
from pipeline.documents.message import M
from pipeline.documents.presets import preset_named
from pipeline.documents.sizes import SIZES, size_named
from pipeline.documents.subtitle_manners import MANNER_WORDS, subtitle_manner_named
from pipeline.errors import UserMistake
from pipeline.publish import destination_named, destination_names, load_destination
from pipeline.resources import TEMPLATES


def note_options(folder: Path, styles: Sequence[Path] = (TEMPLATES,)) -> dict[str, Any]:
    """What the note beside the clips wishes, as fields of `Job`, with `destinations` and `sizes` as lists.

    styles: the folders of the styles that there are.
    Raises UserMistake that quotes the line and says what may stand there.
    """
    options: dict[str, Any] = {}
    for wish in read_wishes(read_brief(folder).text):
        options |= _style(wish, styles) if wish.name == "style" else READERS[wish.name](wish)
    return options


def _style(wish: NoteWish, roots: Sequence[Path]) -> dict[str, Any]:
    style = style_named(wish.value, roots)
    if style not in template_names(roots):
        raise _not_understood(wish, ", ".join(style_labels(roots)))
    return {"template": style}


def _platforms(wish: NoteWish) -> dict[str, Any]:
    parts = [part for part in re.split(r"[、，,;；/和及与+\s]+", wish.value) if part]
    try:
        return {"destinations": [destination_named(part) for part in parts]}
    except UserMistake as mistake:
        raise _not_understood(wish, ", ".join(sorted(load_destination(name).label["zh"] for name in destination_names()))) from mistake


def _length(wish: NoteWish) -> dict[str, Any]:
    seconds = read_length(wish.value)
    if seconds is None:
        raise _not_understood(wish, "30秒, 半分钟, 1分钟")
    return {"max_seconds": seconds}


def _size(wish: NoteWish) -> dict[str, Any]:
    size = size_named(wish.value)
    if size is None:
        raise _not_understood(wish, ", ".join(["竖屏", "横屏", "方形", *SIZES]))
    return {"sizes": [size]}


def _music(wish: NoteWish) -> dict[str, Any]:
    if wants_no_music(wish.value):
        return {"music": "none"}
    raise _not_understood(wish, "不要")


def _quality(wish: NoteWish) -> dict[str, Any]:
    preset = preset_named(wish.value)
    if preset is None:
        raise _not_understood(wish, "草稿, 标准, 最好")
    return {"preset": preset}


def _subtitles(wish: NoteWish) -> dict[str, Any]:
    manner = subtitle_manner_named(wish.value)
    if manner is None:
        raise _not_understood(wish, ", ".join(MANNER_WORDS))
    return {"subtitles": manner}


READERS: Mapping[str, Callable[[NoteWish], dict[str, Any]]] = {
    "length": _length,
    "platforms": _platforms,
    "size": _size,
    "product": lambda wish: {"product": wish.value},
    "music": _music,
    "quality": _quality,
    "subtitles": _subtitles,
}


def _not_understood(wish: NoteWish, known: str) -> UserMistake:
    return UserMistake(M("The note says “{line}”, which is not understood. What may stand there: {known}", line=wish.line, known=known))
