"""Where the timeline is divided into chunks. A change of one cut must not move the boundaries far away from it.

Every rule looks at one cut and its neighbours only. Counting from the beginning of the timeline would be simpler, but then a cut
that is made shorter would move every boundary after it, and nothing that was rendered could be used again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.documents.edit import Cut


@dataclass(frozen=True)
class CutRange:
    """The frames [first, last) of the cut at `place` of the edit."""

    cut_index: int
    first: int
    last: int

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.last - self.first


Stretch = list[CutRange]
"""Consecutive parts that stay in one chunk."""


def divide_into_chunks(
    cuts: Sequence[Cut], dissolves: Sequence[int], breaks: Sequence[int], *, shortest: int, longest: int
) -> list[Stretch]:
    """Divide the timeline into chunks and return the parts of each, in order. All lengths are frames.

    dissolves: frames at the start of each cut that still show the cut before. No boundary lies within them, nor right before them:
    that one moves a frame earlier. breaks: timeline frames at which a long cut is preferably split.
    A cut is split into parts of at most `longest`; stretches shorter than `shortest` are put together or join a neighbour. A chunk is
    rarely longer than `longest`, and then by less than twice `shortest`, or by as much as a dissolve needs.
    """
    stretches: list[Stretch] = [[]]
    start_frame = 0
    for index, cut in enumerate(cuts):
        next_dissolve = dissolves[index + 1] if index + 1 < len(cuts) else 0
        split_points = _split_points(
            cut.frames,
            dissolves[index],
            next_dissolve,
            [b - start_frame for b in breaks if start_frame < b < start_frame + cut.frames],
            shortest,
            longest,
        )
        for first, last in pairwise([0, *split_points, cut.frames]):
            stretches[-1].append(CutRange(index, first, last))
            if last < cut.frames or not next_dissolve:
                stretches.append([])
        start_frame += cut.frames
    stretches = [stretch for stretch in stretches if stretch]
    return _group_short_stretches(stretches, lambda stretch: _fingerprint(stretch, cuts), shortest, longest)


def _split_points(frames: int, dissolve: int, next_dissolve: int, breaks: Sequence[int], shortest: int, longest: int) -> list[int]:
    """Frames of one cut, counted from its start, at which it is split: strictly inside the cut and after its dissolve."""
    end = frames - 1 if next_dissolve else frames
    split_points: list[int] = []
    last_split = 0
    while end - last_split > longest:
        even_split = last_split + round((end - last_split) / -(-(end - last_split) // longest))
        allowed = range(max(last_split + max(1, shortest), dissolve), min(last_split + longest, end - max(1, shortest)) + 1)
        preferred = [frame for frame in breaks if frame in allowed]
        last_split = min(preferred, key=lambda frame: abs(frame - even_split)) if preferred else max(even_split, dissolve)
        if last_split >= end:
            break
        split_points.append(last_split)
    if next_dissolve and max(1, dissolve) <= end and end not in split_points:
        split_points.append(end)
    return split_points


def _length(stretches: Sequence[Stretch]) -> int:
    return sum(part.frames for stretch in stretches for part in stretch)


def _group_short_stretches(
    stretches: Sequence[Stretch], fingerprint: Callable[[Stretch], str], shortest: int, longest: int
) -> list[Stretch]:
    """Let short consecutive stretches share chunks; one still too short joins the shorter neighbour when both fit into one chunk."""
    runs: list[list[Stretch]] = []
    for stretch in stretches:
        if runs and max(_length([stretch]), _length(runs[-1][-1:])) < shortest:
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    groups = [group for run in runs for group in _split_run(run, fingerprint, shortest, longest)]
    targets = _merge_targets([_length(group) for group in groups], shortest, longest)
    chunks: list[Stretch] = []
    for index, group in enumerate(groups):
        parts = [part for stretch in group for part in stretch]
        if index and targets[index] == targets[index - 1]:
            chunks[-1].extend(parts)
        else:
            chunks.append(parts)
    return [_merge_parts(chunk) for chunk in chunks]


def _merge_targets(sizes: Sequence[int], shortest: int, longest: int) -> list[int]:
    """For each group the index of the group it shares a chunk with: its own, or the shorter neighbour's when it is too short."""

    def target(index: int, size: int) -> int:
        neighbours = [neighbour for neighbour in (index - 1, index + 1) if 0 <= neighbour < len(sizes) and sizes[neighbour] >= shortest]
        fitting = [neighbour for neighbour in neighbours if sizes[neighbour] + size <= longest]
        return min(fitting, key=lambda neighbour: sizes[neighbour]) if size < shortest and fitting else index

    return [target(index, size) for index, size in enumerate(sizes)]


def _merge_parts(parts: Sequence[CutRange]) -> Stretch:
    """The parts, with adjacent parts of one cut merged."""
    out: Stretch = []
    for part in parts:
        if out and out[-1].cut_index == part.cut_index:
            out[-1] = CutRange(part.cut_index, out[-1].first, part.last)
        else:
            out.append(part)
    return out


def _split_run(run: list[Stretch], fingerprint: Callable[[Stretch], str], shortest: int, longest: int) -> list[list[Stretch]]:
    """Split a run that is too long for one chunk, recursively.

    Any of its joins would do. The one with the lowest hash of what begins there is taken, so that it is taken again after a change
    elsewhere in the run.
    """
    if _length(run) <= longest:
        return [run]
    candidates = [index for index in range(1, len(run)) if min(_length(run[:index]), _length(run[index:])) >= shortest]
    if not candidates:
        return [run]
    best = min(candidates, key=lambda index: fingerprint(run[index]))
    return [*_split_run(run[:best], fingerprint, shortest, longest), *_split_run(run[best:], fingerprint, shortest, longest)]


def _fingerprint(stretch: Stretch, cuts: Sequence[Cut]) -> str:
    """Hash of what a stretch shows, 16 hex digits; independent of its place on the timeline."""
    content = [(cuts[part.cut_index].clip_id, cuts[part.cut_index].source_start_s, part.first, part.last) for part in stretch]
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]
