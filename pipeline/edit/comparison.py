"""Two edits of the same clips, shot by shot: what both show, what only one shows, what another place or length."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipeline.edit.shot_list import ListedShot

SAME_SHARE = 0.5
"""Share of the shorter of two shots that both must show to be the same shot."""
SAME_S = 0.2
"""Two places of one shot that lie nearer than this, at both ends, are one place."""

Difference = Literal["same", "trimmed", "moved", "only"]


@dataclass(frozen=True)
class ComparedShots:
    """A row of the comparison: a shot of the first edit, of the second, or both where it is one shot in the same order."""

    first: ListedShot | None
    second: ListedShot | None
    difference: Difference


def compare_shots(first: Sequence[ListedShot], second: Sequence[ListedShot]) -> list[ComparedShots]:
    """Rows in the order of both timelines; a shot that stands elsewhere in the other edit has a row in each, marked as moved."""
    twins: dict[int, int] = {}
    for index, shot in enumerate(second):
        twin = next((place for place, other in enumerate(first) if place not in twins.values() and _same_shot(other, shot)), None)
        if twin is not None:
            twins[index] = twin
    keys = [twins.get(index, -1 - index) for index in range(len(second))]
    rows: list[ComparedShots] = []
    for kind, begin, end, other_begin, other_end in SequenceMatcher(None, range(len(first)), keys, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs = zip(first[begin:end], second[other_begin:other_end], strict=True)
            rows += [ComparedShots(shot, other, "same" if _same_place(shot, other) else "trimmed") for shot, other in pairs]
            continue
        rows += [ComparedShots(first[at], None, "moved" if at in twins.values() else "only") for at in range(begin, end)]
        rows += [ComparedShots(None, second[at], "moved" if at in twins else "only") for at in range(other_begin, other_end)]
    return rows


def _same_shot(first: ListedShot, second: ListedShot) -> bool:
    common_s = min(first.end_s, second.end_s) - max(first.start_s, second.start_s)
    shorter_s = min(first.end_s - first.start_s, second.end_s - second.start_s)
    return first.clip_id == second.clip_id and common_s > 0 and common_s >= SAME_SHARE * shorter_s


def _same_place(first: ListedShot, second: ListedShot) -> bool:
    return abs(first.start_s - second.start_s) < SAME_S and abs(first.end_s - second.end_s) < SAME_S
