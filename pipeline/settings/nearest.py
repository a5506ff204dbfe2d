"""Finds the known name that a misspelt one was meant to be."""

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from pipeline.documents.message import M, Message

CUTOFF = 0.6
"""difflib's own threshold: `langauge` is 0.88 of `language`, `colour` 0.33 of `crf`."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is spelt most like `name`; empty when none is similar. Case, width, `-` and blanks are ignored."""
    by_spelling = {_plain(known_name): known_name for known_name in reversed(tuple(known))}
    close = difflib.get_close_matches(_plain(name), by_spelling, n=1, cutoff=CUTOFF)
    return by_spelling[close[0]] if close else ""


def meant(given: str, labels: Mapping[str, Collection[str]]) -> list[str]:
    """The names of which a person wrote one of the labels, or, where that is none, a part of one: 视频号 for 微信视频号.

    labels: by name, all that people call it.
    """
    wanted = _plain(given)
    known = {name: {_plain(label) for label in called} for name, called in labels.items()}
    exact = [name for name, called in known.items() if wanted in called]
    return exact or [name for name, called in known.items() if wanted and any(wanted in label or label in wanted for label in called)]


def did_you_mean(mistake: Message, name: str, known: Iterable[str]) -> Message:
    """The mistake, followed by the nearest known name if there is one."""
    suggestion = nearest(name, known)
    return M("{mistake} (did you mean {nearest}?)", mistake=mistake, nearest=suggestion) if suggestion else mistake


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip().replace("-", "_").replace(" ", "_")
