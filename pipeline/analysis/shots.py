"""From samples to shots: between two cuts, and between good and bad stretches."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import isnan
from statistics import median

from pipeline.analysis.defects import defect_of, describe
from pipeline.analysis.sample import FrameSample
from pipeline.documents.analysis import DefectKind, Shot, Subject

SHORTEST_S = 0.8
"""A good or bad stretch shorter than this belongs to its neighbour: nobody cuts it out."""


def shots_of(
    samples: Sequence[FrameSample],
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
        inside = [sample for sample in samples if start <= sample.at_s < end]
        for first, last, kind in _stretches(inside, start, end):
            inside_stretch = [sample for sample in inside if first <= sample.at_s < last] or inside
            if inside_stretch:
                shots.append(_shot(first, last, kind, inside_stretch, faces, looked, fingerprints))
    return shots


def _stretches(samples: Sequence[FrameSample], start: float, end: float) -> list[tuple[float, float, DefectKind | None]]:
    """Runs of one judgement; runs too short to matter join the run before them, the first one the run after.

    A good run ends with its last good sample: what is wrong began somewhere between two looks.
    """
    runs: list[tuple[float, float, DefectKind | None]] = []
    for index, kind in enumerate(_settled(samples)):
        if runs and runs[-1][2] == kind:
            continue
        begins = start
        if runs:
            begins = samples[index if kind is None else index - 1].at_s
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


def _settled(samples: Sequence[FrameSample]) -> list[DefectKind | None]:
    """Each sample's judgement as most of its neighbours see it, so that a flicker is one stretch and not a dozen."""
    alone = [defect_of(sample) for sample in samples]
    times = [sample.at_s for sample in samples]
    settled = []
    for at, kind_alone in zip(times, alone, strict=True):
        neighbours = Counter(alone[bisect_left(times, at - SHORTEST_S / 2) : bisect_right(times, at + SHORTEST_S / 2)])
        settled.append(max(neighbours, key=lambda kind: (neighbours[kind], kind == kind_alone)))
    return settled


def _shot(
    start: float,
    end: float,
    kind: DefectKind | None,
    samples: Sequence[FrameSample],
    faces: Sequence[Subject],
    looked: Sequence[float],
    fingerprints: Sequence[tuple[float, str]],
) -> Shot:
    of_kind = [sample for sample in samples if defect_of(sample) == kind] or list(samples)
    sharp = [sample.sharpness for sample in samples if not isnan(sample.sharpness)]
    looked_inside = [at for at in looked if start <= at < end]
    with_face = {face.at_s for face in faces if start <= face.at_s < end}
    middle = (start + end) / 2
    return Shot(
        start_s=round(start, 3),
        end_s=round(end, 3),
        sharpness=round(median(sharp), 3) if sharp else 0.0,
        brightness=round(median(sample.brightness for sample in samples), 1),
        contrast=round(median(sample.contrast for sample in samples), 1),
        motion=round(median(sample.speed for sample in samples), 4),
        shake=round((sum(sample.shake**2 for sample in samples) / len(samples)) ** 0.5, 4),
        faces=round(len(with_face) / len(looked_inside), 3) if looked_inside else 0.0,
        defects=(describe(kind, of_kind),) if kind else (),
        fingerprint=min(fingerprints, key=lambda item: abs(item[0] - middle))[1] if fingerprints else "",
    )
