"""From the energy of movement to one moving subject's way through a shot (Viterbi)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.moving_energy import EnergyLook
from pipeline.documents.analysis import Movement

STEP_COST = 3.0
"""Cost of a step of a whole picture between two looks; a look's strongest cells are worth 1."""
MOST_STEP_COST = 0.5
LEAST_SHARE = 0.25
"""A look counts fully from this share of what the strongest looks of its time have, so that slow turning points are not lost."""
TIME_S = 8.0
"""Seconds around a look whose strongest looks it is held against."""
NEAR_CELLS = 3
"""Cells to either side of the way whose energy says where the subject is."""
REACH_SHARE = 0.8
NOTHING_UNDER = 1.0
"""Energy that no look of a shot exceeds when nothing but the camera moves: at most 0.25 without a subject, 2.3 and more with one."""
Cells = NDArray[np.float32]


def movements_of(looks: Sequence[EnergyLook], cuts: Sequence[float] = ()) -> Iterator[Movement]:
    """Yield where the moving subject is at every look, shot by shot. cuts: seconds at which a new picture begins."""
    for start, end in pairwise([float("-inf"), *sorted(cuts), float("inf")]):
        shot = [look for look in looks if start <= look[0] < end]
        if shot and max(float(cells.max()) for _, cells in shot) > NOTHING_UNDER:
            yield from _shot_movements(np.array([at for at, _ in shot]), np.stack([cells for _, cells in shot]))


def _shot_movements(times: NDArray[np.float64], energy: Cells) -> Iterator[Movement]:
    """energy: looks x rows x columns. The longer side is followed first, the other one among the cells near that way."""
    maxima = energy.max(axis=(1, 2))
    strongest = np.array([np.percentile(maxima[np.abs(times - at) <= TIME_S / 2], 95) for at in times])
    tall = energy.shape[1] > energy.shape[2]
    along = energy.transpose(0, 2, 1) if tall else energy
    way = best_way(along.max(axis=1), strongest)
    first = _centroids(along.sum(axis=1), way)
    cells = np.arange(along.shape[2])
    near = along * (np.abs(cells[None, :] - way[:, None]) <= NEAR_CELLS)[:, None, :]
    second = _centroids(near.sum(axis=2), best_way(near.max(axis=2), strongest))
    reaches = _reach(along.sum(axis=1), first), _reach(along.sum(axis=2), second)
    (x, y), (reach_x, reach_y) = ((second, first), reaches[::-1]) if tall else ((first, second), reaches)
    for index, at in enumerate(times):
        yield Movement(
            at_s=round(float(at), 3),
            x=round(float(x[index]), 4),
            y=round(float(y[index]), 4),
            reach_x=round(float(reach_x[index]), 3),
            reach_y=round(float(reach_y[index]), 3),
            energy=round(float(maxima[index]), 2),
        )


def best_way(maxima: Cells, strongest: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the cell at every look along which most moves with the fewest steps.

    maxima: looks x cells. strongest: energy of the strongest looks around each look.
    """
    own = np.maximum(maxima.max(axis=1), LEAST_SHARE * strongest)
    emission = np.divide(maxima, own[:, None], out=np.zeros_like(maxima, dtype=np.float64), where=own[:, None] > 0)
    count = maxima.shape[1]
    cells = np.arange(count)
    cost = np.minimum(MOST_STEP_COST, STEP_COST * np.abs(cells[:, None] - cells[None, :]) / count)
    score, came_from = emission[0], np.zeros(maxima.shape, dtype=np.intp)
    for look in range(1, len(maxima)):
        through = score[:, None] - cost
        came_from[look] = through.argmax(axis=0)
        score = through.max(axis=0) + emission[look]
    way = np.empty(len(maxima), dtype=np.intp)
    way[-1] = score.argmax()
    for look in range(len(maxima) - 1, 0, -1):
        way[look - 1] = came_from[look, way[look]]
    return way


def _centroids(sums: Cells, way: NDArray[np.intp]) -> NDArray[np.float64]:
    """Fractions of the side at which the energy near the way has its centre; between looks without energy a straight line."""
    cells = np.arange(sums.shape[1])
    near = sums * (np.abs(cells[None, :] - way[:, None]) <= NEAR_CELLS)
    weight = near.sum(axis=1)
    there = weight > 1e-3
    centres = np.where(there, (near * (cells + 0.5)).sum(axis=1) / np.maximum(weight, 1e-9), way + 0.5) / len(cells)
    looks = np.arange(len(way))
    return np.interp(looks, looks[there], centres[there]) if there.any() else centres


def _reach(sums: Cells, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fractions of the side to either side of the centre within which `REACH_SHARE` of the energy lie; 0 where there is none."""
    middles = (np.arange(sums.shape[1]) + 0.5) / sums.shape[1]
    reaches = np.zeros(len(sums))
    for look, (energy, centre) in enumerate(zip(sums, centres, strict=True)):
        total = float(energy.sum())
        if total > 1e-3:
            distance = np.abs(middles - centre)
            order = distance.argsort()
            reaches[look] = np.interp(REACH_SHARE, energy[order].cumsum() / total, distance[order])
    return reaches
