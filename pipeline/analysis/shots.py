"""From moments to shots: between two cuts, and between good and bad stretches."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import isnan
from statistics import median

from pipeline.analysis.defects import defect_of, describe
from pipeline.analysis.moment import Moment
from pipeline.documents.analysis import DefectKind, Shot, Subject

SHORTEST_S = 0.8
"""A good or bad stretch shorter than this belongs to its neighbour: nobody cuts it out."""


def shots_of(
    moments: Sequence[Moment],
    cuts: Sequence[float],
    length_s: float,
    faces: Sequence[Subject],
    looked: Sequence[float],
    fingerprints: Sequence[tuple[float, str]],
) -> list[Shot]:
    """Stretches of one picture and one judgement, end to end from 0 to `length_s`."""
    borders = [0.0, *sorted(cut for cut in cuts if 0 < cut < length_s), length_s]
    shots: list[Shot] = []
    for start, end in pairwise(borders):
        inside = [moment for moment in moments if start <= moment.at_s < end]
        for first, last, kind in _stretches(inside, start, end):
            held = [moment for moment in inside if first <= moment.at_s < last] or inside
            if held:
                shots.append(_shot(first, last, kind, held, faces, looked, fingerprints))
    return shots


def _stretches(moments: Sequence[Moment], start: float, end: float) -> list[tuple[float, float, DefectKind | None]]:
    """Runs of one judgement; runs too short to matter join the run before them, the first one the run after.

    A good run ends with its last good moment: what is wrong began somewhere between two looks.
    """
    runs: list[tuple[float, float, DefectKind | None]] = []
    for index, kind in enumerate(_settled(moments)):
        if runs and runs[-1][2] == kind:
            continue
        begins = start
        if runs:
            begins = moments[index if kind is None else index - 1].at_s
            runs[-1] = (runs[-1][0], begins, runs[-1][2])
        runs.append((begins, end, kind))
    joined: list[tuple[float, float, DefectKind | None]] = []
    for run in sorted(runs, key=lambda run: run[0]):
        if joined and (run[1] - run[0] < SHORTEST_S or run[2] == joined[-1][2]):
            joined[-1] = (joined[-1][0], run[1], joined[-1][2])
        elif joined and joined[-1][1] - joined[-1][0] < SHORTEST_S:
            joined[-1] = (joined[-1][0], run[1], run[2])
        else:
            joined.append(run)
    return joined


def _settled(moments: Sequence[Moment]) -> list[DefectKind | None]:
    """Each moment's judgement as most of its neighbours see it, so that a flicker is one stretch and not a dozen."""
    alone = [defect_of(moment) for moment in moments]
    times = [moment.at_s for moment in moments]
    settled = []
    for at, own in zip(times, alone, strict=True):
        near = Counter(alone[bisect_left(times, at - SHORTEST_S / 2) : bisect_right(times, at + SHORTEST_S / 2)])
        settled.append(max(near, key=lambda kind: (near[kind], kind == own)))
    return settled


def _shot(
    start: float,
    end: float,
    kind: DefectKind | None,
    moments: Sequence[Moment],
    faces: Sequence[Subject],
    looked: Sequence[float],
    fingerprints: Sequence[tuple[float, str]],
) -> Shot:
    of_kind = [moment for moment in moments if defect_of(moment) == kind] or list(moments)
    sharp = [moment.sharpness for moment in moments if not isnan(moment.sharpness)]
    seen = [at for at in looked if start <= at < end]
    with_face = {face.at_s for face in faces if start <= face.at_s < end}
    middle = (start + end) / 2
    return Shot(
        start_s=round(start, 3),
        end_s=round(end, 3),
        sharpness=round(median(sharp), 3) if sharp else 0.0,
        brightness=round(median(moment.brightness for moment in moments), 1),
        contrast=round(median(moment.contrast for moment in moments), 1),
        motion=round(median(moment.speed for moment in moments), 4),
        shake=round((sum(moment.shake**2 for moment in moments) / len(moments)) ** 0.5, 4),
        faces=round(len(with_face) / len(seen), 3) if seen else 0.0,
        defects=(describe(kind, of_kind),) if kind else (),
        fingerprint=min(fingerprints, key=lambda item: abs(item[0] - middle))[1] if fingerprints else "",
    )
