"""Where the faces of the shown clips stand on the output picture, frame by frame, so that what lies over it can leave them free."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis, Shot, Subject
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.on_screen import FaceOnScreen
from pipeline.edit.tracks_on_screen import cut_between, held_span, tracks_on_screen

LONGEST_GAP_S = 1.7
"""A face that was not found for so long, three looks of the detector, and is found again near where it was, was there all the same."""
HOLD_S = 0.8
"""Before its first and after its last sighting a face may be there: the detector looks every 0.4 s, and misses one that turns."""


def faces_on_screen(edit: Edit, framing: Framing, analyses: Mapping[str, Analysis]) -> tuple[FaceOnScreen, ...]:
    """Map every face of every shown clip onto the output picture, in the order of the cuts.

    framing: of the shape of that picture. analyses: by clip id; a clip without one has no faces.
    """
    tracks = {clip_id: _tracks(analyses[clip_id]) for clip_id in {cut.clip_id for cut in edit.cuts} if clip_id in analyses}
    return tuple(tracks_on_screen(FaceOnScreen, edit, framing, tracks))


def _tracks(analysis: Analysis) -> list[list[Subject]]:
    """Sightings of one face each, in order of time, held a little beyond both ends; a track never crosses a cut of the camera."""
    tracks: list[list[Subject]] = []
    open_tracks: list[list[Subject]] = []
    for face in sorted((s for s in analysis.subjects if s.kind == "face"), key=lambda s: s.at_s):
        open_tracks = [track for track in open_tracks if face.at_s - track[-1].at_s <= LONGEST_GAP_S]
        near = [track for track in open_tracks if _continues(track[-1], face, analysis.shots)]
        if near:
            min(near, key=lambda track: abs(track[-1].x - face.x) + abs(track[-1].y - face.y)).append(face)
        else:
            tracks.append([face])
            open_tracks.append(tracks[-1])
    return [part for track in tracks for part in _held(track, analysis.shots)]


def _continues(last: Subject, face: Subject, shots: Sequence[Shot]) -> bool:
    within = abs(last.x - face.x) <= max(last.width, face.width) and abs(last.y - face.y) <= max(last.height, face.height)
    return within and last.at_s < face.at_s and not cut_between(shots, last.at_s, face.at_s)


def _held(track: Sequence[Subject], shots: Sequence[Shot]) -> list[list[Subject]]:
    """A track held beyond both ends: as if the face rested there, and as if it went on as it walked. One missed look hides a step."""
    first, last = track[0], track[-1]
    before_s, after_s = held_span(track, shots, HOLD_S)
    held = [first.model_copy(update={"at_s": before_s}), *track, last.model_copy(update={"at_s": after_s})]
    if len(track) == 1:
        return [held]
    return [held, [_walked(first, track[:3][-1], before_s), first], [last, _walked(last, track[-3:][0], after_s)]]


def _walked(end: Subject, other: Subject, at_s: float) -> Subject:
    """Where a face is beyond the end of its track, if it walks on as it did between that end and another sighting."""
    rate = (at_s - end.at_s) / (other.at_s - end.at_s)
    return end.model_copy(update={"at_s": at_s, "x": end.x + rate * (other.x - end.x), "y": end.y + rate * (other.y - end.y)})
