"""The words of columns.yaml: what headings mean, and what cells may say."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from unicodedata import category

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.resources import read_packaged_yaml

_DECORATION = ("So", "Cf", "Mn")
"""Classes of characters that only decorate: pictures, triangles and stars, variation marks."""
_REMEMBERED = 4096
"""Texts whose form is remembered: a column says the same few words over and over."""


@cache
def column_vocabulary() -> dict[str, Any]:
    """Return the content of columns.yaml: known headings by field, words of prices by meaning, and words that cells may hold."""
    loaded: dict[str, Any] = read_packaged_yaml(Path(__file__).with_name("columns.yaml"))
    return loaded


@cache
def cell_words(kind: str) -> frozenset[str]:
    """Return the words of one list of columns.yaml (empty, endless, sold_out, …) in the form in which cells are compared."""
    return frozenset(cell_key(word) for word in column_vocabulary()[kind])


def cell_says(text: str, kind: str) -> bool:
    """Tell whether a cell is one of the words of a list, also with 已, 都 or 了 beside it: 已抢光了."""
    key = cell_key(text)
    bare = re.sub(r"^(?:已经?|都|全部?|暂时|今[日天]的?)|(?:了|啦|中)$", "", key)
    return key in cell_words(kind) or (len(bare) > 1 and (bare in cell_words(kind) or f"{bare}了" in cell_words(kind)))


@lru_cache(maxsize=_REMEMBERED)
def cell_key(text: str) -> str:
    """Return a cell's text in the form in which words are compared: without blanks, outer brackets and closing punctuation."""
    return re.sub(r"^[(\[【]+|[)\]】!！。.:：~]+$", "", re.sub(r"\s+", "", normalize_text(text)))


@lru_cache(maxsize=_REMEMBERED)
def heading_key(title: str) -> str:
    """Return a heading in the form in which headings are compared: without brackets, blanks and punctuation."""
    return re.sub(r"[\s_\-*:#.·?]+", "", re.sub(r"[(\[【].*?[)\]】]", "", plain_heading(title)))


@lru_cache(maxsize=_REMEMBERED)
def plain_heading(title: str) -> str:
    """Return a heading as it is read: without pictures, arrows and stars, its own number (1.品名) and brackets around all of it."""
    text = "".join(letter for letter in normalize_text(title) if category(letter) not in _DECORATION)
    text = re.sub(r"^[(【\[]([^()【】\[\]]+)[)】\]]$", r"\1", text.strip())
    return re.sub(r"^\d{1,2}[.、)]\s*(?=[^\d\s])", "", text).strip(" *→↓")
