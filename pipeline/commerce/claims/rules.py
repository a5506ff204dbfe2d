"""The rules of the claims check, read from the data files in `rules/`."""

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
    """A regular expression over normalized text, and what may replace its matches."""

    match: str
    instead: str | None = None


class WordRule(Frozen):
    """One rule on words.

    words: forbidden words with their replacements; matched as whole words only. patterns: matched anywhere.
    unless: matches inside these mean something else. softer: inside these the context decides, so that ✗ becomes ⚠.
    abroad: the verdict for destinations outside mainland China; `none` drops it. when: with `generated` the rule applies only to
    videos with generated parts.
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
        """All words as one expression, the longest first."""
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


class DisguisedSpelling(Frozen):
    """A spelling that evades word lists: what is matched stands for other characters."""

    match: str
    stands_for: str = Field(alias="for")


class Evasions(Frozen):
    """Characters and spellings by which forbidden words are disguised."""

    characters: dict[str, str]
    spellings: tuple[DisguisedSpelling, ...]


class TimeWords(Frozen):
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
def legal_sources() -> dict[str, Source]:
    """Return the legal sources by id."""
    return {source.id: source for source in (Source.model_validate(entry) for entry in _read("sources"))}


@cache
def word_rules() -> tuple[WordRule, ...]:
    """Return the rules on words. Raises Fault for a rule that names an unknown source."""
    rules = tuple(WordRule.model_validate(entry) for entry in chain.from_iterable(_read(name) for name in WORD_FILES))
    for rule in rules:
        if missing := set(rule.sources) - legal_sources().keys():
            raise Fault(M("{path} is broken: {error}", path=str(FOLDER), error=f"{rule.id}: {', '.join(sorted(missing))}"))
    return rules


@cache
def evasions() -> Evasions:
    """Return the known disguises of forbidden words."""
    return Evasions.model_validate(_read("evasions"))


@cache
def time_words() -> TimeWords:
    """Return the words of time and the contexts in which they matter."""
    return TimeWords.model_validate(_read("times"))


def cite_sources(*ids: str) -> tuple[Source, ...]:
    """Return the legal sources of these ids, in this order. Raises KeyError for an unknown one."""
    return tuple(legal_sources()[name] for name in ids)


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _any(expressions: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{expression})" for expression in expressions), re.I) if expressions else None
