"""Finds the mark that a generator of pictures left in a file: in its metadata's words, or as a manifest inside the container."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.resources import read_packaged_yaml

ENCODERS = {"google": "Veo"}
"""Encoder tags that only generators of pictures write, and the generators' names."""
MARK_BYTES = {"C2PA": (b"c2pa", b"rainedAlgorithmicMedia"), "AIGC": (b"AIGC", b"Label")}
"""Marks of generated pictures inside the container: a C2PA manifest that names a trained model as the picture's source (a manifest
without it is a camera's signature), and the metadata of GB 45438-2025. All parts of a mark must be present: four letters alone
occur by chance."""
SEARCHED_BYTES = 262_144
"""Bytes at either end of a file that are searched for marks."""


@dataclass(frozen=True)
class _Words:
    """Patterns of `generators.yaml`, each with the generator's name."""

    sure: tuple[tuple[str, re.Pattern[str]], ...]
    named: tuple[tuple[str, re.Pattern[str]], ...]
    denied: re.Pattern[str]
    """What stands before the words in “not AI generated”."""
    how: re.Pattern[str]
    fields: frozenset[str]


def generated_mark(path: Path, metadata: Mapping[str, str]) -> str | None:
    """The generator or the kind of mark; None where the file carries none. metadata: the container's."""
    fields = {key.lower(): value for key, value in metadata.items()}
    encoder = fields.get("encoder", "").strip().lower()
    if encoder in ENCODERS:
        return ENCODERS[encoder]
    if "aigc" in fields:  # in a long film the index before it is larger than what is searched below
        return "AIGC"
    words = _words()
    said = next((mark for key, value in fields.items() if key in words.fields and (mark := mark_in_words(value))), None)
    return said or _mark_in_bytes(path)


def mark_in_words(text: str) -> str | None:
    """The generator that a title, a comment or the like names as the maker of the picture."""
    words = _words()

    def stands(match: re.Match[str] | None) -> bool:
        return match is not None and not words.denied.search(text[: match.start()])

    for name, pattern in words.sure:
        if stands(pattern.search(text)):
            return name
    for name, pattern in words.named:
        if pattern.fullmatch(text.strip()) or (pattern.search(text) and stands(words.how.search(text))):
            return name
    return None


@cache
def _words() -> _Words:
    data: dict[str, Any] = read_packaged_yaml(Path(__file__).with_name("generators.yaml"))

    def patterns(key: str, before: str = "", after: str = "") -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((name, re.compile(f"{before}(?:{pattern}){after}", re.I)) for name, pattern in data[key])

    alone = patterns("named", r"(?<![A-Za-z])", r"(?![A-Za-z])")
    denied, how = (re.compile(data[key], re.I) for key in ("denied", "how"))
    return _Words(patterns("sure"), alone, denied, how, frozenset(data["fields"]))


def _mark_in_bytes(path: Path) -> str | None:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(SEARCHED_BYTES)
        file.seek(max(len(head), size - SEARCHED_BYTES))
        ends = head + file.read()
    return next((name for name, parts in MARK_BYTES.items() if all(part in ends for part in parts)), None)
