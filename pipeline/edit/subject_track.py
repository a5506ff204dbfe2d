"""Who or what a shot is about: the way of a face, of what moves, or the place where most is to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median
from typing import Literal

import numpy as np

from pipeline.documents.analysis import Movement, Subject

JUMP_COST = 6.0
"""Cost of a jump across the whole picture, in analysed frames of the most prominent face: two and a half seconds of them."""
LEAST_FACES = 1 / 3
"""Share of the looks that must show a face for faces to lead."""
LEAST_ENERGY = 4.0
"""Energy (95th percentile of the looks) from which something moves enough to be followed. Without a subject 0.25 and less, a flower that
opens 2.1, a faint mover 2.3, geese 6.5, people in a room 15."""
FAINT_ENERGY = 2.0
FAINT_REACH = 0.12
"""A fainter mover counts where nothing else moves: a small walker reaches 0.05 across and 0.1 down, the flower 0.1 and 0.22."""
LEAST_LOOKS = 3
FACE_HEIGHT = 0.42
"""Height at which a face stands in a window, in fractions from its top: a little above the middle."""
ACTIVE_SHARE = 0.2
"""A look counts for how sure the track is from this share of that energy, and from `LEAST_ACTIVE`."""
LEAST_ACTIVE = 1.0


@dataclass(frozen=True)
class SubjectTrack:
    """One subject's way: seconds of the clip, its centre and size in fractions of the picture."""

    kind: Literal["face", "moving", "interest"]
    at_s: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    width: float = 0.0
    height: float = 0.0
    """Of what moves: where four fifths of all movement in the picture lie about the track."""

    def below_centre(self, height: float) -> float:
        """How far below the subject's centre that of a window of that height belongs: a face stands a little above the middle."""
        return (0.5 - FACE_HEIGHT) * height if self.kind == "face" else 0.0

    def is_sure(self, width: float, height: float) -> bool:
        """Whether what moves in the picture is this one subject, for a window of that size: else it is leaves, a crowd, a fire."""
        return self.kind != "moving" or (self.width <= width and self.height <= height)


def face_track(subjects: Sequence[Subject]) -> SubjectTrack | None:
    """Return the way of the most prominent person; None where faces show in less than a third of the looks.

    Of two people one is followed throughout, although their faces grow and shrink from frame to frame, and a missed face does not throw the
    window across the picture.
    """
    faces = [s for s in subjects if s.kind == "face"]
    moments = sorted({face.at_s for face in faces})
    if not faces or len(moments) < LEAST_FACES * len({s.at_s for s in subjects}):
        return None
    person = _one_person([[face for face in faces if face.at_s == at] for at in moments])
    return SubjectTrack(
        "face",
        tuple(moments),
        tuple(face.x for face in person),
        tuple(face.y for face in person),
        median(face.width for face in person),
        median(face.height for face in person),
    )


def moving_track(movements: Sequence[Movement]) -> SubjectTrack | None:
    """Return the way of what moves; None where nothing moves enough."""
    if len(movements) < LEAST_LOOKS:
        return None
    strong = float(np.percentile([move.energy for move in movements], 95))
    active = [move for move in movements if move.energy > max(LEAST_ACTIVE, ACTIVE_SHARE * strong)]
    if strong < FAINT_ENERGY or not active:
        return None
    reach_x, reach_y = (median(move.reach_x for move in active), median(move.reach_y for move in active))
    if strong < LEAST_ENERGY and max(reach_x, reach_y) > FAINT_REACH:
        return None
    return SubjectTrack(
        "moving",
        tuple(move.at_s for move in movements),
        tuple(move.x for move in movements),
        tuple(move.y for move in movements),
        2 * reach_x,
        2 * reach_y,
    )


def interest_track(subjects: Sequence[Subject]) -> SubjectTrack | None:
    """Return the place with most to see: it flickers from look to look, so its median over the whole cut is the tripod."""
    others = [s for s in subjects if s.kind == "interest"]
    if not others:
        return None
    return SubjectTrack("interest", (others[0].at_s,), (median(s.x for s in others),), (median(s.y for s in others),))


def _one_person(faces_by_frame: Sequence[Sequence[Subject]]) -> list[Subject]:
    """One face for each frame: the sequence of the most prominent faces with the least jumping (Viterbi)."""
    largest = max(face.weight for faces in faces_by_frame for face in faces)
    scores = [face.weight / largest for face in faces_by_frame[0]]
    best_before: list[list[int]] = []
    for before, faces in pairwise(faces_by_frame):
        transitions = [
            [value - JUMP_COST * hypot(face.x - last.x, face.y - last.y) for value, last in zip(scores, before, strict=True)]
            for face in faces
        ]
        best_before.append([path_scores.index(max(path_scores)) for path_scores in transitions])
        scores = [max(path_scores) + face.weight / largest for path_scores, face in zip(transitions, faces, strict=True)]
    index = scores.index(max(scores))
    chosen = [faces_by_frame[-1][index]]
    for faces, previous in zip(reversed(faces_by_frame[:-1]), reversed(best_before), strict=True):
        index = previous[index]
        chosen.append(faces[index])
    return chosen[::-1]
