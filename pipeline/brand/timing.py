"""When title, lower third and card may stand: they share the opening without standing in each other's way.

Each has its own time first, then those it may take where a face would be under it: it goes earlier, with a cut, or comes later, with a cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.brand.style import Style
from pipeline.documents.limits import CODE_READABLE_S

TITLE_S = 2.6
"""Seconds the title stands, coming and going included: time to read about ten characters twice."""
TITLE_LEAST_S = 1.5
TITLE_LATEST_S = 6.0
"""A title that cannot come by then opens nothing any more."""
LOWER_THIRD_S = 3.2
LOWER_THIRD_LEAST_S = 1.6
CARD_LEAST_S = 1.0
"""A card that the end card would cut down to less than this is left to the end card."""
LONGEST_DELAY_S = 0.5
"""The last part of a layer begins to enter this long after its first one, in every style."""
PAUSE_S = 0.3
"""Between the title's going and the lower third's coming."""

Span = tuple[int, int]
"""First frame and length in frames."""


@dataclass(frozen=True)
class Times:
    """What the times of the layers follow from, in frames.

    body: length before the end card. cuts: where a new picture begins. card_frame: where the product card comes, None for no card.
    card_until: the card comes no later, None where only the end card ends it.
    """

    fps: int
    body: int
    cuts: Sequence[int] = ()
    card_frame: int | None = None
    card_frames: int = 0
    card_until: int | None = None

    @property
    def card_at(self) -> int | None:
        """Where the card comes, None when it has no time at all."""
        shown = self.card_frame is not None and self.card_frames > 0 and self.card_frame < self.body
        return self.card_frame if shown else None

    def frames(self, seconds: float) -> int:
        """Seconds as frames."""
        return round(seconds * self.fps)

    def title(self) -> list[Span]:
        """From the first frame on; the card may cut it short."""
        least, end = self.frames(TITLE_LEAST_S), min(self.frames(TITLE_S), self.body)
        if self.card_at is not None and self.card_at < end:
            end = min(end, max(self.card_at, least))
        if end <= 0:
            return []
        before = [(0, cut) for cut in reversed(self.cuts) if least <= cut < end]
        last = self.body if self.card_at is None else self.card_at
        later = [(cut, min(cut + self.frames(TITLE_S), last) - cut) for cut in self.cuts if 0 < cut <= self.frames(TITLE_LATEST_S)]
        return [(0, end), *before, *(span for span in later if span[1] >= least)]

    def lower_third(self, title_end: int) -> list[Span]:
        """Once the title is gone."""
        start, least = title_end + self.frames(PAUSE_S), self.frames(LOWER_THIRD_LEAST_S)
        starts = [start, *(cut for cut in self.cuts if cut > start)]
        own, *later = [(at, min(self.frames(LOWER_THIRD_S), self.body - at)) for at in starts]
        before = [(start, cut - start) for cut in reversed(self.cuts) if least <= cut - start < own[1]]
        return [span for span in (own, *before, *later) if span[1] >= least]

    def card(self, title_end: int) -> list[Span]:
        """Where the product is named; it waits for the title, and comes later only for its whole time."""
        if self.card_at is None:
            return []
        start = max(self.card_at, title_end)
        own = start, min(self.card_frames, self.body - start)
        until = min(self.body - self.card_frames, self.body if self.card_until is None else self.card_until)
        later = [(cut, self.card_frames) for cut in self.cuts if start < cut <= until]
        return [own, *later] if own[1] >= min(self.card_frames, self.frames(CARD_LEAST_S)) else later


def code_layer_s(style: Style) -> float:
    """Seconds that a layer with a QR code must stand: for a phone to read it at rest, between its entering and leaving."""
    return CODE_READABLE_S + style.motion.enter_s + LONGEST_DELAY_S + style.motion.leave_s
