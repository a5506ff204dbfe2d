"""The clauses of a talk on its timeline, and what each asks to be shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.chinese import stated_amounts
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Transcript, Word
from pipeline.edit.asked_pictures import Subject, asked_subjects
from pipeline.edit.phrase_selection import states_price
from pipeline.edit.speech_runs import SpeechRun
from pipeline.edit.takes import CLAUSE

SHORTEST_CLAUSE_S = 1.0
"""A shorter clause belongs to the one after it: 所以呢, nobody changes the picture for that."""
HEARD_SHARE = 0.4
"""Share of a picture's length that a clause must be heard beneath it for the picture to illustrate it."""
MOST_PRICE_S = 0.2
"""Seconds of a sentence with a price that another picture may lie over: less is a breath."""


@dataclass(frozen=True)
class SpokenClause:
    """A clause of a talk. at, end: frames from the start of the talk. money: the frames in which the amount is said, None without one."""

    at: int
    end: int
    text: str
    asked: Mapping[Subject, float]
    money: tuple[int, int] | None = None

    def overlap(self, first: int, end: int) -> int:
        """How many frames of a stretch it is heard in."""
        return max(0, min(self.end, end) - max(self.at, first))


def spoken_clauses(runs: Sequence[SpeechRun], transcripts: Mapping[str, Transcript], offer: Offer | None, fps: int) -> list[SpokenClause]:
    """Return the clauses of all runs in order. A run without a transcript is one clause."""
    clauses: list[SpokenClause] = []
    for run in runs:
        groups = list(_groups(run, transcripts.get(run.clip_id), fps))
        for words in groups:
            at, end = (_frame(run, second, fps) for second in (words[0].start_s, words[-1].end_s))
            text = "".join(word.text for word in words).strip()
            clauses.append(SpokenClause(max(run.at, at), min(run.end, end), text, asked_subjects(text, offer), _money(run, words, fps)))
        if not groups:
            money = (run.at, run.end) if states_price(run.words) else None
            clauses.append(SpokenClause(run.at, run.end, run.words, asked_subjects(run.words, offer), money))
    return clauses


def asked_between(clauses: Sequence[SpokenClause], first: int, end: int) -> dict[Subject, float]:
    """Return what is asked by the clauses that are heard for long enough between two frames, each subject with its largest weight.

    A price is left out: it asks for its own picture.
    """
    asked: dict[Subject, float] = {}
    for clause in clauses:
        if clause.money is None and clause.overlap(first, end) >= HEARD_SHARE * (end - max(first, 0)):
            for subject, weight in clause.asked.items():
                asked[subject] = max(weight, asked.get(subject, 0.0))
    return asked


def lies_over_price(clauses: Sequence[SpokenClause], first: int, end: int, fps: int) -> bool:
    """Whether more than a breath of a sentence with a price is heard between two frames."""
    return any(clause.money is not None and clause.overlap(first, end) > MOST_PRICE_S * fps for clause in clauses)


def _groups(run: SpeechRun, transcript: Transcript | None, fps: int) -> Iterator[list[Word]]:
    """Yield the words of each clause of a run."""
    until_s = run.start_s + run.frames / fps
    for phrase in transcript.phrases if transcript is not None else ():
        words = [word for word in phrase.words if run.start_s <= (word.start_s + word.end_s) / 2 < until_s]
        if words and states_price("".join(word.text for word in words)):
            yield words  # 一箱十斤，三十五块八: the quantity belongs to its price
            continue
        clause: list[Word] = []
        for place, word in enumerate(words):
            clause.append(word)
            ends = bool(CLAUSE.search(word.text)) and word.end_s - clause[0].start_s >= SHORTEST_CLAUSE_S
            if ends and place + 1 < len(words) and words[-1].end_s - word.end_s >= SHORTEST_CLAUSE_S:
                yield clause
                clause = []
        if clause:
            yield clause


def _money(run: SpeechRun, words: Sequence[Word], fps: int) -> tuple[int, int] | None:
    """Return the frames in which the amounts of a clause are said; those of all of it where they cannot be told."""
    text = "".join(word.text for word in words)
    if not states_price(text):
        return None
    spans, at = [], 0
    amounts = [amount for amount in stated_amounts(text) if amount.stands]
    for word in words:
        if any(at < amount.amount_end and at + len(word.text) > amount.amount_start for amount in amounts):
            spans.append((word.start_s, word.end_s))
        at += len(word.text)
    first_s, end_s = (spans[0][0], spans[-1][1]) if spans else (words[0].start_s, words[-1].end_s)
    return _frame(run, first_s, fps), max(_frame(run, end_s, fps), _frame(run, first_s, fps) + 1)


def _frame(run: SpeechRun, second: float, fps: int) -> int:
    return run.at + round((second - run.start_s) * fps)
