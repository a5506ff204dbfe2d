"""What a picture shows, as EfficientNet-Lite0 sees it: a direction in which like things lie together, and how much is produce or land."""

import base64
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.thing_in_picture import place_of_thing
from pipeline.documents.analysis import PictureContent
from pipeline.media.decode import Picture
from pipeline.resources import MODELS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

VERSION = 2
"""Goes up when the same picture would give another content."""
MODEL = MODELS / "efficientnet_lite0.onnx"
SIDE = 224
PRODUCE = (*range(936, 958), *range(987, 995), *range(996, 999), 582)
"""ImageNet's classes of vegetables, fruit, grain, nuts and mushrooms, and the shop that sells them."""
LAND = (*range(972, 981), 970, 958, 425, 580, 730, 866, 595, 856, 716, 912, 829, 693, 525, 460, 449, 718, 821, 839, 888, 915, 500)
"""Classes of mountain, valley, shore and hay, of barn, greenhouse, plough and tractor, of fence, dam, bridge and boathouse."""

KIND_TEMPERATURE = 2.0
"""Of two photos of one fruit the network often calls one by its neighbour's name: kinds are compared with softened shares."""


@cache
def _network() -> "InferenceSession":
    import onnxruntime  # takes a while to load, and a story whose clips are all judged never needs it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # as the detector of speech: the decoder has the other cores
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


def picture_content(picture: Picture) -> PictureContent:
    """Return what a BGR picture shows. It is squeezed to a square, whatever its shape."""
    square = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[:, :, ::-1]
    image = np.ascontiguousarray(square.transpose(2, 0, 1)[None], dtype=np.float32)
    features, logits, cells, activity = _network().run(["features", "logits", "cell_logits", "activity"], {"image": image})
    likely, in_cells = _shares(logits[0]), _shares(cells[0])
    produce = float(likely[list(PRODUCE)].sum())
    return PictureContent(
        features=packed_features(features[0]),
        kinds=_packed_kinds(logits[0][list(PRODUCE)]),
        produce=round(produce, 3),
        land=round(float(likely[list(LAND)].sum()), 3),
        thing=place_of_thing(in_cells[list(PRODUCE)].sum(axis=0), activity[0], produce),
    )


def _shares(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    likely = np.exp(logits - logits.max(axis=0))
    return np.asarray(likely / likely.sum(axis=0), dtype=np.float32)


def packed_features(features: NDArray[np.float32]) -> str:
    """Return a vector as text, a signed byte for each number: its length is lost, which a cosine does not need."""
    steps = np.round(features * (127 / max(float(np.abs(features).max()), 1e-9))).astype(np.int8)
    return base64.b85encode(steps.tobytes()).decode("ascii")


def _packed_kinds(logits: NDArray[np.float32]) -> str:
    likely = np.exp((logits - logits.max()) / KIND_TEMPERATURE)
    steps = np.round(255 * np.sqrt(likely / likely.sum())).astype(np.uint8)
    return base64.b85encode(steps.tobytes()).decode("ascii")
