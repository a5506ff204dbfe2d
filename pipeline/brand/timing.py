"""When title, lower third and card stand: they share the opening without standing in each other's way."""

from pipeline.brand.style import Style
from pipeline.documents.limits import CODE_READABLE_S

TITLE_S = 2.6
"""Seconds the title stands, coming and going included: time to read about ten characters twice."""
TITLE_LEAST_S = 1.5
LOWER_THIRD_S = 3.2
LOWER_THIRD_LEAST_S = 1.6
CARD_LEAST_S = 1.0
"""A card that the end card would cut down to less than this is left to the end card."""
LONGEST_DELAY_S = 0.5
"""The last part of a layer begins to enter this long after its first one, in every style."""
PAUSE_S = 0.3
"""Between the title's going and the lower third's coming."""


def code_layer_s(style: Style) -> float:
    """Seconds that a layer with a QR code must stand: for a phone to read it at rest, between its entering and leaving."""
    return CODE_READABLE_S + style.motion.enter_s + LONGEST_DELAY_S + style.motion.leave_s


def opening_spans(
    fps: int, body: int, *, titled: bool, lower_third: bool, card_frame: int | None, card_frames: int
) -> dict[str, tuple[int, int]]:
    """First frame and length, in frames, of title, lower third and card; without those that have no time.

    body: frames before the end card. The card may cut the title short, and else waits until it is gone.
    """
    spans: dict[str, tuple[int, int]] = {}
    card_at = card_frame if card_frame is not None and card_frames > 0 and card_frame < body else None
    title_end = min(round(TITLE_S * fps), body) if titled else 0
    if card_at is not None and card_at < title_end:
        title_end = min(title_end, max(card_at, round(TITLE_LEAST_S * fps)))
    if title_end > 0:
        spans["title"] = 0, title_end
    start = title_end + round(PAUSE_S * fps)
    frames = min(round(LOWER_THIRD_S * fps), body - start)
    if lower_third and frames >= round(LOWER_THIRD_LEAST_S * fps):
        spans["lower_third"] = start, frames
    if card_at is not None:
        start = max(card_at, title_end)
        frames = min(card_frames, body - start)
        if frames >= min(card_frames, round(CARD_LEAST_S * fps)):
            spans["card"] = start, frames
    return spans
