"""Which cut of an edit a person's cut was before she changed it."""

from collections.abc import Sequence

from pipeline.documents.edit import Cut
from pipeline.edit.voice_line import end_s, lies_over


def pair_cuts(before: Sequence[Cut], given: Sequence[Cut], fps: int) -> list[int | None]:
    """Return for each given cut the index of the cut it was before, None for a new one.

    A cut is known again by clip, time and length wherever it now stands; a shortened, lengthened or divided one by the footage it still
    shows; one whose picture was exchanged by its place.
    """
    pairs: list[int | None] = [None] * len(given)
    taken: set[int] = set()
    for index, cut in enumerate(given):
        same = (other for other, old in enumerate(before) if other not in taken and _identity(old) == _identity(cut))
        pairs[index] = next(same, None)
        taken |= {pairs[index]} - {None}  # type: ignore[arg-type]
    exact = frozenset(taken)
    for index, cut in enumerate(given):
        if pairs[index] is None and cut.clip_id:
            shared = {other: _shared_s(old, cut, fps) for other, old in enumerate(before) if other not in exact}
            best = max(shared, key=shared.__getitem__, default=None)
            pairs[index] = best if best is not None and shared[best] > 0 else None
            taken |= {pairs[index]} - {None}  # type: ignore[arg-type]
    for index, cut in enumerate(given):
        if pairs[index] is None:
            place = next((pair + 1 for pair in reversed(pairs[:index]) if pair is not None), 0)
            if place < len(before) and place not in taken and _picture_exchanged(before[place], cut):
                pairs[index] = place
                taken.add(place)
    return pairs


def _identity(cut: Cut) -> tuple[str, float, int, bool]:
    return cut.clip_id, round(cut.source_start_s, 3), cut.frames, lies_over(cut)


def _shared_s(old: Cut, cut: Cut, fps: int) -> float:
    """Seconds of footage that both show, 0 where one of them is a speaker and the other is not."""
    if old.clip_id != cut.clip_id or lies_over(old) != lies_over(cut):
        return 0.0
    return min(end_s(old, fps), end_s(cut, fps)) - max(old.source_start_s, cut.source_start_s)


def _picture_exchanged(old: Cut, cut: Cut) -> bool:
    """Whether a cut stands where another picture stood; for a speaker only as long as that one: otherwise it is another sentence."""
    if lies_over(old) and lies_over(cut):
        return True
    return old.role == "talk" and old.frames == cut.frames and old.clip_id != cut.clip_id and cut.role != "end_card"
