"""Where the faces of the shown clips stand on the output picture, frame by frame, so that what lies over it can leave them free."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pipeline.documents.analysis import Analysis, Shot, Subject
from pipeline.documents.edit import CropPath, Cut, Edit, Framing
from pipeline.documents.face_on_screen import FaceOnScreen

STEP_S = 0.1
"""Seconds between two places of a face: nobody walks a tenth of her face's width in that time."""
LONGEST_GAP_S = 1.7
"""A face that was not found for so long, three looks of the detector, and is found again near where it was, was there all the same."""
HOLD_S = 0.8
"""Before its first and after its last sighting a face may be there: the detector looks every 0.4 s, and misses one that turns."""
LEAST_VISIBLE = 0.1
"""Share of a face under which it is outside the crop window, not on the picture."""


def faces_on_screen(edit: Edit, framing: Framing, analyses: Mapping[str, Analysis]) -> tuple[FaceOnScreen, ...]:
    """Map every face of every shown clip onto the output picture, in the order of the cuts.

    framing: of the shape of that picture. analyses: by clip id; a clip without one has no faces. A cut that dissolves into the next one is
    seen beneath it and counts there as well.
    """
    tracks = {clip_id: _tracks(analyses[clip_id]) for clip_id in {cut.clip_id for cut in edit.cuts} if clip_id in analyses}
    tails = [*(min(cut.dissolve, cut.frames) for cut in edit.cuts[1:]), 0]
    found: list[FaceOnScreen] = []
    for cut, path, start, tail in zip(edit.cuts, framing.paths, edit.starts(), tails, strict=True):
        for track in tracks.get(cut.clip_id, ()):
            if path is not None:
                found.extend(_on_screen(cut, path, track, start, cut.frames + tail, edit.fps))
    return tuple(found)


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
    return within and last.at_s < face.at_s and not any(last.at_s < shot.start_s <= face.at_s for shot in shots)


def _held(track: Sequence[Subject], shots: Sequence[Shot]) -> list[list[Subject]]:
    """A track held beyond both ends: as if the face rested there, and as if it went on as it walked. One missed look hides a step."""
    first, last = track[0], track[-1]
    start_s = max((shot.start_s for shot in shots if shot.start_s <= first.at_s), default=0.0)
    end_s = min((shot.end_s for shot in shots if shot.end_s >= last.at_s), default=last.at_s + HOLD_S)
    before_s = max(first.at_s - HOLD_S, min(start_s, first.at_s))
    after_s = min(last.at_s + HOLD_S, max(end_s, last.at_s))
    held = [first.model_copy(update={"at_s": before_s}), *track, last.model_copy(update={"at_s": after_s})]
    if len(track) == 1:
        return [held]
    return [held, [_walked(first, track[:3][-1], before_s), first], [last, _walked(last, track[-3:][0], after_s)]]


def _walked(end: Subject, other: Subject, at_s: float) -> Subject:
    """Where a face is beyond the end of its track, if it walks on as it did between that end and another sighting."""
    rate = (at_s - end.at_s) / (other.at_s - end.at_s)
    return end.model_copy(update={"at_s": at_s, "x": end.x + rate * (other.x - end.x), "y": end.y + rate * (other.y - end.y)})


def _on_screen(cut: Cut, path: CropPath, track: Sequence[Subject], start: int, frames: int, fps: int) -> Iterator[FaceOnScreen]:
    """One face in one cut, a few frames at a time; nothing while it is outside the window."""
    step = max(1, round(STEP_S * fps))
    at = np.arange(0, frames, step)
    seconds = cut.source_start_s + (np.minimum(at + step / 2, frames) * cut.speed) / fps
    there = (seconds >= track[0].at_s) & (seconds <= track[-1].at_s)
    if not there.any():
        return
    at, seconds, times = at[there], seconds[there], [face.at_s for face in track]
    keys = [key.frame for key in path.keys]
    boxes = []
    for centre, size, window, window_centre in (
        ("x", "width", path.width, [key.x for key in path.keys]),
        ("y", "height", path.height, [key.y for key in path.keys]),
    ):
        middle = np.interp(seconds, times, [getattr(face, centre) for face in track])
        extent = np.interp(seconds, times, [getattr(face, size) for face in track])
        corner = np.interp(at, keys, window_centre) - window / 2
        low, high = (middle - extent / 2 - corner) / window, (middle + extent / 2 - corner) / window
        shown_low, shown_high = np.clip(low, 0, 1), np.clip(high, 0, 1)
        boxes.append((shown_low, shown_high, (shown_high - shown_low) / np.maximum(high - low, 1e-6)))
    (left, right, wide), (top, bottom, high_share) = boxes
    for index, frame in enumerate(at):
        if wide[index] * high_share[index] >= LEAST_VISIBLE:
            yield FaceOnScreen(
                first_frame=start + int(frame),
                end_frame=start + min(int(frame) + step, frames),
                x=round(float(left[index]), 4),
                y=round(float(top[index]), 4),
                width=round(float(right[index] - left[index]), 4),
                height=round(float(bottom[index] - top[index]), 4),
            )
