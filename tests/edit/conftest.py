"""Clips, analyses and transcripts written by hand: what the edit is given, without a single file."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from pipeline.documents.analysis import Analysis, Defect, Sample, Shot, SoundFacts
from pipeline.documents.base import Span
from pipeline.documents.card import Cards
from pipeline.documents.clip import Clip, Clips, Sound
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.documents.transcript import Phrase, Transcript, Word
from pipeline.edit import EditParameters, cut_story
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext
from tests import builders

SYLLABLE_S = 0.22


def phrase_at(start_s: float, text: str, *, end_s: float | None = None, probability: float = 0.9, breaths: Sequence[int] = ()) -> Phrase:
    """A phrase of one word a character (letters stay together), evenly timed; a breath of 0.3 s before the words of `breaths`."""
    letters = text.split(" ") if text.isascii() else list(text)
    each_s = SYLLABLE_S if end_s is None else (end_s - start_s - 0.3 * len(breaths)) / len(letters)
    words: list[Word] = []
    at = start_s
    for place, letter in enumerate(letters):
        at += 0.3 if place in breaths else 0.0
        written = f" {letter}" if text.isascii() and place else letter
        words.append(Word(start_s=round(at, 3), end_s=round(at + each_s, 3), text=written, probability=probability))
        at += each_s
    return Phrase(start_s=start_s, end_s=round(at, 3), words=tuple(words))


class Story:
    """A story that grows by clips and is then cut."""

    def __init__(self) -> None:
        self.clips: list[Clip] = []
        self.analyses: dict[str, Analysis] = {}
        self.transcripts: dict[str, Transcript] = {}

    def add(
        self,
        name: str,
        seconds: float,
        *,
        phrases: Sequence[Phrase] = (),
        defects: Sequence[tuple[float, float, str]] = (),
        sharpness: float = 0.9,
        fingerprint: str | None = None,
        cuts: Sequence[float] = (),
    ) -> str:
        """A clip, its shots bordered by its defects (start, end, kind) and cuts. Returns its id."""
        place = len(self.clips)
        clip_id = f"{place:016x}"
        sound = Sound(stream=0, codec="aac", rate_hz=48000, channels=1, duration_s=seconds)
        filmed = datetime(2026, 10, 12, tzinfo=UTC) + timedelta(minutes=place)
        clip = builders.clip(id=clip_id, name=name, duration_s=seconds, sound=sound, captured_at=filmed)
        borders = sorted({0.0, seconds, *cuts, *(edge for start, end, _ in defects for edge in (start, end))})
        looks = fingerprint or f"{(place + 1) * 0x1234567890ABCDEF & (2**64 - 1):016x}"
        shots = [
            self._shot(start, end, [kind for first, last, kind in defects if first <= start < last], sharpness, looks)
            for start, end in pairwise(borders)
        ]
        seen = Sample(at_s=0, sharpness=sharpness, brightness=120, contrast=50, motion=0.01, jerk=0.01)
        samples = [seen.model_copy(update={"at_s": n / 5}) for n in range(int(seconds * 5))]
        spans = tuple(Span(start_s=phrase.start_s, end_s=phrase.end_s) for phrase in phrases)
        facts = SoundFacts(loudness_lufs=-20.0, speech_lufs=-18.0 if spans else None, noise_dbfs=-60.0, speech=spans)
        self.clips.append(clip)
        self.analyses[clip_id] = builders.analysis(clip_id, *shots, samples=tuple(samples), sound=facts)
        self.transcripts[clip_id] = Transcript(clip_id=clip_id, language="zh", phrases=tuple(phrases))
        return clip_id

    def write(self, context: StoryContext, offer: Offer) -> None:
        """Write all that the edit reads into a story's folder."""
        for name, document in (
            ("job.json", context.job),
            ("clips.json", self.document),
            ("analyses.json", Analyses(by_clip=self.analyses)),
            ("transcripts.json", Transcripts(by_clip=self.transcripts)),
            ("catalog.json", Catalog(path="", offers=(offer,))),
            ("brief.json", Brief()),
            ("choice.json", Choice(offer=offer, reason=M("A test."))),
        ):
            context.write(name, document)
        for video in renditions(context):
            video.write("card.json", Cards())

    @staticmethod
    def _shot(start: float, end: float, kinds: Sequence[str], sharpness: float, fingerprint: str) -> Shot:
        why = M("too dark: mean brightness {level} of 255", level=9)
        wrong = tuple(Defect(kind=kind, measured=1, reason=why, advice=M("x")) for kind in kinds)
        looks = {"brightness": 120, "contrast": 50, "motion": 0.01, "shake": 0.02, "fingerprint": fingerprint}
        return builders.shot(start, end, *wrong, sharpness=sharpness, **looks)

    @property
    def document(self) -> Clips:
        return Clips(clips=tuple(self.clips), set_aside=())

    def cut(self, *, offer: Offer | None = None, brief: Brief | None = None, seconds: float = 30.0, **wishes: Any) -> Edit:
        """The edit."""
        asked = EditParameters(seconds=seconds, **wishes)
        return cut_story(self.document, self.analyses, self.transcripts, brief or Brief(), offer, asked)


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def phrase() -> Callable[..., Phrase]:
    return phrase_at


@pytest.fixture
def talk() -> Callable[..., list[Phrase]]:
    """Sentences one after the other with a pause between them, seconds."""

    def say(*sentences: str, pause_s: float = 1.5, start_s: float = 1.0) -> list[Phrase]:
        said: list[Phrase] = []
        for sentence in sentences:
            said.append(phrase_at(round(said[-1].end_s + pause_s, 3) if said else start_s, sentence))
        return said

    return say


@pytest.fixture
def potatoes() -> Offer:
    return Offer(sku="P1", name="高山土豆", aliases=("土豆",), price=Decimal("29.9"), unit="10斤")
