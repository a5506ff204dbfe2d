"""What a speech recogniser is to the rest of the program; each library that provides one has a file of its own in `recognisers/`."""

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.documents.base import Frozen
from pipeline.documents.transcript import Word
from pipeline.media.decode import Samples

LANGUAGES = {"zh": ("zh", "yue"), "en": ("en",)}
"""Recognisers' own codes that count for a language; Cantonese is written as Chinese."""
NO_PROBABILITY = 1.0
"""What stands for the probability of a word where a recogniser gives none."""


class Segment(Frozen):
    """One segment of a recogniser's output. Times are on the clock of the sound that it was given, later on the clip's."""

    words: tuple[Word, ...]
    log_probability: float = 0.0
    no_speech: float = 0.0
    compression: float = 1.0

    @property
    def text(self) -> str:
        """All words joined."""
        return "".join(word.text for word in self.words)


SoundScores = Callable[[float, float, Sequence[str]], list[float] | None]
"""Gives the natural-log probability of texts in a stretch of a clip (start and end, seconds); None where it cannot."""


class Recogniser(Protocol):
    """A loaded model. Sound is mono at 16 kHz, -1..1, at most half a minute of it at a time."""

    def spoken_language(self, samples: Samples) -> tuple[str, float]:
        """Return zh or en, whichever is more probable, and its share of the two (0.5..1)."""
        ...

    def recognise(self, samples: Samples, language: str) -> list[Segment]:
        """Return the segments of a sound, with words or tokens and their times in seconds from its start."""
        ...

    def scores(self, samples: Samples, language: str) -> SoundScores | None:
        """Return what tells how probable texts are in a clip's sound; None for a library that cannot tell."""
        ...


def language_share(shares: dict[str, float]) -> tuple[str, float]:
    """Return the more probable of the languages that FieldCut writes, and its share. shares: probabilities by a recogniser's codes."""
    probabilities = {name: sum(shares.get(code, 0.0) for code in codes) for name, codes in LANGUAGES.items()}
    best = max(probabilities, key=lambda name: probabilities[name])
    return best, probabilities[best] / (sum(probabilities.values()) or 1.0)
