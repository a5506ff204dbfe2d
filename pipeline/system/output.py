"""Output that reaches every terminal, file and pipe, whatever its encoding: a character that it lacks never ends a command."""

import codecs
import json
import sys
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

_ERRORS = "fieldcut.nearest"
NEAREST: Mapping[str, tuple[str, ...]] = {
    "✓": ("√", "OK"),
    "✗": ("×", "X"),
    "⚠": ("!",),
    "→": ("->",),
    "·": ("-",),
    "…": ("...",),
    "–": ("-",),
    "—": ("-",),
    "“": ('"',),
    "”": ('"',),
    "‘": ("'",),
    "’": ("'",),
    "×": ("x",),
    "¥": ("￥", "CNY "),
    "￥": ("CNY ",),
    "€": ("EUR ",),
}
"""Substitutes for characters that an encoding lacks, the best first. GBK, the encoding of Chinese Windows, has no ✓, no ⚠ and no ¥."""


def make_output_safe() -> None:
    """Make standard output and error write the nearest character that their encoding has, and never raise UnicodeEncodeError."""
    codecs.register_error(_ERRORS, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_substitute(character, error.encoding) for character in error.object[error.start : error.end]), error.end


def _substitute(character: str, encoding: str) -> str:
    for candidate in (*NEAREST.get(character, ()), normalize("NFKD", character), normalize("NFKD", character)[:1]):
        try:
            candidate.encode(encoding)
            return candidate
        except UnicodeEncodeError:
            pass
    return "?"


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""JSON for standard output: Chinese unescaped where the encoding has all of it, else as `\u` escapes, so that nothing is lost."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text
