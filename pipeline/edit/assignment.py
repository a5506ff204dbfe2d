"""The best pairing of two lists, all pairs at once."""

from collections.abc import Sequence

import numpy as np


def best_pairing(values: Sequence[Sequence[float]]) -> list[int | None]:
    """Return for each row the column that it gets, so that the sum of the values is largest; each column goes to one row at most.

    values: what a pair is worth; a pair of 0 or less is never made. The Hungarian method with potentials (Kuhn 1955, Munkres 1957).
    """
    rows = len(values)
    if not rows or not values[0]:
        return [None] * rows
    worth = np.maximum(np.array(values, dtype=np.float64), 0.0)
    # a column of its own for every row, worth nothing, is what "no pair" means; column 0 holds the row that looks for one
    costs = np.hstack([np.zeros((rows, 1)), -worth, np.zeros((rows, rows))])
    columns = costs.shape[1]
    row_potential, column_potential = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, -1)
    for row in range(rows):
        owner[0], column = row, 0
        slack, way = np.full(columns, np.inf), np.zeros(columns, dtype=np.int64)
        used = np.zeros(columns, dtype=np.bool_)
        while owner[column] >= 0:
            used[column] = True
            reduced = costs[owner[column]] - row_potential[owner[column]] - column_potential
            better = ~used & (reduced < slack)
            slack[better], way[better] = reduced[better], column
            following = int(np.argmin(np.where(used, np.inf, slack)))
            step = slack[following]
            row_potential[owner[used]] += step
            column_potential[used] -= step
            slack[~used] -= step
            column = following
        while column:
            owner[column] = owner[way[column]]
            column = int(way[column])
        owner[0] = -1
    pairs: list[int | None] = [None] * rows
    for column in range(1, worth.shape[1] + 1):
        if owner[column] >= 0 and worth[owner[column], column - 1] > 0:
            pairs[int(owner[column])] = column - 1
    return pairs
