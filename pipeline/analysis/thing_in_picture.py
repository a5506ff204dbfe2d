"""Where in a picture its produce lies, or else what stands out in it, from what a network sees in each of 7×7 places."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.documents.analysis import PlaceInPicture

PRODUCE_FROM = 0.1
"""Share of produce in the whole picture from which the places are asked for produce. Under it they name some everywhere, a little."""
OF_MOST_PRODUCE = 0.4
"""A place belongs to the produce from this share of the surest place's on."""


def place_of_thing(produce_in: NDArray[np.float32], activity: NDArray[np.float32], produce: float) -> PlaceInPicture:
    """Return the box of the largest coherent part of a picture that is produce, or else that stands out.

    produce_in: probability of produce by place, rows × columns (the classifier applied to every place, as class activation mapping does,
    Zhou and others 2016). activity: mean of the features by place: what stands out has more than the picture's mean (Wei and others,
    Selective Convolutional Descriptor Aggregation, 2017). produce: of the whole picture.
    """
    if produce >= PRODUCE_FROM:
        weight, inside = produce_in, produce_in >= OF_MOST_PRODUCE * produce_in.max()
    else:
        weight, inside = activity, activity >= activity.mean()
    _, parts = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    weights = np.bincount(parts.ravel(), weights=(weight * inside).ravel())
    rows, columns = np.nonzero(parts == int(weights[1:].argmax()) + 1)
    high, wide = parts.shape
    left, right, top, bottom = columns.min() / wide, (columns.max() + 1) / wide, rows.min() / high, (rows.max() + 1) / high
    return PlaceInPicture(
        x=round((left + right) / 2, 4), y=round((top + bottom) / 2, 4), width=round(right - left, 4), height=round(bottom - top, 4)
    )
