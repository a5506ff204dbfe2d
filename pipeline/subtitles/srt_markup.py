"""The markup that subtitle editors write into SRT files: understood where it means a character or a line, taken off otherwise."""

import html
import re

_OVERRIDES = re.compile(r"\{\\[^{}]*\}")
"""ASS override tags such as {\\an8}, which Aegisub and Arctime keep in an SRT file."""
_TAGS = re.compile(r"</?(?:i|b|u|s|em|strong|ruby|rt|c|v|lang|font)(?:[ .][^<>]*)?/?>", re.I)
_BREAKS = re.compile(r"\\[Nn]|<br\s*/?>", re.I)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_BLANK = re.compile(r"\\h|\u00a0")


def without_markup(line: str) -> list[str]:
    """Return the lines that one line of a block stands for: tags taken off, entities as their characters, \\N and <br> as line breaks."""
    plain = html.unescape(_TAGS.sub("", _OVERRIDES.sub("", line)))
    parts = _BREAKS.split(_BLANK.sub(" ", _INVISIBLE.sub("", plain)))
    return [part.strip() for part in parts if part.strip()]
