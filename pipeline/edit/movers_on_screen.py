"""Where somebody or something moves on the output picture, frame by frame, so that what lies over it can stand beside it."""

from collections.abc import Iterator, Mapping

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Edit, Framing
from pipeline.documents.on_screen import MoverOnScreen
from pipeline.edit.subject_track import SubjectTrack, face_track, moving_track
from pipeline.edit.tracks_on_screen import PlaceSeen, Track, tracks_on_screen

LARGEST = 0.4
"""Share of the picture's width and height up to which what moves is one thing to stand beside: above it, it is leaves, a crowd, water."""


def movers_on_screen(edit: Edit, framing: Framing, analyses: Mapping[str, Analysis]) -> tuple[MoverOnScreen, ...]:
    """Map what moves in every shown clip onto the output picture, in the order of the cuts: animals, machines, people turned away.

    framing: of the shape of that picture. analyses: by clip id. Where faces lead, what moves is their hands and clothes: nothing is told.
    """
    tracks: dict[str, list[Track]] = {}
    for cut in edit.cuts:
        if cut.clip_id in analyses:
            tracks.setdefault(cut.clip_id, []).extend(_tracks(cut, analyses[cut.clip_id], edit.fps))
    return tuple(tracks_on_screen(MoverOnScreen, edit, framing, tracks))


def _tracks(cut: Cut, analysis: Analysis, fps: int) -> Iterator[Track]:
    start_s, end_s = cut.source_start_s, cut.source_start_s + cut.frames * cut.speed / fps
    if face_track([subject for subject in analysis.subjects if start_s <= subject.at_s <= end_s]) is not None:
        return
    moving = moving_track([move for move in analysis.movements if start_s <= move.at_s <= end_s])
    if moving is not None and moving.is_sure(LARGEST, LARGEST):
        yield _sightings(moving)


def _sightings(moving: SubjectTrack) -> list[PlaceSeen]:
    places = zip(moving.at_s, moving.x, moving.y, strict=True)
    return [PlaceSeen(at_s=at_s, x=x, y=y, width=moving.width, height=moving.height) for at_s, x, y in places]
