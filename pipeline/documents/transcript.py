"""The transcript of a clip. Times are seconds on the clip's own clock."""

from typing import Literal

from pipeline.documents.base import Document, Frozen, Span

HesitationKind = Literal["filler", "repeat", "slip", "laughter"]


class Word(Frozen):
    """A word as the recogniser cut it (one or a few Chinese characters), with its probability 0..1."""

    start_s: float
    end_s: float
    text: str
    probability: float


class Repair(Frozen):
    """One correction of the recogniser's words, kept so that a person can see and undo it."""

    at_s: float
    heard: str
    written: str
    why: str
    """The rule that corrected it: glossary, price, unit, sense or simplified."""
    score_heard: float | None = None
    score_written: float | None = None
    """log10 scores by sound and language of the words around it as they were heard, and as they are written; None where none was made."""


class Phrase(Frozen):
    """Speech between two pauses: the smallest piece that the edit keeps or drops as a whole."""

    start_s: float
    end_s: float
    words: tuple[Word, ...]
    trust: float | None = None
    """Probability that number, unit, name, place, negation and sense are right; None where nothing was weighed."""

    @property
    def text(self) -> str:
        """The phrase as it is written; Latin words keep their spaces."""
        return "".join(word.text for word in self.words).strip()

    @property
    def confidence(self) -> float:
        """Mean probability of its words, weighted by their length; 0 without words."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.probability * len(word.text) for word in self.words) / letters if letters else 0.0


class Hesitation(Frozen):
    """Words that a sentence reads better without: a hesitation, a stumble said twice, a slip that the speaker takes back at once,
    laughter and calls written out."""

    start_s: float
    end_s: float
    words: str
    kind: HesitationKind

    def covers(self, start_s: float, end_s: float) -> bool:
        """Tell whether the middle of a stretch of speech, seconds, lies in it."""
        return self.start_s <= (start_s + end_s) / 2 < self.end_s


class Transcript(Document):
    """One clip's speech."""

    clip_id: str
    language: str
    phrases: tuple[Phrase, ...]
    repairs: tuple[Repair, ...] = ()
    model: str = ""
    calibrated: bool = True
    """Whether the thresholds of trust were fitted on what the model heard."""
    scored: bool = True
    """Whether what may have been said was weighed against the sound; else only names are corrected, by how they sound."""
    hesitations: tuple[Hesitation, ...] = ()
    quiet: tuple[Span, ...] = ()
    """Where the sound lies so far under the speech that it can be cut unheard."""
