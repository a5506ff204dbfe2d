"""Forbidden and doubtful words: the word rules applied to one text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.chinese import is_han
from pipeline.commerce.claims.context import sentence_around, stands_in
from pipeline.commerce.claims.disguises import grave_words
from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.rule_messages import advice_message, reason_message
from pipeline.commerce.claims.rules import WordRule, word_rules
from pipeline.commerce.claims.text_normalization import NormalizedText, normalize_spelling
from pipeline.commerce.claims.word_boundaries import is_whole_word
from pipeline.documents.claims import Claim, PlacedText, Verdict
from pipeline.documents.message import M

LONG_BY_SOUND = 3
"""Words of fewer characters that only sound like one of the rules are no disguise unless a rule finds them: 雪压断了竹子 is no 血压."""
_SEVERITY = {"block": 2, "warn": 1, "ok": 0}


@dataclass(frozen=True)
class _Match:
    """Words that a rule forbids or doubts, with their offsets in the normalized text."""

    rule: WordRule
    verdict: Verdict
    start: int
    end: int
    instead: str | None


def check_words(placed: PlacedText, *, mainland: bool, generated: bool, names: tuple[str, ...] = ()) -> list[Claim]:
    """Find the forbidden and doubtful words of one text.

    mainland: the destination is seen in mainland China. generated: parts of the video were generated. names: the product's names, in
    which such words are not praise.
    """
    normalized = normalize_spelling(placed.text)
    named = [
        match.span() for name in names if len(name) > 1 for match in re.finditer(re.escape(normalize_spelling(name).text), normalized.text)
    ]
    matches = [
        match
        for match in _matches(normalized, mainland, generated)
        if not any(start <= match.start and match.end <= end for start, end in named)
    ]
    strongest = _most_severe(matches)
    claims = [_claim(match, normalized, placed) for match in strongest]
    covered = [*named, *((match.start, match.end) for match in strongest)]
    return claims + [
        _disguise(start, end, normalized, placed)
        for start, end in normalized.disguised
        if normalized.text[start:end] in grave_words()
        and not (end - start < LONG_BY_SOUND and is_han(normalized.words(start, end)))
        and not any(start < last and first < end for first, last in covered)
        and not stands_in(("denied", "question_told"), normalized.text, start, end)
    ]


def _matches(normalized: NormalizedText, mainland: bool, generated: bool) -> Iterator[_Match]:
    for rule in word_rules():
        verdict = _verdict(rule, mainland)
        if verdict is None or (rule.when == "generated" and not generated):
            continue
        matches = list(_rule_matches(rule, normalized.text))
        if not matches:
            continue
        excused = _spans(rule.excused, normalized.text)
        softened = _spans(rule.softened, normalized.text)
        for start, end, instead in matches:
            if _inside(start, end, excused) or stands_in(rule.excused_by, normalized.text, start, end):
                continue
            softer = verdict == "block" and (_inside(start, end, softened) or stands_in(rule.softened_by, normalized.text, start, end))
            yield _Match(rule, "warn" if softer else verdict, start, end, instead)


def _verdict(rule: WordRule, mainland: bool) -> Verdict | None:
    """Return a rule's verdict for a destination, abroad never stricter than in mainland China; None when it does not apply there."""
    if mainland:
        return rule.verdict
    if rule.abroad == "none":
        return None
    return "warn" if rule.verdict == "warn" else rule.abroad


def _rule_matches(rule: WordRule, text: str) -> Iterator[tuple[int, int, str | None]]:
    yield from _word_matches(rule, text)
    for pattern in rule.patterns:
        for match in pattern.expression.finditer(text):
            if match[0] and (pattern.companion is None or pattern.companion.search(sentence_around(text, match.start()))):
                start, end = match.span("words" if "words" in pattern.expression.groupindex else 0)
                yield start, end, pattern.instead


def _word_matches(rule: WordRule, text: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield the whole words of a rule, at each place the longest that is one."""
    position = 0
    while rule.word_expression is not None and (match := rule.word_expression.search(text, position)):
        words = [word for word in rule.longest_words if text.startswith(word, match.start())]
        whole = next((word for word in words if is_whole_word(text, match.start(), match.start() + len(word))), None)
        position = match.start() + (len(whole) if whole else 1)
        if whole:
            yield match.start(), position, next((new for word, new in rule.words.items() if word.casefold() == whole), None)


def _spans(expression: re.Pattern[str] | None, text: str) -> list[tuple[int, int]]:
    """Return all spans in which an exception matches, overlapping ones as well."""
    if expression is None:
        return []
    spans, position = [], 0
    while match := expression.search(text, position):
        spans.append(match.span())
        position = match.start() + 1
    return spans


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _most_severe(matches: list[_Match]) -> list[_Match]:
    """Return, of matches on the same words, the most severe, then the longest; in the order of the text."""
    strongest: list[_Match] = []
    for match in sorted(matches, key=lambda match: (-_SEVERITY[match.verdict], match.start - match.end, match.start)):
        if not any(match.start < other.end and other.start < match.end for other in strongest):
            strongest.append(match)
    return sorted(strongest, key=lambda match: match.start)


def _disguise(start: int, end: int, normalized: NormalizedText, placed: PlacedText) -> Claim:
    """Make a warning of a disguised word that no rule finds in this sentence: the disguise itself draws a platform's eye."""
    words, plain = normalized.words(start, end), normalized.text[start:end]
    why = M("“{words}” reads like a disguise of “{plain}”; platforms look for such spellings.", words=words, plain=plain)
    return make_claim(
        "warn",
        "evasion",
        placed.place,
        why,
        sources=("platform", "ad-28"),
        words=words,
        at=normalized.source_span(start, end),
        suggestion=M("Write it plainly, or leave “{words}” out.", words=words),
    )


def _claim(match: _Match, normalized: NormalizedText, placed: PlacedText) -> Claim:
    words = normalized.words(match.start, match.end)
    reason = reason_message(match.rule.reason, words)
    if normalized.is_disguised(match.start, match.end):
        plain = normalized.text[match.start : match.end]
        reason = M("{reason} It stands for “{plain}”, and a disguise makes it worse.", reason=reason, plain=plain)
    return make_claim(
        match.verdict,
        match.rule.id,
        placed.place,
        reason,
        sources=match.rule.sources,
        words=words,
        at=normalized.source_span(match.start, match.end),
        suggestion=advice_message(match.rule.reason, words, match.instead),
        instead=match.instead,
    )
