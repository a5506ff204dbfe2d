"""The rules as they are read from the data files beside this one."""

import re
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from pipeline.documents.base import Frozen
from pipeline.documents.claims import Source, Verdict
from pipeline.documents.message import M
from pipeline.errors import Fault

FOLDER = Path(__file__).parent / "rules"
WORD_FILES = ("superlatives", "health", "proof")


class Pattern(Frozen):
    """A regular expression over folded text, and what may stand instead of what it finds."""

    match: str
    instead: str | None = None


class Rule(Frozen):
    """One rule on words.

    words: forbidden words with what may stand instead; found as whole words only. patterns: found wherever they match.
    unless: the words are something else inside these. softer: inside these the context decides, so that ✗ becomes ⚠.
    abroad: the verdict where the destination is not seen in mainland China; `none` drops it. when: `generated` holds the rule back
    unless something in the video is generated.
    """

    id: str
    verdict: Verdict
    reason: str
    sources: tuple[str, ...]
    abroad: Literal["warn", "block", "none"] = "block"
    when: Literal["", "generated"] = ""
    words: dict[str, str] = Field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[str, ...] = ()
    softer: tuple[str, ...] = ()

    @cached_property
    def expressions(self) -> tuple[tuple[re.Pattern[str], str | None], ...]:
        """The patterns, compiled."""
        return tuple((re.compile(pattern.match, re.I), pattern.instead) for pattern in self.patterns)

    @cached_property
    def word_expression(self) -> re.Pattern[str] | None:
        """All words, the longest first."""
        longest = sorted((word.casefold() for word in self.words), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest))) if longest else None

    @cached_property
    def excused(self) -> re.Pattern[str] | None:
        """`unless` as one expression."""
        return _any(self.unless)

    @cached_property
    def softened(self) -> re.Pattern[str] | None:
        """`softer` as one expression."""
        return _any(self.softer)


class Spelling(Frozen):
    """A way to write words so that a list does not find them: what is matched stands for other characters."""

    match: str
    stands_for: str = Field(alias="for")


class Evasions(Frozen):
    """All such ways."""

    characters: dict[str, str]
    spellings: tuple[Spelling, ...]


class Times(Frozen):
    """Words that are only true relative to now; see rules/times.yaml."""

    days: dict[str, int]
    parts: dict[str, str]
    weeks: dict[str, int]
    not_days: tuple[str, ...]
    buying: str
    delivery: str
    meeting: str
    rolling: str
    fresh: str
    live_price: str
    limited: str
    last: str
    hurry: str
    scarce: str
    scarce_not: str
    until: str


@cache
def sources() -> dict[str, Source]:
    """Every legal source by its id."""
    return {source.id: source for source in (Source.model_validate(entry) for entry in _read("sources"))}


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule on words. Raises Fault for one that names a source that is not there."""
    found = tuple(Rule.model_validate(entry) for entry in chain.from_iterable(_read(name) for name in WORD_FILES))
    for rule in found:
        if missing := set(rule.sources) - sources().keys():
            raise Fault(M("{path} is broken: {error}", path=str(FOLDER), error=f"{rule.id}: {', '.join(sorted(missing))}"))
    return found


@cache
def evasions() -> Evasions:
    """How forbidden words are disguised."""
    return Evasions.model_validate(_read("evasions"))


@cache
def times() -> Times:
    """The words of time."""
    return Times.model_validate(_read("times"))


def cited(*ids: str) -> tuple[Source, ...]:
    """The legal sources of these ids, in this order."""
    return tuple(sources()[name] for name in ids)


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _any(expressions: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions), re.I) if expressions else None
