"""The rules on words, applied to one placed text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.commerce.claims.folding import Folded, fold
from pipeline.commerce.claims.found import claim
from pipeline.commerce.claims.reasons import advice, why
from pipeline.commerce.claims.rules import Rule, rules
from pipeline.commerce.claims.tokens import is_whole
from pipeline.documents.claims import Claim, PlacedText, Verdict
from pipeline.documents.message import M

_WEIGHT = {"block": 2, "warn": 1, "ok": 0}


@dataclass(frozen=True)
class _Hit:
    rule: Rule
    verdict: Verdict
    start: int
    end: int
    instead: str | None


def check_words(placed: PlacedText, *, mainland: bool, generated: bool, names: tuple[str, ...] = ()) -> list[Claim]:
    """Every forbidden or doubtful word of one text.

    mainland: the destination is seen in mainland China. generated: something in the video is. names: the product's names, which are
    names and no praise, whatever words they hold.
    """
    folded = fold(placed.text)
    named = [match.span() for name in names if len(name) > 1 for match in re.finditer(re.escape(fold(name).text), folded.text)]
    hits = [hit for hit in _hits(folded, mainland, generated) if not any(start <= hit.start and hit.end <= end for start, end in named)]
    return [_claim(hit, folded, placed) for hit in _strongest(hits)]


def _hits(folded: Folded, mainland: bool, generated: bool) -> Iterator[_Hit]:
    for rule in rules():
        if rule.when == "generated" and not generated:
            continue
        verdict: Verdict | None = rule.verdict if mainland else None if rule.abroad == "none" else rule.abroad
        if verdict is None or (rule.verdict == "warn" and verdict == "block"):
            verdict = "warn" if verdict else None
        if verdict is None:
            continue
        found = list(_matches(rule, folded.text))
        if not found:
            continue
        excused = _spans(rule.excused, folded.text)
        softened = _spans(rule.softened, folded.text)
        for start, end, instead in found:
            if _inside(start, end, excused):
                continue
            softer = verdict == "block" and _inside(start, end, softened)
            yield _Hit(rule, "warn" if softer else verdict, start, end, instead)


def _matches(rule: Rule, text: str) -> Iterator[tuple[int, int, str | None]]:
    if rule.word_expression is not None:
        for match in rule.word_expression.finditer(text):
            if is_whole(text, match.start(), match.end()):
                yield match.start(), match.end(), next((new for word, new in rule.words.items() if word.casefold() == match[0]), None)
    for expression, instead in rule.expressions:
        for match in expression.finditer(text):
            if match[0]:
                yield match.start(), match.end(), instead


def _spans(expression: re.Pattern[str] | None, text: str) -> list[tuple[int, int]]:
    """Where an exception matches, beginning anywhere: overlapping ones count as well."""
    if expression is None:
        return []
    spans, at = [], 0
    while match := expression.search(text, at):
        spans.append(match.span())
        at = match.start() + 1
    return spans


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _strongest(hits: list[_Hit]) -> list[_Hit]:
    """Of findings on the same words the gravest, then the longest; in the order of the text."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (-_WEIGHT[hit.verdict], hit.start - hit.end, hit.start)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _claim(hit: _Hit, folded: Folded, placed: PlacedText) -> Claim:
    words = folded.words(hit.start, hit.end)
    reason = why(hit.rule.reason, words)
    if folded.disguised(hit.start, hit.end):
        plain = folded.text[hit.start : hit.end]
        reason = M("{reason} It stands for “{plain}”, and a disguise makes it worse.", reason=reason, plain=plain)
    return claim(
        hit.verdict,
        hit.rule.id,
        placed.place,
        reason,
        sources=hit.rule.sources,
        words=words,
        at=folded.span(hit.start, hit.end),
        suggestion=advice(hit.rule.reason, words, hit.instead),
        instead=hit.instead,
    )
