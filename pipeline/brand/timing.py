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
CARD_WAITS_S = 1.0
"""A card waits at most so long for a title that came late."""
LOWER_THIRD_S = 3.2
LOWER_THIRD_LEAST_S = 1.6
CARD_LEAST_S = 1.0
"""A card that the end card would cut down to less than this is left to the end card."""
PRICE_TAG_LEAST_S = 1.4
"""A tag that says what is being said is read in this time, coming and going included."""
PRICE_LEAST_S = 2.2
"""A card without a code, or a price tag, is read in this time, coming and going included."""
PRICE_BEFORE_S, PRICE_AFTER_S = 0.3, 1.0
"""The price stands on the picture from so long before it is said to so long after."""
PRICE_GAP_S = 1.5
"""A card stays for a price that is said so soon after it would go."""
LONGEST_DELAY_S = 0.5
"""The last part of a layer begins to enter this long after its first one, in every style."""
NOTES_DELAY_S = 0.5
"""The notes of an end card begin to enter so long after it."""
PAUSE_S = 0.3
"""Between the title's going and the lower third's coming."""

Span = tuple[int, int]
"""First frame and length in frames."""
Mention = tuple[int, int]
"""First and end frame in which the price is said."""


@dataclass(frozen=True)
class Times:
    """What the times of the layers follow from, in frames.

    body: length before the end card. cuts: where a new picture begins. card_frame: where the product card comes, None for no card.
    card_until: the card comes no later, None where only the end card ends it. spoken_prices: each mention of the price.
    """

    fps: int
    body: int
    cuts: Sequence[int] = ()
    card_frame: int | None = None
    card_frames: int = 0
    card_until: int | None = None
    spoken_prices: Sequence[Mention] = ()
    title_at: int = 0
    """Frame before which the first picture stands alone."""

    @property
    def card_at(self) -> int | None:
        """Where the card comes, None when it has no time at all."""
        shown = self.card_frame is not None and self.card_frames > 0 and self.card_frame < self.body
        return self.card_frame if shown else None

    def frames(self, seconds: float) -> int:
        """Seconds as frames."""
        return round(seconds * self.fps)

    def title(self) -> list[Span]:
        """From the first frame on, or where the style lets it come; the card may cut it short."""
        least = self.frames(TITLE_LEAST_S)
        start = min(self.title_at, max(0, self.body - least))
        end = min(start + self.frames(TITLE_S), self.body)
        if self.card_at is not None and self.card_at < end:
            end = min(end, max(self.card_at, start + least))
        if end <= start:
            return []
        later: list[Span] = []
        for cut in (cut for cut in self.cuts if start < cut <= self.frames(TITLE_LATEST_S)):
            last = self.body if self.card_at is None else max(self.card_at, min(cut + least, self.card_at + self.frames(CARD_WAITS_S)))
            later += self._from([cut], self.frames(TITLE_S), least, min(last, self.body))
        return [(start, end - start), *self._shortened(start, end - start, least), *later]

    def lower_third(self, title_end: int) -> list[Span]:
        """Once the title is gone."""
        start = title_end + self.frames(PAUSE_S)
        starts = [start, *(cut for cut in self.cuts if cut > start)]
        return self._from(starts, self.frames(LOWER_THIRD_S), self.frames(LOWER_THIRD_LEAST_S), self.body)

    def card(self, title_end: int) -> list[Span]:
        """Where the product is named; it waits for the title, and comes later only for its whole time."""
        if self.card_at is None:
            return []
        start = max(self.card_at, title_end)
        own = start, min(self.card_frames, self.body - start)
        longer = start, self._until_said(start, own[1])
        later = [(cut, self.card_frames) for cut in self._later(start) if cut + self.card_frames <= self.body]
        return list(dict.fromkeys((longer, own, *later))) if own[1] >= min(self.card_frames, self.frames(CARD_LEAST_S)) else later

    def price_tag(self, title_end: int) -> list[Span]:
        """As the card, and shorter times as well: name and price are read in less time than a code."""
        whole = self.card(title_end)
        if self.card_at is None or not whole:
            return whole
        start = max(self.card_at, title_end)
        shorter = self._from([start, *self._later(start)], self.card_frames, self.frames(PRICE_LEAST_S), self.body)
        return list(dict.fromkeys((*whole, *shorter)))

    def spoken_price(self, said: Mention, shown: Sequence[Span]) -> list[Span]:
        """From just before a mention of the price until it has been read; none where it is shown already or hardly begun.

        shown: when a card or another tag shows the price.
        """
        first, last = said[0] - self.frames(PRICE_BEFORE_S), min(said[1] + self.frames(PRICE_AFTER_S), self.body)
        start = max([0, first, *(at + frames for at, frames in shown if at <= said[0])])
        following = min([self.body, *(at for at, _ in shown if at > said[0])])
        whole, least = max(last, start + self.frames(PRICE_LEAST_S)) - start, self.frames(PRICE_TAG_LEAST_S)
        if said[1] <= start or said[0] >= self.body:
            return []
        return self._from([start], min(whole, following - start), min(least, max(1, last - start)), following)

    def _until_said(self, start: int, frames: int) -> int:
        """How long a card stays for the prices that are said under it and soon after it, at most twice its time."""
        end, most = start + frames, min(start + 2 * self.card_frames, self.body)
        for first, last in self.spoken_prices:
            if start <= first <= end + self.frames(PRICE_GAP_S) and last + self.frames(PRICE_AFTER_S) <= most:
                end = max(end, last + self.frames(PRICE_AFTER_S))
        return end - start

    def _later(self, start: int) -> list[int]:
        """Cuts after a frame at which the card may still come."""
        return [cut for cut in self.cuts if start < cut <= (self.body if self.card_until is None else self.card_until)]

    def _from(self, starts: Sequence[int], longest: int, least: int, last: int) -> list[Span]:
        """From each start as long as may be, then until an earlier cut; only what is long enough to be read."""
        spans = ((at, min(longest, last - at)) for at in starts)
        return [one for at, frames in spans if frames >= least for one in ((at, frames), *self._shortened(at, frames, least))]

    def _shortened(self, start: int, frames: int, least: int) -> list[Span]:
        """The same start with an end at a cut, the longest first."""
        return [(start, cut - start) for cut in reversed(self.cuts) if least <= cut - start < frames]


def code_layer_s(style: Style) -> float:
    """Seconds that a layer with a QR code must stand: for a phone to read it at rest, between its entering and leaving."""
    return CODE_READABLE_S + style.motion.enter_s + LONGEST_DELAY_S + style.motion.leave_s
