"""Chinese characters: which code points they are, and their Simplified form."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from opencc import OpenCC

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""The inside of a regular expression's brackets: the unified and compatibility ideographs of Unicode, and 〇."""
HAN_RUN = re.compile(f"[{HAN}]+")
"""A run of Chinese characters without anything else between them."""
_AUTHORED = ("著名", "著作", "显著", "名著", "原著", "土著", "编著", "论著", "专著", "著称", "昭著", "卓著", "巨著")
"""Words in which Simplified Chinese keeps 著; in other places the Traditional 著 is the particle 着."""


def is_han(text: str) -> bool:
    """Tell whether a text consists of Chinese characters and has at least one."""
    return HAN_RUN.fullmatch(text) is not None


def simplified(text: str) -> str:
    """Return a text in Simplified characters, as many characters as before, so that offsets stay valid."""
    converted = str(_converter().convert(text))
    if len(converted) != len(text):
        converted = "".join(simplified_character(character) for character in text)
    if "著" in converted and not any(word in converted for word in _AUTHORED):
        converted = converted.replace("著", "着")
    return converted


@lru_cache(maxsize=8192)
def simplified_character(character: str) -> str:
    """Return one character in its Simplified form; anything without one is returned unchanged."""
    if not is_han(character):
        return character
    converted = str(_converter().convert(character))
    return converted if len(converted) == 1 else character


@cache
def _converter() -> "OpenCC":
    from opencc import OpenCC  # slow to load, and not every run needs it

    return OpenCC("t2s")


def normalize_text(value: str) -> str:
    """Return text as it is compared and parsed: NFKC, so that every full-width form is narrow, Simplified, case-folded and stripped."""
    text = normalize("NFKC", value).casefold().strip()
    return simplified(text) if _may_be_traditional(text) else text


def _may_be_traditional(text: str) -> bool:
    """Whether a text has a character that the common Simplified ones do not: most texts have none, and the conversion is slow to load."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return any(is_han(letter) for letter in text)
    return False
