"""Words such as today or 最后两小时, which are true relative to now, checked for the time at which the video is published."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from pipeline.chinese import read_number
from pipeline.commerce.claims.dates import WrittenDate, date_text, find_dates, find_time, moment_text, sellers_time, week_start
from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.rules import time_words
from pipeline.commerce.claims.text_normalization import NormalizedText, normalize_spelling
from pipeline.documents.claims import Claim, PlacedText, Verdict
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.settings import coop_zone

_CLAUSE = re.compile(r"[^，。！？；,!?;\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_DAILY = re.compile(r"前|之前|截单|截止|自提|到店|取货|提货|次日|送达|order|pick")
_FINAL = re.compile(r"最后|倒计时|last|final", re.I)
SOON = timedelta(days=7)
"""限时 is true of an offer that ends within a week; our own choice."""
SUBTITLE_BREAK = "\u200b"
"""Between a subtitle and the next: no character of any word, so that a clause may continue."""
ALONE_WITHIN = 3
"""A countdown with at most this many other characters in its sentence is about the offer, whatever words are missing."""
_LAW = ("ecommerce-17", "ad-28")
_DEADLINE_LAW = ("promotion", "price-14", "ad-28")


@dataclass(frozen=True)
class TimeContext:
    """When words of time were said and when they are published, in the seller's time zone, and the offer."""

    spoken_at: datetime
    planned_at: datetime
    offer: Offer | None

    @property
    def same_day(self) -> bool:
        """Whether the words are published on the day on which they were said."""
        return self.spoken_at.date() == self.planned_at.date()

    @property
    def offer_ends(self) -> datetime | None:
        """The end of the offer in the seller's time zone; None for an offer without end."""
        return sellers_time(self.offer.offer_ends) if self.offer and self.offer.offer_ends else None


@dataclass(frozen=True)
class _Finding:
    """A claim in the making, with its offsets in the normalized text."""

    start: int
    end: int
    verdict: Verdict
    rule: str
    why: Message
    suggestion: Message | None = None
    instead: str | None = None
    law: tuple[str, ...] = _LAW


def check_times(placed: PlacedText, offer: Offer | None, planned_at: datetime, now: datetime, following: str = "") -> list[Claim]:
    """Check every word of time of one text.

    planned_at, now: aware; `placed.said_at`, where it is known, counts instead of `now`. following: what is said right after the
    text, since a sentence may continue in the next subtitle.
    """
    normalized = normalize_spelling(placed.text + (SUBTITLE_BREAK + following if following else ""))
    context = TimeContext(sellers_time(placed.said_at or now), sellers_time(planned_at), offer)
    findings = [
        *_check_countdowns(normalized, context),
        *_check_days(normalized, context),
        *_check_weeks(normalized, context),
        *_check_dates(normalized, context),
        *_check_phrases(normalized, context),
        *_check_scarcity(normalized, context),
    ]
    kept: list[_Finding] = []
    for finding in sorted(findings, key=lambda finding: (finding.verdict != "block", finding.verdict != "warn", finding.start)):
        if not any(finding.start < other.end and other.start < finding.end for other in kept):
            kept.append(finding)
    return [
        make_claim(
            finding.verdict,
            finding.rule,
            placed.place,
            finding.why.model_copy(update={"values": {**finding.why.values, "words": normalized.words(finding.start, finding.end)}}),
            sources=finding.law,
            words=normalized.words(finding.start, finding.end),
            at=normalized.source_span(finding.start, finding.end),
            suggestion=finding.suggestion,
            instead=finding.instead,
        )
        for finding in sorted(kept, key=lambda finding: finding.start)
        if normalized.source_span(finding.start, finding.end)[1] <= len(placed.text)
    ]


def _check_days(normalized: NormalizedText, context: TimeContext) -> Iterator[_Finding]:
    vocabulary = time_words()
    text = normalized.text
    excused = [match.span() for shape in vocabulary.not_days for match in re.finditer(shape, text)]
    for match in _any_of(tuple(vocabulary.days)).finditer(text):
        if any(first <= match.start() and match.end() <= last for first, last in excused):
            continue
        clause = _clause(text, match.start())
        about = next(
            (name for name in ("buying", "delivery", "meeting", "fresh") if re.search(getattr(vocabulary, name), clause, re.I)), ""
        )
        if about:
            rolling = any(other.start() <= match.start() < other.end() for other in re.finditer(vocabulary.rolling, text, re.I))
            yield _same_day(match, clause, about, rolling, context)


def _same_day(match: re.Match[str], clause: str, about: str, rolling: bool, context: TimeContext) -> _Finding:
    words = match[0]
    day = context.spoken_at.date() + timedelta(days=time_words().days[words])
    span = (match.start(), match.end())
    if not context.same_day:
        return _other_day(words, span, clause, about, rolling, context)
    until = find_time(clause, evening=_is_evening(words))
    deadline = datetime.combine(day, until, coop_zone()) if until and re.search(time_words().until, clause, re.I) else None
    if about == "buying" and deadline and deadline <= context.planned_at:
        why = M(
            "“{words}”: that hour is over when the video is published ({planned}).", words=words, planned=_timestamp(context.planned_at)
        )
        return _Finding(*span, "block", "time.day", why, M("Leave that hour out, or publish earlier."), law=_DEADLINE_LAW)
    if about == "buying" and context.offer_ends and context.offer_ends.date() < day:
        why = M("“{words}”: the offer is over by then, it ends {ends}.", words=words, ends=_timestamp(context.offer_ends))
        return _Finding(*span, "block", "time.day", why, M("Leave “{words}” out.", words=words), "", _DEADLINE_LAW)
    cutoff = find_time(context.offer.order_cutoff) if context.offer and context.offer.order_cutoff else None
    if about == "buying" and deadline and cutoff and until != cutoff:
        why = M("“{words}”: the sheet's hour is {cutoff}, not the one that is said.", words=words, cutoff=f"{cutoff:%H:%M}")
        return _Finding(*span, "warn", "time.day", why, M("Say the sheet's hour, or correct the sheet."))
    return _Finding(*span, "ok", "time.day", M("“{words}” is right: the video is published on the same day.", words=words))


def _other_day(words: str, span: tuple[int, int], clause: str, about: str, rolling: bool, context: TimeContext) -> _Finding:
    """Judge a word for a day that is published on another day than it was said."""
    english = words.isascii()
    offset = time_words().days[words]
    day = context.spoken_at.date() + timedelta(days=offset)
    meant = date_text(day, time_words().parts.get(words, ""), english=english, beside=context.planned_at.date())
    planned = _timestamp(context.planned_at)
    if about == "fresh":
        why = M("“{words}” meant {meant}; seen from {planned} it is not true.", words=words, meant=meant, planned=planned)
        suggestion = M("Leave “{words}” out, or write “{instead}”.", words=words, instead=meant)
        return _Finding(*span, "warn", "time.fresh", why, suggestion, meant)
    cutoff = find_time(context.offer.order_cutoff) if context.offer and context.offer.order_cutoff else None
    said = find_time(clause, evening=_is_evening(words))
    every_day = cutoff is not None and offset >= 0 and (about == "delivery" or (about == "buying" and said == cutoff))
    if rolling or every_day:
        instead = _every_day_words(offset, time_words().parts.get(words, ""), english=english, every_day=every_day)
        why = M("“{words}” may hold on every day, but meant {meant} when it was said.", words=words, meant=meant)
        return _Finding(*span, "warn", "time.day", why, M("Write “{instead}”.", instead=instead), instead)
    verdict: Verdict = "warn" if about == "meeting" else "block"
    if day < context.planned_at.date():
        why = M(
            "“{words}” meant {meant}, which is over when the video is published ({planned}).", words=words, meant=meant, planned=planned
        )
        return _Finding(*span, verdict, "time.day", why, M("Leave “{words}” out, or say what holds then.", words=words), "", _DEADLINE_LAW)
    why = M("“{words}” meant {meant}; seen from {planned} it says another day.", words=words, meant=meant, planned=planned)
    return _Finding(*span, verdict, "time.day", why, M("Write “{instead}”.", instead=meant), meant)


def _is_evening(words: str) -> bool:
    return "晚" in words or words in ("tonight", "this evening")


def _every_day_words(offset: int, part: str, *, english: bool, every_day: bool) -> str:
    """Return the words for a promise that is renewed every day."""
    if offset > 0:
        return "the next day" if english else "次日"
    if english:
        return "every day" if every_day else "on the day"
    return ("每天" if every_day else "当天") + part if every_day or part != "晚" else "当晚"


def _check_weeks(normalized: NormalizedText, context: TimeContext) -> Iterator[_Finding]:
    vocabulary = time_words()
    for match in _any_of(tuple(vocabulary.weeks)).finditer(normalized.text):
        clause = _clause(normalized.text, match.start())
        if not any(re.search(shape, clause, re.I) for shape in (vocabulary.buying, vocabulary.delivery, vocabulary.meeting)):
            continue
        words = match[0]
        if week_start(context.spoken_at.date()) == week_start(context.planned_at.date()):
            why = M("“{words}” is right: the video is published in the same week.", words=words)
            yield _Finding(match.start(), match.end(), "ok", "time.week", why)
            continue
        first = week_start(context.spoken_at.date()) + timedelta(weeks=vocabulary.weeks[words])
        last = first + timedelta(days=6)
        first_and_last = [date_text(day, "", english=words.isascii(), beside=context.planned_at.date()) for day in (first, last)]
        meant = " – ".join(first_and_last) if words.isascii() else "至".join(first_and_last)
        why = M(
            "“{words}” meant {meant}; seen from {planned} it says another week.",
            words=words,
            meant=meant,
            planned=_timestamp(context.planned_at),
        )
        if last < context.planned_at.date():
            suggestion = M("Leave “{words}” out, or say what holds then.", words=words)
            yield _Finding(match.start(), match.end(), "block", "time.week", why, suggestion, "", _DEADLINE_LAW)
        else:
            yield _Finding(match.start(), match.end(), "block", "time.week", why, M("Write “{instead}”.", instead=meant), meant)


def _check_dates(normalized: NormalizedText, context: TimeContext) -> Iterator[_Finding]:
    """Check calendar dates that end something: they may be over at publication, or not the end of the offer."""
    vocabulary = time_words()
    for written in find_dates(normalized.text, context.planned_at.date()):
        clause = _clause(normalized.text, written.start)
        if not (re.search(f"{vocabulary.buying}|{vocabulary.meeting}", clause, re.I) and re.search(vocabulary.until, clause, re.I)):
            continue
        hour = find_time(clause[clause.find(normalized.text[written.start : written.end]) + written.end - written.start :]) or time(23, 59)
        deadline = datetime.combine(written.day, hour, coop_zone())
        words = normalized.words(written.start, written.end)
        if deadline <= context.planned_at:
            why = M("“{words}” is over when the video is published ({planned}).", words=words, planned=_timestamp(context.planned_at))
            yield _Finding(
                written.start, written.end, "block", "time.date", why, M("Leave that date out, or publish earlier."), None, _DEADLINE_LAW
            )
        elif context.offer_ends and not _same_date(written, context.offer_ends.date()):
            ends = moment_text(context.offer_ends, english=normalized.text.isascii(), beside=context.planned_at.date())
            why = M("“{words}” is not the day on which the sheet's offer ends ({ends}).", words=words, ends=ends)
            instead = date_text(context.offer_ends.date(), "", english=words.isascii(), beside=context.planned_at.date())
            yield _Finding(
                written.start, written.end, "warn", "time.date", why, M("Write “{instead}”.", instead=instead), instead, _DEADLINE_LAW
            )
        else:
            yield _Finding(
                written.start, written.end, "ok", "time.date", M("“{words}” is still ahead when the video is published.", words=words)
            )


def _same_date(written: WrittenDate, day: date) -> bool:
    """Tell whether a written date means a day; one without a year means that day of any year."""
    return written.day == day if written.with_year else (written.day.month, written.day.day) == (day.month, day.day)


def _check_countdowns(normalized: NormalizedText, context: TimeContext) -> Iterator[_Finding]:
    """Check countdowns (最后两小时, 还剩三天), which are true only while the offer really ends then."""
    vocabulary = time_words()
    for match in re.finditer(vocabulary.last, normalized.text, re.I):
        left = _duration(match)
        sentence = _sentence(normalized.text, match.start())
        is_alone = (
            bool(_FINAL.match(match[0]))
            and len(sentence.strip()) <= len(match[0]) + ALONE_WITHIN
            and left is not None
            and left >= timedelta(hours=1)
        )
        if left is None or not (is_alone or re.search(vocabulary.hurry, sentence, re.I)):
            continue
        words = match[0]
        span = (match.start(), match.end())
        if context.offer_ends is None:
            why = M("“{words}” counts down to an end that the product sheet does not have.", words=words)
            verdict: Verdict = "block" if context.offer else "warn"
            yield _Finding(
                *span, verdict, "time.countdown", why, M("Leave it out, or write the offer's end into the sheet."), "", _DEADLINE_LAW
            )
            continue
        remaining = context.offer_ends - context.planned_at
        whole_day = left == timedelta(days=1)
        is_true = (
            context.offer_ends.date() == context.planned_at.date()
            if whole_day
            else abs(remaining - left) <= max(left / 4, timedelta(minutes=30))
        )
        if remaining > timedelta(0) and is_true:
            why = M("“{words}” is right: the offer ends {ends}.", words=words, ends=_timestamp(context.offer_ends))
            yield _Finding(*span, "ok", "time.countdown", why, law=_DEADLINE_LAW)
            continue
        instead = _deadline_words(context, english=words.isascii()) if remaining > timedelta(0) else ""
        why = M(
            "“{words}” is not true when the video is published: the offer ends {ends}.", words=words, ends=_timestamp(context.offer_ends)
        )
        suggestion = M("Write “{instead}”.", instead=instead) if instead else M("Leave “{words}” out.", words=words)
        yield _Finding(*span, "block", "time.countdown", why, suggestion, instead, _DEADLINE_LAW)


def _duration(match: re.Match[str]) -> timedelta | None:
    if match["unit"]:
        count, unit = read_number(match["count"]), match["unit"]
        if count is None:
            return None
        hours = float(count) * (24 if unit == "天" else 1 / 60 if unit == "分钟" else 1)
        return timedelta(hours=hours)
    number_words = {"one": 1, "two": 2, "three": 3, "six": 6, "twelve": 12, "twenty-four": 24}
    count_word = match["count_en"]
    if not count_word and match["unit_en"].endswith("s"):
        return None
    how_many = number_words.get(count_word.lower(), 0) or int(count_word) if count_word else 1
    per_unit = 24.0 if match["unit_en"].startswith("day") else 1 / 60 if match["unit_en"].startswith("minute") else 1.0
    return timedelta(hours=how_many * per_unit)


def _check_phrases(normalized: NormalizedText, context: TimeContext) -> Iterator[_Finding]:
    """Check words such as 直播间价格 and 限时."""
    vocabulary = time_words()
    for match in re.finditer(vocabulary.live_price, normalized.text, re.I):
        instead = "price" if match[0].isascii() else "现价"
        why = M("“{words}” is only true while the live room is on; the video is seen afterwards.", words=match[0])
        yield _Finding(
            match.start(), match.end(), "warn", "time.live", why, M("Write “{instead}”.", instead=instead), instead, ("price-14", "ad-28")
        )
    dated = any(written.day >= context.planned_at.date() for written in find_dates(normalized.text, context.planned_at.date()))
    for match in re.finditer(vocabulary.limited, normalized.text, re.I):
        words = match[0]
        if dated or (context.offer_ends and timedelta(0) < context.offer_ends - context.planned_at <= SOON):
            why = M("“{words}” is borne out: the end is near, and known.", words=words)
            yield _Finding(match.start(), match.end(), "ok", "time.limited", why, law=_DEADLINE_LAW)
        elif context.offer_ends:
            why = M("“{words}” does not say until when; the sheet's offer ends {ends}.", words=words, ends=_timestamp(context.offer_ends))
            suggestion = M("Say until when: “{instead}”.", instead=_deadline_words(context, english=words.isascii()))
            yield _Finding(match.start(), match.end(), "warn", "time.limited", why, suggestion, law=_DEADLINE_LAW)
        else:
            why = M("“{words}” does not say until when, and the product sheet has no end of the offer.", words=words)
            yield _Finding(
                match.start(), match.end(), "warn", "time.limited", why, M("Leave “{words}” out.", words=words), "", _DEADLINE_LAW
            )


def _check_scarcity(normalized: NormalizedText, context: TimeContext) -> Iterator[_Finding]:
    """Compare words of scarcity (最后三箱, only 5 left) with the sheet's stock."""
    vocabulary = time_words()
    for match in re.finditer(vocabulary.scarce, normalized.text, re.I):
        if re.search(rf"(?:{vocabulary.scarce_not})$", normalized.text[: match.end()].split("，")[-1][: -len(match[0])] + "最后"):
            continue
        said = read_number(match["count"]) if match["count"] else read_number(match["count_en"] or "")
        stock = context.offer.stock if context.offer else None
        words = match[0]
        if said is not None and stock is not None and stock <= said:
            yield _Finding(
                match.start(),
                match.end(),
                "ok",
                "scarce",
                M("“{words}” agrees with the sheet's stock of {stock}.", words=words, stock=stock),
            )
        elif stock is not None:
            why = M("“{words}” does not agree with the sheet's stock of {stock}.", words=words, stock=stock)
            yield _Finding(
                match.start(), match.end(), "warn", "scarce", why, M("Leave “{words}” out.", words=words), "", ("promotion", "ad-28")
            )
        else:
            why = M("“{words}” will not be true for long, and the sheet knows no stock.", words=words)
            yield _Finding(
                match.start(), match.end(), "warn", "scarce", why, M("Leave “{words}” out.", words=words), "", ("promotion", "ad-28")
            )


def _deadline_words(context: TimeContext, *, english: bool) -> str:
    assert context.offer_ends is not None
    end = moment_text(context.offer_ends, english=english, beside=context.planned_at.date())
    return f"until {end}" if english else f"{end}截止"


def _timestamp(moment: datetime) -> str:
    """Return a moment as it is written in messages, the same in every language."""
    at = sellers_time(moment)
    return f"{at:%Y-%m-%d}" if at.time() >= time(23, 59) else f"{at:%Y-%m-%d %H:%M}"


def _clause(text: str, at: int) -> str:
    return _part_around(_CLAUSE, text, at)


def _sentence(text: str, at: int) -> str:
    return _part_around(_SENTENCE, text, at)


def _part_around(shape: re.Pattern[str], text: str, at: int) -> str:
    return next((match[0] for match in shape.finditer(text) if match.start() <= at < match.end()), "")


@cache
def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in longest), re.I)
