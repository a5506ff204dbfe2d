"""The rules of the claims check, read from the data files in `rules/`."""

import re
from datetime import date
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipeline.documents.base import Frozen
from pipeline.documents.claims import Source, Verdict
from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.resources import read_packaged_yaml

FOLDER = Path(__file__).parent / "rules"
WORD_FILES = ("superlatives", "health", "body_functions", "proof", "endorsements", "selling", "english")
_GAP = re.compile(r"\{gap(\d+)\}")
_CHARACTER_CLASS = re.compile(r"\[[^\]\\]*[，！？；：][^\]\\]*\]")
_NARROW = {"，": ",", "！": "!", "？": "?", "；": ";", "：": ":"}
"""Marks in a character class stand for their narrow form as well, which normalized text has."""
_VOCABULARY = re.compile(r"\{([a-z_]+)\}")


def _blank_separated(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Pattern(Frozen):
    """A regular expression over normalized text, and what may replace its matches, or its group `words` where it has one.

    beside: the pattern counts only in a sentence in which this is found.
    """

    match: str
    instead: str | None = None
    beside: str = ""

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return compile_expression(self.match)

    @cached_property
    def companion(self) -> re.Pattern[str] | None:
        """`beside`, compiled."""
        return compile_expression(self.beside) if self.beside else None


class WordRule(Frozen):
    """One rule on words.

    words: forbidden words with their replacements; matched as whole words only. patterns: matched anywhere.
    unless: matches inside these mean something else. softer: inside these the context decides, so that ✗ becomes ⚠.
    excused_by, softened_by: the same by meaning, as names of `contexts.yaml`: what is denied, who is treated, who speaks.
    seen: when the rule was last held against its sources. look_again: when that is due once more.
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
    excused_by: tuple[str, ...] = ()
    softened_by: tuple[str, ...] = ()
    seen: date
    look_again: date

    @cached_property
    def word_expression(self) -> re.Pattern[str] | None:
        """All words as one expression, the longest first."""
        return re.compile("|".join(map(re.escape, self.longest_words))) if self.words else None

    @cached_property
    def longest_words(self) -> tuple[str, ...]:
        """All words in small letters, the longest first."""
        return tuple(sorted((word.casefold() for word in self.words), key=len, reverse=True))

    @cached_property
    def excused(self) -> re.Pattern[str] | None:
        """`unless` as one expression."""
        return _any(self.unless)

    @cached_property
    def softened(self) -> re.Pattern[str] | None:
        """`softer` as one expression."""
        return _any(self.softer)


class ContextShape(Frozen):
    """One way in which the words around a match tell what it means; everything that is given must hold.

    scope: what is looked at: the match's clause, its sentence, or the whole text. before: ends where the match begins. after: begins where
    the match ends. around: is found somewhere. not_around: is found nowhere.
    """

    scope: Literal["clause", "sentence", "text"] = "clause"
    before: str = ""
    after: str = ""
    around: str = ""
    not_around: str = ""

    def holds(self, before: str, match: str, after: str) -> bool:
        """Tell whether a match with these words before and after it stands in this context."""
        whole = before + match + after
        if self.before and not self._expressions[0].search(before):
            return False
        if self.after and not self._expressions[1].match(after):
            return False
        if self.around and not self._expressions[2].search(whole):
            return False
        return not (self.not_around and self._expressions[3].search(whole))

    @cached_property
    def _expressions(self) -> tuple[re.Pattern[str], ...]:
        return (
            compile_expression(f"(?:{self.before})$"),
            compile_expression(self.after),
            compile_expression(self.around),
            compile_expression(self.not_around),
        )


class Context(Frozen):
    """A context that excuses or softens a match: one of its shapes holds."""

    shapes: tuple[ContextShape, ...]


class DisguisedSpelling(Frozen):
    """A spelling that evades word lists: what is matched stands for other characters."""

    match: str
    stands_for: str = Field(alias="for")


class Evasions(Frozen):
    """Characters and spellings by which forbidden words are disguised; see rules/evasions.yaml.

    characters: one that is used for another. pictures: those that are read aloud. letters, digits_as_letters: what stands for a Latin
    letter inside a word. english: the words that are looked for. similar: characters that count as another one inside a word of the rules.
    phrases: what is looked for beside the words of the rules; by_sound: words of two characters that are known by their sound alone.
    too_common: characters that are no disguise, because any sentence has them.
    """

    characters: dict[str, str]
    pictures: dict[str, str]
    letters: dict[str, str]
    digits_as_letters: dict[str, str]
    english: frozenset[str]
    similar: dict[str, str]
    spellings: tuple[DisguisedSpelling, ...]
    phrases: Annotated[frozenset[str], BeforeValidator(_blank_separated)]
    by_sound: Annotated[frozenset[str], BeforeValidator(_blank_separated)]
    too_common: Annotated[frozenset[str], BeforeValidator(_blank_separated)]


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
    scarce_told: str
    until: str


class DiscountWords(Frozen):
    """Expressions for discounts and old prices; see rules/discounts.yaml."""

    tenths: str
    half: str
    percent: str
    half_english: str
    several: str
    saved: str
    saved_elsewhere: str
    bare_old_price: str
    bare_saving: str


class CalendarWords(Frozen):
    """Holidays with their days, and expressions for words of the calendar and hours; see rules/calendar.yaml."""

    lunar: dict[str, tuple[date, ...]]
    solar: dict[str, str]
    days: dict[str, int]
    names: dict[str, tuple[str, ...]]
    before_new_year: str
    weekday: str
    weekday_english: str
    month: str
    year_end: str
    recurring: str
    told: str
    appointment: str
    every_day: str
    only: str
    rises: str


@cache
def legal_sources() -> dict[str, Source]:
    """Return the legal sources by id."""
    return {source.id: source for source in (Source.model_validate(entry) for entry in _read("sources"))}


@cache
def word_rules() -> tuple[WordRule, ...]:
    """Return the rules on words. Raises Fault for a rule that names an unknown source or context."""
    rules = tuple(WordRule.model_validate(entry) for entry in chain.from_iterable(_read(name) for name in WORD_FILES))
    for rule in rules:
        named = {*rule.excused_by, *rule.softened_by} - contexts().keys()
        if missing := (set(rule.sources) - legal_sources().keys()) | named:
            where = f"{rule.id}: {', '.join(sorted(missing))}"
            raise Fault(M("{path} is broken; install FieldCut anew. The place: {where}", path=str(FOLDER), where=where))
    return rules


@cache
def contexts() -> dict[str, Context]:
    """Return the contexts that excuse or soften a match, by name."""
    return {
        name: Context(shapes=tuple(ContextShape.model_validate(shape) for shape in shapes)) for name, shapes in _read("contexts").items()
    }


def compile_expression(text: str) -> re.Pattern[str]:
    """Compile an expression of a rule: `{name}` stands for any word of that list, `{gap4}` for up to four characters of a clause.

    Raises KeyError for a list that there is not.
    """
    text = _CHARACTER_CLASS.sub(lambda found: found[0][:-1] + "".join(_NARROW.get(mark, "") for mark in found[0]) + "]", text)
    spelled = _GAP.sub(lambda gap: rf"[^，。！？；,.!?;\n]{{0,{gap[1]}}}", text)
    return re.compile(_VOCABULARY.sub(lambda name: _vocabulary()[name[1]], spelled), re.I)


@cache
def _vocabulary() -> dict[str, str]:
    """Return an alternation for each list of words, the longest first."""
    lists: dict[str, str | list[str]] = _read("vocabulary")
    words = {name: entry.split() if isinstance(entry, str) else entry for name, entry in lists.items()}
    return {name: "(?:" + "|".join(sorted(map(re.escape, entries), key=len, reverse=True)) + ")" for name, entries in words.items()}


@cache
def evasions() -> Evasions:
    """Return the known disguises of forbidden words."""
    return Evasions.model_validate(_read("evasions"))


@cache
def discount_words() -> DiscountWords:
    """Return the expressions for discounts and old prices."""
    return DiscountWords.model_validate(_read("discounts"))


@cache
def calendar_words() -> CalendarWords:
    """Return the holidays, and the expressions for words of the calendar and hours."""
    return CalendarWords.model_validate(_read("calendar"))


@cache
def time_words() -> TimeWords:
    """Return the words of time and the contexts in which they matter."""
    return TimeWords.model_validate(_read("times"))


def cite_sources(*ids: str) -> tuple[Source, ...]:
    """Return the legal sources of these ids, in this order. Raises KeyError for an unknown one."""
    return tuple(legal_sources()[name] for name in ids)


def _read(name: str) -> Any:
    return read_packaged_yaml(FOLDER / f"{name}.yaml")


def _any(expressions: tuple[str, ...]) -> re.Pattern[str] | None:
    return compile_expression("|".join(f"(?:{expression})" for expression in expressions)) if expressions else None
