"""Title and short title: one line each, cut to the field."""

import re
from collections.abc import Iterable

from pipeline.chinese.text_length import text_length
from pipeline.chinese.text_truncation import truncate
from pipeline.documents.destination import Counting, Destination

_MARKS = re.compile(r"[^\w %℃]+")


def title_of(title: str, destination: Destination, names: Iterable[str]) -> str:
    """The title as the destination takes it; empty where it has no such field or nothing fits."""
    most = destination.caption_limits.get("title", 0)
    return truncate(" ".join(title.split()), most, destination.caption_counting.get("title", "characters"), names=names) if most else ""


def short_title_of(product: str, title: str, destination: Destination, names: Iterable[str]) -> str:
    """A short title of words, digits and blanks, as the stricter forms ask: the product, with the title's words where it is too short.

    Empty where the destination has no such field, or nothing reaches its least length.
    """
    most = destination.caption_limits.get("short_title", 0)
    least = destination.caption_least.get("short_title", 0)
    counting: Counting = destination.caption_counting.get("short_title", "characters")
    bare = [" ".join(_MARKS.sub(" ", text).split()) for text in (product, title)]
    rest = bare[1].replace(bare[0], "").strip() if bare[0] else ""
    for words in (bare[0], f"{bare[0]} {rest}".strip(), bare[1]):
        short = truncate(words, most, counting, names=names, ellipsis="") if words and most else ""
        if short and text_length(short, counting) >= max(least, 1):
            return short
    return ""
