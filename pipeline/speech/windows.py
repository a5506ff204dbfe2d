"""Speech spans packed end to end into windows that the recogniser reads in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.documents.base import Span
from pipeline.media.decode import RATE_HZ, Samples

LONGEST_S = 28.0
"""Whisper reads 30 s at a time; what exceeds that is read twice and often written twice."""
PAD_S = 0.3
"""Sound kept around every span: a voice detector cuts soft first and last consonants. Over 0.4 s of room noise causes hallucinations."""
SPLIT_SEARCH_S = 6.0
"""A span longer than a window is split at its quietest moment within this many seconds before the limit."""


@dataclass(frozen=True)
class WindowPiece:
    """A part of the clip inside a window, in seconds; `at_s` is on the window's clock, the others on the clip's."""

    start_s: float
    end_s: float
    at_s: float


@dataclass(frozen=True)
class Window:
    """Sound to recognise at once, and where its pieces come from."""

    samples: Samples
    pieces: tuple[WindowPiece, ...]

    @property
    def length_s(self) -> float:
        """Seconds of sound."""
        return len(self.samples) / RATE_HZ

    def clip_time(self, at_s: float) -> float:
        """Convert a time from the window's clock to the clip's clock, in seconds."""
        current = self.pieces[0]
        for piece in self.pieces:
            if piece.at_s <= at_s:
                current = piece
        return min(max(current.start_s + at_s - current.at_s, current.start_s), current.end_s)


def pack_windows(samples: Samples, speech: Sequence[Span]) -> list[Window]:
    """Cut the speech out of a clip's sound and pack it into windows, which end at pauses and never in a span that fits into one.

    samples: the clip's whole sound at 16 kHz. speech: spans on the clip's clock, in order or not, overlapping or not.
    """
    windows: list[Window] = []
    pieces: list[tuple[float, float]] = []
    packed_s = 0.0
    for start_s, end_s in _padded_spans(samples, speech):
        if pieces and packed_s + end_s - start_s > LONGEST_S:
            windows.append(_window(samples, pieces))
            pieces, packed_s = [], 0.0
        pieces.append((start_s, end_s))
        packed_s += end_s - start_s
    if pieces:
        windows.append(_window(samples, pieces))
    return windows


def _padded_spans(samples: Samples, speech: Sequence[Span]) -> list[tuple[float, float]]:
    total_s = len(samples) / RATE_HZ
    padded: list[list[float]] = []
    for span in sorted(speech, key=lambda span: span.start_s):
        start_s, end_s = max(0.0, span.start_s - PAD_S), min(total_s, span.end_s + PAD_S)
        if end_s - start_s < 0.05:
            continue
        if padded and start_s <= padded[-1][1]:
            padded[-1][1] = max(padded[-1][1], end_s)
        else:
            padded.append([start_s, end_s])
    pieces = []
    for start_s, end_s in padded:
        while end_s - start_s > LONGEST_S:
            middle_s = _quietest(samples, start_s + LONGEST_S - SPLIT_SEARCH_S, start_s + LONGEST_S)
            pieces.append((start_s, middle_s))
            start_s = middle_s
        pieces.append((start_s, end_s))
    return pieces


def _quietest(samples: Samples, from_s: float, to_s: float) -> float:
    block = samples[int(from_s * RATE_HZ) : int(to_s * RATE_HZ)]
    energy = np.convolve(block.astype(np.float64) ** 2, np.ones(RATE_HZ // 5), "valid")
    return from_s + (int(np.argmin(energy)) + RATE_HZ // 10) / RATE_HZ


def _window(samples: Samples, pieces: Sequence[tuple[float, float]]) -> Window:
    blocks, placed, length = [], [], 0
    for start_s, end_s in pieces:
        block = samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
        placed.append(WindowPiece(start_s, end_s, length / RATE_HZ))
        blocks.append(block)
        length += len(block)
    return Window(np.concatenate(blocks), tuple(placed))
