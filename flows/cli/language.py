"""The language that a command line asks for, before it is read."""

from collections.abc import Sequence
from itertools import pairwise


def language_of(arguments: Sequence[str]) -> str:
    """The language that a command line asks for; Chinese where it asks for none, or for one that cannot be read any more."""
    asked = "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments)
    return "en" if asked else "zh"
