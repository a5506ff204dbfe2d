"""Messages in the reader's language: gettext over assets/locale/<language>.po, English being the key itself."""

import gettext
import io
from functools import cache

import polib

from pipeline.documents.message import Message
from pipeline.resources import ASSETS

LIST_MARK = {"zh": "；"}
PLATFORM_FIELDS = frozenset({"platform"})
"""Fields that hold a destination's name as programs write it; people read what it is called. Its translations have this context."""
_NOTHING = "\u2060"
"""Stands for an empty account until the blank before it is taken away."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English, and any language without a file, speak the keys."""
    path = ASSETS / "locale" / f"{language}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    return gettext.GNUTranslations(io.BytesIO(polib.pofile(str(path)).to_binary()))


def say(message: Message, language: str) -> str:
    """The message as a person of that language reads it."""
    values: dict[str, object] = {}
    for name, value in message.values.items():
        if isinstance(value, tuple):
            values[name] = LIST_MARK.get(language, "; ").join(say(part, language).rstrip("。.") for part in value)
        elif name in PLATFORM_FIELDS:
            values[name] = translations(language).pgettext("platform", str(value))
        else:
            values[name] = say(value, language) if isinstance(value, Message) else value
    if values.get("account") == "":
        values["account"] = _NOTHING
    return translations(language).gettext(message.text).format(**values).replace(f" {_NOTHING}", "").replace(_NOTHING, "")
