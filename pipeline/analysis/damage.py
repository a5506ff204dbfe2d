"""Stretches of a clip that do not decode whole: nothing is taken from them."""

from collections.abc import Iterable, Sequence

from pipeline.documents.analysis import Defect, Shot
from pipeline.documents.message import M

MARGIN_S = 0.5
"""Around damaged frames. A decoder that works on several frames side by side reports an error some frames late."""


def unreadable(start_s: float, end_s: float) -> Shot:
    """A stretch that could not be decoded, as a shot that nothing is taken from."""
    defect = Defect(
        kind="unreadable",
        measured=round(end_s - start_s, 1),
        reason=M("damaged: {seconds} s of it cannot be read", seconds=round(end_s - start_s, 1)),
        advice=M("Copy it again from the phone, or open it there and save it anew as MP4."),
    )
    nothing = dict.fromkeys(("sharpness", "brightness", "contrast", "motion", "shake", "faces"), 0.0)
    return Shot(start_s=round(start_s, 3), end_s=round(end_s, 3), defects=(defect,), **nothing)


def without_damage(shots: Iterable[Shot], damaged: Sequence[float], length_s: float) -> list[Shot]:
    """Cut damaged stretches out of shots that lie end to end, and put unreadable ones in their place.

    damaged: times of frames that did not decode whole, seconds, in any order.
    """
    spans = _spans(damaged, length_s)
    kept = [piece for shot in shots for piece in _outside(shot, spans)]
    return sorted([*kept, *(unreadable(start, end) for start, end in spans)], key=lambda shot: shot.start_s)


def _spans(damaged: Sequence[float], length_s: float) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    for at in sorted(damaged):
        start, end = max(0.0, at - MARGIN_S), min(length_s, at + MARGIN_S)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        elif start < end:
            spans.append((start, end))
    return spans


def _outside(shot: Shot, spans: Sequence[tuple[float, float]]) -> list[Shot]:
    """What is left of a shot; its measurements are those of the whole."""
    left, start = [], shot.start_s
    for first, last in spans:
        if last <= start or first >= shot.end_s:
            continue
        if first > start:
            left.append(shot.model_copy(update={"start_s": start, "end_s": round(first, 3)}))
        start = round(last, 3)
    if start < shot.end_s:
        left.append(shot.model_copy(update={"start_s": start}))
    return left
