"""Words that are only true relative to now, held against the moment the video is to be seen from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from pipeline.chinese import read_number
from pipeline.commerce.claims.clock import Written, clock_in, dates_in, local, moment_text, week_of, written
from pipeline.commerce.claims.folding import Folded, fold
from pipeline.commerce.claims.found import claim
from pipeline.commerce.claims.rules import times
from pipeline.documents.claims import Claim, PlacedText, Verdict
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.settings import home_zone

_CLAUSE = re.compile(r"[^，。！？；,!?;\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_DAILY = re.compile(r"前|之前|截单|截止|自提|到店|取货|提货|次日|送达|order|pick")
_FINAL = re.compile(r"最后|倒计时|last|final", re.I)
SOON = timedelta(days=7)
"""限时 is borne out by an offer that ends within a week; our own choice."""
RUNS_ON = "\u200b"
"""Between a subtitle and the next: no character of any word, so that a clause may go on."""
ALONE = 3
"""A countdown with so few other characters in its sentence is about the offer, whatever words are missing."""
_LAW = ("ecommerce-17", "ad-28")
_DEADLINE_LAW = ("promotion", "price-14", "ad-28")


@dataclass(frozen=True)
class When:
    """The two moments that words of time are held between, on the seller's clock, and the offer."""

    said: datetime
    planned: datetime
    offer: Offer | None

    @property
    def same_day(self) -> bool:
        """Said and seen on one day."""
        return self.said.date() == self.planned.date()

    @property
    def ends(self) -> datetime | None:
        """When the offer is over."""
        return local(self.offer.offer_ends) if self.offer and self.offer.offer_ends else None


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    verdict: Verdict
    rule: str
    why: Message
    suggestion: Message | None = None
    instead: str | None = None
    law: tuple[str, ...] = _LAW


def check_times(placed: PlacedText, offer: Offer | None, planned_at: datetime, now: datetime, following: str = "") -> list[Claim]:
    """Every word of time of one text.

    planned_at, now: aware; `placed.said_at` stands for `now` where it is known. following: what is said right after it, since a
    sentence may run on in the next subtitle.
    """
    folded = fold(placed.text + (RUNS_ON + following if following else ""))
    when = When(local(placed.said_at or now), local(planned_at), offer)
    found = [*_countdowns(folded, when), *_days(folded, when), *_weeks(folded, when), *_dates(folded, when), *_phrases(folded, when)]
    found += _scarce(folded, when)
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: (one.verdict != "block", one.verdict != "warn", one.start)):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return [
        claim(
            one.verdict,
            one.rule,
            placed.place,
            one.why.model_copy(update={"values": {**one.why.values, "words": folded.words(one.start, one.end)}}),
            sources=one.law,
            words=folded.words(one.start, one.end),
            at=folded.span(one.start, one.end),
            suggestion=one.suggestion,
            instead=one.instead,
        )
        for one in sorted(kept, key=lambda one: one.start)
        if folded.span(one.start, one.end)[1] <= len(placed.text)
    ]


def _days(folded: Folded, when: When) -> Iterator[_Found]:
    data = times()
    text = folded.text
    excused = [match.span() for shape in data.not_days for match in re.finditer(shape, text)]
    for match in _any_of(tuple(data.days)).finditer(text):
        if any(first <= match.start() and match.end() <= last for first, last in excused):
            continue
        clause = _clause(text, match.start())
        about = next((name for name in ("buying", "delivery", "meeting", "fresh") if re.search(getattr(data, name), clause, re.I)), "")
        if about:
            rolling = any(found.start() <= match.start() < found.end() for found in re.finditer(data.rolling, text, re.I))
            yield _day(match, clause, about, rolling, when)


def _day(match: re.Match[str], clause: str, about: str, rolling: bool, when: When) -> _Found:
    words = match[0]
    day = when.said.date() + timedelta(days=times().days[words])
    span = (match.start(), match.end())
    if not when.same_day:
        return _moved(words, span, clause, about, rolling, when)
    until = clock_in(clause, evening=_evening(words))
    deadline = datetime.combine(day, until, home_zone()) if until and re.search(times().until, clause, re.I) else None
    if about == "buying" and deadline and deadline <= when.planned:
        why = M("“{words}”: that hour is over when the video is published ({planned}).", words=words, planned=_said(when.planned))
        return _Found(*span, "block", "time.day", why, M("Leave that hour out, or publish earlier."), law=_DEADLINE_LAW)
    if about == "buying" and when.ends and when.ends.date() < day:
        why = M("“{words}”: the offer is over by then, it ends {ends}.", words=words, ends=_said(when.ends))
        return _Found(*span, "block", "time.day", why, M("Leave “{words}” out.", words=words), "", _DEADLINE_LAW)
    cutoff = clock_in(when.offer.order_cutoff) if when.offer and when.offer.order_cutoff else None
    if about == "buying" and deadline and cutoff and until != cutoff:
        why = M("“{words}”: the sheet's hour is {cutoff}, not the one that is said.", words=words, cutoff=f"{cutoff:%H:%M}")
        return _Found(*span, "warn", "time.day", why, M("Say the sheet's hour, or correct the sheet."))
    return _Found(*span, "ok", "time.day", M("“{words}” is right: the video is published on the same day.", words=words))


def _moved(words: str, span: tuple[int, int], clause: str, about: str, rolling: bool, when: When) -> _Found:
    """The video is seen from another day than the words were said on."""
    english = words.isascii()
    offset = times().days[words]
    day = when.said.date() + timedelta(days=offset)
    meant = written(day, times().parts.get(words, ""), english=english, beside=when.planned.date())
    planned = _said(when.planned)
    if about == "fresh":
        why = M("“{words}” meant {meant}; seen from {planned} it is not true.", words=words, meant=meant, planned=planned)
        told = M("Leave “{words}” out, or write “{instead}”.", words=words, instead=meant)
        return _Found(*span, "warn", "time.fresh", why, told, meant)
    cutoff = clock_in(when.offer.order_cutoff) if when.offer and when.offer.order_cutoff else None
    said = clock_in(clause, evening=_evening(words))
    every_day = cutoff is not None and offset >= 0 and (about == "delivery" or (about == "buying" and said == cutoff))
    if rolling or every_day:
        instead = _daily(offset, times().parts.get(words, ""), english=english, every_day=every_day)
        why = M("“{words}” may hold on every day, but meant {meant} when it was said.", words=words, meant=meant)
        return _Found(*span, "warn", "time.day", why, M("Write “{instead}”.", instead=instead), instead)
    verdict: Verdict = "warn" if about == "meeting" else "block"
    if day < when.planned.date():
        why = M(
            "“{words}” meant {meant}, which is over when the video is published ({planned}).", words=words, meant=meant, planned=planned
        )
        return _Found(*span, verdict, "time.day", why, M("Leave “{words}” out, or say what holds then.", words=words), "", _DEADLINE_LAW)
    why = M("“{words}” meant {meant}; seen from {planned} it says another day.", words=words, meant=meant, planned=planned)
    return _Found(*span, verdict, "time.day", why, M("Write “{instead}”.", instead=meant), meant)


def _evening(words: str) -> bool:
    return "晚" in words or words in ("tonight", "this evening")


def _daily(offset: int, part: str, *, english: bool, every_day: bool) -> str:
    """The word for a promise that is renewed with every day."""
    if offset > 0:
        return "the next day" if english else "次日"
    if english:
        return "every day" if every_day else "on the day"
    return ("每天" if every_day else "当天") + part if every_day or part != "晚" else "当晚"


def _weeks(folded: Folded, when: When) -> Iterator[_Found]:
    data = times()
    for match in _any_of(tuple(data.weeks)).finditer(folded.text):
        clause = _clause(folded.text, match.start())
        if not any(re.search(shape, clause, re.I) for shape in (data.buying, data.delivery, data.meeting)):
            continue
        words = match[0]
        if week_of(when.said.date()) == week_of(when.planned.date()):
            why = M("“{words}” is right: the video is published in the same week.", words=words)
            yield _Found(match.start(), match.end(), "ok", "time.week", why)
            continue
        first = week_of(when.said.date()) + timedelta(weeks=data.weeks[words])
        last = first + timedelta(days=6)
        shown = [written(day, "", english=words.isascii(), beside=when.planned.date()) for day in (first, last)]
        meant = " – ".join(shown) if words.isascii() else "至".join(shown)
        why = M("“{words}” meant {meant}; seen from {planned} it says another week.", words=words, meant=meant, planned=_said(when.planned))
        if last < when.planned.date():
            told = M("Leave “{words}” out, or say what holds then.", words=words)
            yield _Found(match.start(), match.end(), "block", "time.week", why, told, "", _DEADLINE_LAW)
        else:
            yield _Found(match.start(), match.end(), "block", "time.week", why, M("Write “{instead}”.", instead=meant), meant)


def _dates(folded: Folded, when: When) -> Iterator[_Found]:
    """Calendar dates that end something: over before the video is seen, or later than the offer."""
    data = times()
    for found in dates_in(folded.text, when.planned.date()):
        clause = _clause(folded.text, found.start)
        if not (re.search(f"{data.buying}|{data.meeting}", clause, re.I) and re.search(data.until, clause, re.I)):
            continue
        hour = clock_in(clause[clause.find(folded.text[found.start : found.end]) + found.end - found.start :]) or time(23, 59)
        deadline = datetime.combine(found.day, hour, home_zone())
        words = folded.words(found.start, found.end)
        if deadline <= when.planned:
            why = M("“{words}” is over when the video is published ({planned}).", words=words, planned=_said(when.planned))
            yield _Found(
                found.start, found.end, "block", "time.date", why, M("Leave that date out, or publish earlier."), None, _DEADLINE_LAW
            )
        elif when.ends and not _same_date(found, when.ends.date()):
            ends = moment_text(when.ends, english=_english(folded.text), beside=when.planned.date())
            why = M("“{words}” is not the day on which the sheet's offer ends ({ends}).", words=words, ends=ends)
            instead = written(when.ends.date(), "", english=_english(words), beside=when.planned.date())
            yield _Found(found.start, found.end, "warn", "time.date", why, M("Write “{instead}”.", instead=instead), instead, _DEADLINE_LAW)
        else:
            yield _Found(found.start, found.end, "ok", "time.date", M("“{words}” is still ahead when the video is published.", words=words))


def _same_date(found: Written, day: date) -> bool:
    """A date without its year agrees with the same day of any year."""
    return found.day == day if found.with_year else (found.day.month, found.day.day) == (day.month, day.day)


def _countdowns(folded: Folded, when: When) -> Iterator[_Found]:
    """最后两小时, 还剩三天: true only while the offer really ends then."""
    data = times()
    for match in re.finditer(data.last, folded.text, re.I):
        left = _length(match)
        sentence = _sentence(folded.text, match.start())
        alone = (
            bool(_FINAL.match(match[0]))
            and len(sentence.strip()) <= len(match[0]) + ALONE
            and left is not None
            and left >= timedelta(hours=1)
        )
        if left is None or not (alone or re.search(data.hurry, sentence, re.I)):
            continue
        words = match[0]
        span = (match.start(), match.end())
        if when.ends is None:
            why = M("“{words}” counts down to an end that the product sheet does not have.", words=words)
            verdict: Verdict = "block" if when.offer else "warn"
            yield _Found(
                *span, verdict, "time.countdown", why, M("Leave it out, or write the offer's end into the sheet."), "", _DEADLINE_LAW
            )
            continue
        remaining = when.ends - when.planned
        whole_day = left == timedelta(days=1)
        true = when.ends.date() == when.planned.date() if whole_day else abs(remaining - left) <= max(left / 4, timedelta(minutes=30))
        if remaining > timedelta(0) and true:
            why = M("“{words}” is right: the offer ends {ends}.", words=words, ends=_said(when.ends))
            yield _Found(*span, "ok", "time.countdown", why, law=_DEADLINE_LAW)
            continue
        instead = _until(when, english=words.isascii()) if remaining > timedelta(0) else ""
        why = M("“{words}” is not true when the video is published: the offer ends {ends}.", words=words, ends=_said(when.ends))
        told = M("Write “{instead}”.", instead=instead) if instead else M("Leave “{words}” out.", words=words)
        yield _Found(*span, "block", "time.countdown", why, told, instead, _DEADLINE_LAW)


def _length(match: re.Match[str]) -> timedelta | None:
    if match["unit"]:
        count, unit = read_number(match["count"]), match["unit"]
        if count is None:
            return None
        hours = float(count) * (24 if unit == "天" else 1 / 60 if unit == "分钟" else 1)
        return timedelta(hours=hours)
    spelt = {"one": 1, "two": 2, "three": 3, "six": 6, "twelve": 12, "twenty-four": 24}
    many = match["count_en"]
    if not many and match["unit_en"].endswith("s"):
        return None
    how_many = spelt.get(many.lower(), 0) or int(many) if many else 1
    per_unit = 24.0 if match["unit_en"].startswith("day") else 1 / 60 if match["unit_en"].startswith("minute") else 1.0
    return timedelta(hours=how_many * per_unit)


def _phrases(folded: Folded, when: When) -> Iterator[_Found]:
    """直播间价格 and 限时."""
    data = times()
    for match in re.finditer(data.live_price, folded.text, re.I):
        instead = "price" if match[0].isascii() else "现价"
        why = M("“{words}” is only true while the live room is on; the video is seen afterwards.", words=match[0])
        yield _Found(
            match.start(), match.end(), "warn", "time.live", why, M("Write “{instead}”.", instead=instead), instead, ("price-14", "ad-28")
        )
    dated = [found for found in dates_in(folded.text, when.planned.date()) if found.day >= when.planned.date()]
    for match in re.finditer(data.limited, folded.text, re.I):
        words = match[0]
        if dated or (when.ends and timedelta(0) < when.ends - when.planned <= SOON):
            why = M("“{words}” is borne out: the end is near, and known.", words=words)
            yield _Found(match.start(), match.end(), "ok", "time.limited", why, law=_DEADLINE_LAW)
        elif when.ends:
            why = M("“{words}” does not say until when; the sheet's offer ends {ends}.", words=words, ends=_said(when.ends))
            told = M("Say until when: “{instead}”.", instead=_until(when, english=words.isascii()))
            yield _Found(match.start(), match.end(), "warn", "time.limited", why, told, law=_DEADLINE_LAW)
        else:
            why = M("“{words}” does not say until when, and the product sheet has no end of the offer.", words=words)
            yield _Found(match.start(), match.end(), "warn", "time.limited", why, M("Leave “{words}” out.", words=words), "", _DEADLINE_LAW)


def _scarce(folded: Folded, when: When) -> Iterator[_Found]:
    """最后三箱, only 5 left: held against the sheet's stock."""
    data = times()
    for match in re.finditer(data.scarce, folded.text, re.I):
        if re.search(rf"(?:{data.scarce_not})$", folded.text[: match.end()].split("，")[-1][: -len(match[0])] + "最后"):
            continue
        said = read_number(match["count"]) if match["count"] else read_number(match["count_en"] or "")
        stock = when.offer.stock if when.offer else None
        words = match[0]
        if said is not None and stock is not None and stock <= said:
            yield _Found(
                match.start(),
                match.end(),
                "ok",
                "scarce",
                M("“{words}” agrees with the sheet's stock of {stock}.", words=words, stock=stock),
            )
        elif stock is not None:
            why = M("“{words}” does not agree with the sheet's stock of {stock}.", words=words, stock=stock)
            yield _Found(
                match.start(), match.end(), "warn", "scarce", why, M("Leave “{words}” out.", words=words), "", ("promotion", "ad-28")
            )
        else:
            why = M("“{words}” will not be true for long, and the sheet knows no stock.", words=words)
            yield _Found(
                match.start(), match.end(), "warn", "scarce", why, M("Leave “{words}” out.", words=words), "", ("promotion", "ad-28")
            )


def _until(when: When, *, english: bool) -> str:
    assert when.ends is not None
    end = moment_text(when.ends, english=english, beside=when.planned.date())
    return f"until {end}" if english else f"{end}截止"


def _said(moment: datetime) -> str:
    """A moment for the person who reads the finding: the same in every language."""
    at = local(moment)
    return f"{at:%Y-%m-%d}" if at.time() >= time(23, 59) else f"{at:%Y-%m-%d %H:%M}"


def _clause(text: str, at: int) -> str:
    return _piece(_CLAUSE, text, at)


def _sentence(text: str, at: int) -> str:
    return _piece(_SENTENCE, text, at)


def _piece(shape: re.Pattern[str], text: str, at: int) -> str:
    return next((match[0] for match in shape.finditer(text) if match.start() <= at < match.end()), "")


def _english(text: str) -> bool:
    return text.isascii()


@cache
def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in longest), re.I)
