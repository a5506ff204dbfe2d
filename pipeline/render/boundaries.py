"""Where the timeline is cut into chunks: near what changes together, and nowhere else because something far away changed.

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

    place: int
    first: int
    last: int

    @property
    def frames(self) -> int:
        """Its length."""
        return self.last - self.first


Stretch = list[CutRange]
"""Parts that follow each other and are never torn apart."""


def chunked(cuts: Sequence[Cut], dissolves: Sequence[int], breaks: Sequence[int], *, shortest: int, longest: int) -> list[Stretch]:
    """The parts of every chunk, in order; all lengths in frames.

    dissolves: frames at each cut's beginning that still show the one before. No boundary lies in them, nor at the cut before them: the
    one that would stand there stands a frame earlier. breaks: frames of the timeline at which a long cut is best split.
    A cut is split into parts of at most `longest`; stretches shorter than `shortest` are put together, or to a neighbour. What comes
    out is rarely longer than `longest`, and then by less than twice `shortest`, or as long as a dissolve asks.
    """
    stretches: list[Stretch] = [[]]
    at = 0
    for place, cut in enumerate(cuts):
        next_dissolve = dissolves[place + 1] if place + 1 < len(cuts) else 0
        edges = _edges(cut.frames, dissolves[place], next_dissolve, [b - at for b in breaks if at < b < at + cut.frames], shortest, longest)
        for first, last in pairwise([0, *edges, cut.frames]):
            stretches[-1].append(CutRange(place, first, last))
            if last < cut.frames or not next_dissolve:
                stretches.append([])
        at += cut.frames
    stretches = [stretch for stretch in stretches if stretch]
    return _together(stretches, lambda stretch: _fingerprint(stretch, cuts), shortest, longest)


def _edges(frames: int, dissolve: int, next_dissolve: int, breaks: Sequence[int], shortest: int, longest: int) -> list[int]:
    """Where one cut is split, on its own frames, strictly inside it and after its dissolve."""
    end = frames - 1 if next_dissolve else frames
    edges: list[int] = []
    at = 0
    while end - at > longest:
        even = at + round((end - at) / -(-(end - at) // longest))
        window = range(max(at + max(1, shortest), dissolve), min(at + longest, end - max(1, shortest)) + 1)
        welcome = [place for place in breaks if place in window]
        at = min(welcome, key=lambda place: abs(place - even)) if welcome else max(even, dissolve)
        if at >= end:
            break
        edges.append(at)
    if next_dissolve and max(1, dissolve) <= end and end not in edges:
        edges.append(end)
    return edges


def _length(stretches: Sequence[Stretch]) -> int:
    return sum(part.frames for stretch in stretches for part in stretch)


def _together(stretches: Sequence[Stretch], name: Callable[[Stretch], str], shortest: int, longest: int) -> list[Stretch]:
    """Short stretches in a row share chunks; what is still too short joins the shorter of its neighbours when both fit into one."""
    runs: list[list[Stretch]] = []
    for stretch in stretches:
        if runs and max(_length([stretch]), _length(runs[-1][-1:])) < shortest:
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    groups = [group for run in runs for group in _halved(run, name, shortest, longest)]
    hosts = _hosts([_length(group) for group in groups], shortest, longest)
    chunks: list[Stretch] = []
    for place, group in enumerate(groups):
        parts = [part for stretch in group for part in stretch]
        if place and hosts[place] == hosts[place - 1]:
            chunks[-1].extend(parts)
        else:
            chunks.append(parts)
    return [_whole(chunk) for chunk in chunks]


def _hosts(sizes: Sequence[int], shortest: int, longest: int) -> list[int]:
    """For each group the one it shares a chunk with: itself, or the shorter of its neighbours when it is too short and both fit."""

    def host(place: int, size: int) -> int:
        beside = [near for near in (place - 1, place + 1) if 0 <= near < len(sizes) and sizes[near] >= shortest]
        fitting = [near for near in beside if sizes[near] + size <= longest]
        return min(fitting, key=lambda near: sizes[near]) if size < shortest and fitting else place

    return [host(place, size) for place, size in enumerate(sizes)]


def _whole(parts: Sequence[CutRange]) -> Stretch:
    """Parts of one cut that came together again as one."""
    out: Stretch = []
    for part in parts:
        if out and out[-1].place == part.place:
            out[-1] = CutRange(part.place, out[-1].first, part.last)
        else:
            out.append(part)
    return out


def _halved(run: list[Stretch], name: Callable[[Stretch], str], shortest: int, longest: int) -> list[list[Stretch]]:
    """A run that is too long for one chunk, divided again and again where the content beside the join says so.

    Of a hundred joins of equal rank some must be taken. A join is ranked by a hash of what begins there, so that it is taken again after
    a change elsewhere in the run.
    """
    if _length(run) <= longest:
        return [run]
    joins = [place for place in range(1, len(run)) if min(_length(run[:place]), _length(run[place:])) >= shortest]
    if not joins:
        return [run]
    best = min(joins, key=lambda place: name(run[place]))
    return [*_halved(run[:best], name, shortest, longest), *_halved(run[best:], name, shortest, longest)]


def _fingerprint(stretch: Stretch, cuts: Sequence[Cut]) -> str:
    """What a stretch shows, as 16 hex digits; the same wherever it stands."""
    shown = [(cuts[part.place].clip_id, cuts[part.place].source_start_s, part.first, part.last) for part in stretch]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
