"""The language that a command line asks for, before it is read, and help texts in it."""

from collections.abc import Sequence
from itertools import pairwise


def language_of(arguments: Sequence[str]) -> str:
    """The language that a command line asks for; Chinese where it asks for none, or for one that cannot be read any more."""
    asked = "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments)
    return "en" if asked else "zh"


def help_in(text: str, language: str) -> str:
    """One language of a help text, in which Chinese stands before the bar; the whole of one that stands in no language."""
    chinese, _, english = text.partition(" | ")
    return (english or chinese) if language == "en" else chinese
