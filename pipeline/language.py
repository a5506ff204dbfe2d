"""Messages in the reader's language: gettext over assets/locale/<language>.po, English being the key itself."""

import gettext
import io
import string
from functools import cache
from pathlib import PurePosixPath, PureWindowsPath

import polib

from pipeline.documents.message import Message
from pipeline.resources import ASSETS

LIST_MARK = {"zh": "；"}
PLATFORM_FIELDS = frozenset({"platform"})
"""Fields that hold a destination's name as programs write it; people read what it is called. Its translations have this context."""
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"
_MARKS = "，。：；、！？“”（）《》…"
_ENDS = tuple("。.！!？?")
_CLOSING = tuple("。；，.;,")
"""Marks after a place: the sentence that stands in it does not bring its own full stop."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English, and any language without a file, speak the keys."""
    path = ASSETS / "locale" / f"{language}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    return gettext.GNUTranslations(io.BytesIO(polib.pofile(str(path)).to_binary()))


def form_for(message: Message, language: str, context: str) -> str | None:
    """The form that a message has in a place where it is said to other people than usual; None when it has none of its own there."""
    form = translations(language).pgettext(context, message.text)
    return None if form == message.text else form


def say(message: Message, language: str, context: str = "") -> str:
    """The message as a person of that language reads it.

    context: of the translations that go before the usual ones, for a page whose readers do not sit at this computer: there a file's place
    on it is shortened to its name.
    """
    values: dict[str, object] = {}
    for name, value in message.values.items():
        if isinstance(value, tuple):
            said = (say(part, language, context) for part in value)
            values[name] = LIST_MARK.get(language, "; ").join(part.rstrip("。.") for part in said)
        elif name in PLATFORM_FIELDS:
            values[name] = translations(language).pgettext("platform", str(value))
        elif isinstance(value, Message):
            values[name] = say(value, language, context)
        else:
            values[name] = _name_of(value) if context and isinstance(value, str) else value
    template = (form_for(message, language, context) if context else None) or translations(language).gettext(message.text)
    if values.get("account") == "":
        template = template.replace(" {account}", "").replace("{account}", "")
    ours = {name for name, value in message.values.items() if isinstance(value, tuple | Message) or name in {*PLATFORM_FIELDS, "place"}}
    return _filled(template, values, ours)


def _name_of(text: str) -> str:
    """The last part of an absolute path, of this system or another; any other text as it is."""
    if "\n" in text or not (PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()):
        return text
    return PureWindowsPath(text).name or text


def _filled(template: str, values: dict[str, object], ours: set[str]) -> str:
    """A sentence with its places filled. The blank that parts a place from Chinese words is for Latin letters, digits and names that a
    person gave: it goes where Chinese words of our own stand on both sides, and before a mark always.

    ours: the places that hold words of our own.
    """
    parts: list[str] = []
    before, known = "", False
    for literal, name, spec, conversion in string.Formatter().parse(template):
        text = literal
        if known and text[:1] in _CLOSING:
            parts[-1] = _without_end(before)
            if not parts[-1] and text[:1] in _ENDS and "".join(parts).rstrip()[-1:] in _ENDS:
                text = text[1:]  # an empty place between two sentences leaves one mark
        if text.startswith(" ") and _is_chinese(before[-1:]) and _is_chinese(text[1:2]) and (known or text[1] in _MARKS):
            text = text[1:]
        parts.append(text)
        before = ""
        if name is None:
            continue
        place = "{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
        before, known = place.format(**values), name in ours
        if known and _is_chinese(before[:1]) and text.endswith(" ") and _is_chinese(text[-2:-1]):
            parts[-1] = text[:-1]
        parts.append(before)
    return "".join(parts)


def _without_end(said: str) -> str:
    """What is put into a sentence, without the mark that ends it where the sentence itself goes on with a mark."""
    return said.rstrip("。.") if said.endswith(("。", ".")) and not said.endswith("...") else said


def _is_chinese(character: str) -> bool:
    return bool(character) and (_FIRST_HAN <= character <= _LAST_HAN or character in _MARKS)
