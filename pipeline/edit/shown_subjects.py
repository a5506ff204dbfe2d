"""What a scene shows: the story's product, its place, the work or the packing; by its pictures, and by the name of its file."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.analysis import Analysis, ContentSample, PictureContent
from pipeline.documents.product_photos import ProductPhotos
from pipeline.edit.asked_pictures import ASKED_BY, Subject
from pipeline.edit.scenes import Scene

ALIKE_FROM, WHITE_ALIKE_FROM = 0.36, 0.30
"""Cosine from which a frame shows what a photo shows: 94 % of 105 photos of produce, 1.4 % of other scenes. White ground lowers it."""
SURELY_ALIKE = 0.6
LEAST_AHEAD = 0.05
"""By how much a frame must be more like the product's photo than like that of any other product of the sheet."""
KIND_FROM = 0.8
"""Agreement of the kinds of produce from which two may be one kind. With it other produce passes half as often (31 for 60 %)."""
PRODUCE_FROM = 0.2
"""Share of produce from which a picture has a kind at all."""
PLAINLY_PRODUCE = 0.3
"""Share of produce from which, without a photo, a view may be the product."""
LAND_FROM = 0.05
"""Share of land from which a view is outdoors: of those that are not, 95 % have less than 0.03."""
DARK_BELOW = 40.0
"""Mean luma under which a picture is too dark to lie over a bright speaker."""
BY_NAME = 0.5
"""How sure a view is by the name of its file alone."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Showing:
    """The longest part of a scene that shows a subject, seconds on the clip's clock. sure: 0 to 1."""

    start_s: float
    end_s: float
    sure: float
    by_name: bool = False
    by_photo: bool = False

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s


class ShownSubjects:
    """Holds the pictures of a story's scenes against what may be asked of them."""

    def __init__(self, analyses: Mapping[str, Analysis], photos: ProductPhotos) -> None:
        self._analyses, self._photos = analyses, photos
        self._found: dict[tuple[str, float, float, Subject], Showing | None] = {}

    @cached_property
    def known(self) -> bool:
        """Whether the pictures of any clip were looked at: an analysis of an earlier release says nothing about them."""
        return any(analysis.contents for analysis in self._analyses.values())

    @property
    def has_photo(self) -> bool:
        """Whether there is a photo of the product."""
        return self._photos.own is not None

    def find(self, scene: Scene, subject: Subject) -> Showing | None:
        """Return where a scene shows a subject; None where it does not, or not for certain."""
        key = (scene.clip.id, scene.start_s, scene.end_s, subject)
        if key not in self._found:
            self._found[key] = self._find(scene, subject)
        return self._found[key]

    def product_sureness(self, samples: Sequence[ContentSample]) -> list[float | None]:
        """Return how sure each look is that it shows the story's product, 0 to 1; None where it does not."""
        own = self._photos.own
        if own is None:
            return [_unseen_product(sample.content) for sample in samples]
        least = WHITE_ALIKE_FROM if self._photos.white_ground else ALIKE_FROM
        return [self._like_photo(sample.content, own, least) for sample in samples]

    def _find(self, scene: Scene, subject: Subject) -> Showing | None:
        if is_dark(scene):
            return None
        seen: Showing | None = None
        if subject in ("product", "place"):
            samples = samples_of(scene, self._analyses[scene.clip.id].contents)
            seen = longest_run(scene, samples, self.product_sureness(samples) if subject == "product" else self._place(samples))
            if seen is not None and subject == "product":
                seen = Showing(seen.start_s, seen.end_s, seen.sure, by_photo=self.has_photo)
        if seen is None and subject != "product" and _named(scene, subject):
            return Showing(scene.start_s, scene.end_s, BY_NAME, by_name=True)
        return seen

    def _like_photo(self, content: PictureContent, own: PictureContent, least: float) -> float | None:
        alike = self._photo_directions @ direction_of(content)
        if alike[0] < least or alike[0] < max(alike[1:], default=0.0) + LEAST_AHEAD:
            return None
        if min(content.produce, own.produce) >= PRODUCE_FROM and kind_agreement(content, own) < KIND_FROM:
            return None
        return min(1.0, float(alike[0] - least) / (SURELY_ALIKE - least))

    @cached_property
    def _photo_directions(self) -> Vectors:
        """One row a photo, the product's own first."""
        return np.array([direction_of(photo) for photo in (self._photos.own, *self._photos.others) if photo is not None])

    @staticmethod
    def _place(samples: Sequence[ContentSample]) -> list[float | None]:
        return [min(1.0, 0.5 + sample.content.land) if sample.content.land >= LAND_FROM else None for sample in samples]


def is_dark(scene: Scene) -> bool:
    """Whether a scene is too dark to lie over a talk."""
    return scene.shot.brightness < DARK_BELOW


def likeness(one: PictureContent, other: PictureContent) -> float:
    """Return the cosine between what two pictures show, about 0 to 1."""
    return float(direction_of(one) @ direction_of(other))


def direction_of(content: PictureContent) -> Vectors:
    """Return what a picture shows as a vector of length 1."""
    return _unit(np.frombuffer(base64.b85decode(content.features), np.int8))


def kind_agreement(one: PictureContent, other: PictureContent) -> float:
    """Return how far two pictures agree in their kind of produce, 0 to 1 (Bhattacharyya)."""
    first, second = (_unit(np.frombuffer(base64.b85decode(content.kinds), np.uint8)) for content in (one, other))
    return float(first @ second)


def _unit(steps: NDArray[np.int8] | NDArray[np.uint8]) -> Vectors:
    vector = steps.astype(np.float32)
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-9))


def _unseen_product(content: PictureContent) -> float | None:
    """How sure a picture is the product that nobody has a photo of: produce, and no landscape with it."""
    share = content.produce - content.land
    return 0.3 * share if content.produce >= PLAINLY_PRODUCE and content.land < content.produce / 2 else None


def samples_of(scene: Scene, contents: Sequence[ContentSample]) -> list[ContentSample]:
    """Return what was seen of a scene; where no look fell into it, the nearest one of its shot."""
    inside = [sample for sample in contents if scene.start_s <= sample.at_s <= scene.end_s]
    near = [sample for sample in contents if scene.shot.start_s <= sample.at_s <= scene.shot.end_s]
    return inside or near[-1:]


def longest_run(scene: Scene, samples: Sequence[ContentSample], sure: Sequence[float | None]) -> Showing | None:
    """Return the longest part of a scene in which every look saw the subject; None where none did."""
    borders = [
        scene.start_s,
        *((one.at_s + other.at_s) / 2 for one, other in pairwise(samples)),
        scene.end_s,
    ]
    runs: list[Showing] = []
    values: list[float] = []
    start = scene.start_s
    for index, value in enumerate([*sure, None]):
        if value is not None:
            if not values:
                start = borders[index]
            values.append(value)
        elif values:
            runs.append(Showing(start, borders[index], sum(values) / len(values)))
            values = []
    return max(runs, key=lambda run: run.length_s, default=None)


def _named(scene: Scene, subject: Subject) -> bool:
    """Whether the clip's file name says what it shows, as 装箱.mp4 does."""
    name = re.sub(r"[\d_]+", " ", scene.clip.name.rsplit(".", 1)[0])
    asked = any(kind == subject and words.search(name) for kind, _, words in ASKED_BY)
    return asked or (subject == "place" and scene.wide_by_name)
