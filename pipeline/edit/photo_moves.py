"""The slow move of the window over a photo."""

from statistics import median

from pipeline.documents.clip import PHOTO_NEARER
from pipeline.documents.edit import CropKey, CropPath
from pipeline.edit.subject_track import SubjectTrack

SPEED = 0.05
"""Widths of the window a second: seen to move, and too slow to be followed by the eyes."""
SAME_SHAPE = 0.03
"""A photo whose largest window leaves out less of it than this share has the video's own shape."""


def photo_path(track: SubjectTrack | None, window: tuple[float, float], frames: int, fps: int) -> CropPath:
    """The path of a window over a photo: it moves towards what the photo shows, along the side with more room.

    track: the subject of the photo, None for none. window: width and height of the largest window of the video's shape, in
    fractions of the photo; the path's is nearer by `PHOTO_NEARER`. Of a photo of the video's own shape all but the edge is seen anyway, and
    a small one lies there on its ground: the window crosses its middle.
    """
    size = window[0] / PHOTO_NEARER, window[1] / PHOTO_NEARER
    along = 0 if size[0] <= size[1] else 1
    far = min(SPEED * size[along] * frames / fps, 1 - size[along])
    if min(window) > 1 - SAME_SHAPE or track is None:
        end = [0.5, 0.5]
        end[along] += far / 2
    else:
        lift = track.below_centre(size[1])
        centre = median(track.x), median(track.y) + lift
        end = [min(max(at, side / 2), 1 - side / 2) for at, side in zip(centre, size, strict=True)]
    start = list(end)
    start[along] += -far if end[along] - far >= size[along] / 2 - 1e-6 else far
    start[along] = min(start[along], 1 - size[along] / 2)
    keys = [CropKey(frame=at, x=round(x, 5), y=round(y, 5)) for at, (x, y) in ((0, start), (max(1, frames - 1), end))]
    return CropPath(width=size[0], height=size[1], keys=tuple(keys))
