"""Words for days and weeks (今天, 明晚, 这周, tomorrow), which mean others when a video is published later than it was said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.commerce.claims.dates import date_text, find_time, week_start
from pipeline.commerce.claims.rules import calendar_words, time_words
from pipeline.commerce.claims.text_normalization import NormalizedText
from pipeline.commerce.claims.time_context import DEADLINE_LAW, TimeContext, TimeFinding, any_of, clause_around, timestamp
from pipeline.documents.claims import Verdict
from pipeline.documents.message import M
from pipeline.settings import coop_zone


@dataclass(frozen=True)
class _DayWord:
    """A word for a day in a text.

    span: its offsets in the normalized text. clause: what it stands in. topic: what the clause is about (buying, delivery, meeting,
    fresh). is_rolling: it belongs to a promise that is renewed every day.
    """

    words: str
    span: tuple[int, int]
    clause: str
    topic: str
    is_rolling: bool

    @property
    def offset(self) -> int:
        """Days from the day on which the word was said to the one that it means."""
        return time_words().days[self.words]

    @property
    def part(self) -> str:
        """The part of the day that the word names, empty for none."""
        return time_words().parts.get(self.words, "")

    @property
    def time_of_day(self) -> time | None:
        """The time of day in its clause."""
        is_evening = "晚" in self.words or self.words in ("tonight", "this evening")
        return find_time(self.clause, evening=is_evening)

    def day(self, context: TimeContext) -> date:
        """Return the day that the word means."""
        return context.spoken_at.date() + timedelta(days=self.offset)


def check_days(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check words for days where they are about buying, delivery, meeting or freshness."""
    for word in _day_words(normalized.text):
        yield _same_day(word, context) if context.same_day else _other_day(word, context)


def _day_words(text: str) -> Iterator[_DayWord]:
    vocabulary = time_words()
    excused = [match.span() for expression in vocabulary.not_days for match in re.finditer(expression, text)]
    rolling = [match.span() for match in re.finditer(vocabulary.rolling, text, re.I)]
    for match in any_of(tuple(vocabulary.days)).finditer(text):
        if any(first <= match.start() and match.end() <= last for first, last in excused):
            continue
        clause = clause_around(text, match.start())
        if topic := clause_topic(clause):
            is_rolling = any(first <= match.start() < last for first, last in rolling)
            yield _DayWord(match[0], match.span(), clause, topic, is_rolling)


def clause_topic(clause: str) -> str:
    """Return what a clause is about, as far as days matter for it; else an empty string."""
    vocabulary = time_words()
    topics = {"buying": vocabulary.buying, "delivery": vocabulary.delivery, "meeting": vocabulary.meeting, "fresh": vocabulary.fresh}
    return next((topic for topic, expression in topics.items() if re.search(expression, clause, re.I)), "")


def _same_day(word: _DayWord, context: TimeContext) -> TimeFinding:
    """Judge a word that is published on the day on which it was said."""
    problem = _deadline_problem(word, context) if word.topic == "buying" else _appointment_problem(word, context)
    return problem or TimeFinding(
        *word.span, "ok", "time.day", M("“{words}” is right: the video is published on the same day.", words=word.words)
    )


def _deadline_problem(word: _DayWord, context: TimeContext) -> TimeFinding | None:
    """Return what is wrong with a day for buying: its hour is over, the offer is, or the sheet has another hour."""
    words, day, hour, cutoff = word.words, word.day(context), word.time_of_day, context.order_cutoff
    is_appointment = re.search(f"{time_words().until}|{calendar_words().appointment}", word.clause, re.I)
    deadline = datetime.combine(day, hour, coop_zone()) if hour and is_appointment else None
    if deadline and deadline <= context.planned_at:
        why = M("“{words}”: that hour is over when the video is published ({planned}).", words=words, planned=timestamp(context.planned_at))
        return TimeFinding(*word.span, "block", "time.day", why, M("Leave that hour out, or publish earlier."), law=DEADLINE_LAW)
    rises = re.search(calendar_words().rises, word.clause, re.I)
    if context.offer_ends and context.offer_ends.date() < day and not rises:
        why = M("“{words}”: the offer is over by then, it ends {ends}.", words=words, ends=timestamp(context.offer_ends))
        return TimeFinding(*word.span, "block", "time.day", why, M("Leave “{words}” out.", words=words), "", DEADLINE_LAW)
    if deadline and cutoff and hour != cutoff and re.search(time_words().until, word.clause, re.I):
        why = M("“{words}”: the sheet's hour is {cutoff}, not the one that is said.", words=words, cutoff=f"{cutoff:%H:%M}")
        return TimeFinding(*word.span, "warn", "time.day", why, M("Say the sheet's hour, or correct the sheet."))
    return None


def _appointment_problem(word: _DayWord, context: TimeContext) -> TimeFinding | None:
    """Return what is wrong with a day for meeting (今晚八点直播): its hour is over."""
    if word.topic != "meeting" or word.time_of_day is None or not re.search(calendar_words().appointment, word.clause, re.I):
        return None
    if datetime.combine(word.day(context), word.time_of_day, coop_zone()) > context.planned_at:
        return None
    planned = timestamp(context.planned_at)
    why = M("“{words}”: that hour is over when the video is published ({planned}).", words=word.words, planned=planned)
    return TimeFinding(*word.span, "warn", "time.day", why, M("Leave that hour out, or publish earlier."), law=DEADLINE_LAW)


def _other_day(word: _DayWord, context: TimeContext) -> TimeFinding:
    """Judge a word that is published on another day than it was said."""
    words, day = word.words, word.day(context)
    meant = date_text(day, word.part, english=words.isascii(), beside=context.planned_at.date())
    planned = timestamp(context.planned_at)
    if word.topic == "fresh":
        why = M("“{words}” meant {meant}; seen from {planned} it is not true.", words=words, meant=meant, planned=planned)
        suggestion = M("Leave “{words}” out, or write “{instead}”.", words=words, instead=meant)
        return TimeFinding(*word.span, "warn", "time.fresh", why, suggestion, meant)
    is_daily = _holds_every_day(word, context)
    if word.is_rolling or is_daily:
        instead = _every_day_words(word.offset, word.part, english=words.isascii(), every_day=is_daily)
        why = M("“{words}” may hold on every day, but meant {meant} when it was said.", words=words, meant=meant)
        return TimeFinding(*word.span, "warn", "time.day", why, M("Write “{instead}”.", instead=instead), instead)
    verdict: Verdict = "warn" if word.topic == "meeting" else "block"
    if day < context.planned_at.date():
        why = M(
            "“{words}” meant {meant}, which is over when the video is published ({planned}).", words=words, meant=meant, planned=planned
        )
        suggestion = M("Leave “{words}” out, or say what holds then.", words=words)
        return TimeFinding(*word.span, verdict, "time.day", why, suggestion, "", DEADLINE_LAW)
    why = M("“{words}” meant {meant}; seen from {planned} it says another day.", words=words, meant=meant, planned=planned)
    return TimeFinding(*word.span, verdict, "time.day", why, M("Write “{instead}”.", instead=meant), meant)


def _holds_every_day(word: _DayWord, context: TimeContext) -> bool:
    """Tell whether a word names the sheet's daily cut-off, or a delivery after it, which hold on any later day as well."""
    if context.order_cutoff is None or word.offset < 0:
        return False
    return word.topic == "delivery" or (word.topic == "buying" and word.time_of_day == context.order_cutoff)


def _every_day_words(offset: int, part: str, *, english: bool, every_day: bool) -> str:
    """Return the words for a promise that is renewed every day."""
    if offset > 0:
        return "the next day" if english else "次日"
    if english:
        return "every day" if every_day else "on the day"
    return ("每天" if every_day else "当天") + part if every_day or part != "晚" else "当晚"


def check_weeks(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check words for weeks where they are about buying, delivery or meeting."""
    vocabulary = time_words()
    for match in any_of(tuple(vocabulary.weeks)).finditer(normalized.text):
        clause = clause_around(normalized.text, match.start())
        if not any(re.search(shape, clause, re.I) for shape in (vocabulary.buying, vocabulary.delivery, vocabulary.meeting)):
            continue
        words = match[0]
        if normalized.text[match.end() : match.end() + 1] in tuple("一二三四五六日天末"):
            continue
        if week_start(context.spoken_at.date()) == week_start(context.planned_at.date()):
            why = M("“{words}” is right: the video is published in the same week.", words=words)
            yield TimeFinding(match.start(), match.end(), "ok", "time.week", why)
            continue
        first = week_start(context.spoken_at.date()) + timedelta(weeks=vocabulary.weeks[words])
        last = first + timedelta(days=6)
        first_and_last = [date_text(day, "", english=words.isascii(), beside=context.planned_at.date()) for day in (first, last)]
        meant = " – ".join(first_and_last) if words.isascii() else "至".join(first_and_last)
        why = M(
            "“{words}” meant {meant}; seen from {planned} it says another week.",
            words=words,
            meant=meant,
            planned=timestamp(context.planned_at),
        )
        if last < context.planned_at.date():
            suggestion = M("Leave “{words}” out, or say what holds then.", words=words)
            yield TimeFinding(match.start(), match.end(), "block", "time.week", why, suggestion, "", DEADLINE_LAW)
        else:
            yield TimeFinding(match.start(), match.end(), "block", "time.week", why, M("Write “{instead}”.", instead=meant), meant)
