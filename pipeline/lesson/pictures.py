"""Frames of clips and of the finished video as small pictures inside the page."""

import base64
import io
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PIL import Image

from pipeline.documents.clip import Clip, Transfer
from pipeline.errors import MediaFault
from pipeline.media import FFMPEG, Child, ffmpeg_version, run_side_by_side
from pipeline.media.frame_selection import tone_map_chain
from pipeline.store import Store, content_key

KIND, SUFFIX = "pictures", ".jpg"
VERSION = 1
SHORT_SIDE = 240
"""Pixels in which frames are taken; what does not fit into the page is made smaller from here."""
STEPS = ((240, 74), (200, 70), (170, 66), (140, 60), (110, 52), (90, 45))
"""Short side in pixels and JPEG quality, tried until all pictures fit."""
MOST = 240
"""Frames that are taken at most: each costs a seek, about a third of a second of 1080p. Later ones go without a picture."""


@dataclass(frozen=True)
class FrameRequest:
    """A frame to take: `at_s` on the file's own clock. sha256: of the file."""

    path: str
    sha256: str
    at_s: float
    stream: int = 0
    transfer: Transfer = "sdr"
    early_s: float = 0.5
    """How much earlier to look when there is no frame any more at `at_s`."""


def frame_of(clip: Clip, at_s: float) -> FrameRequest:
    """A clip's frame at that time, kept inside the clip."""
    last = max(0.0, clip.duration_s - max(0.1, 1.5 / max(1.0, clip.frame_rate)))
    return FrameRequest(
        clip.path, clip.sha256, round(min(max(0.0, at_s), last), 3), clip.video_stream, clip.transfer, clip.longest_gap_s + 0.5
    )


class Album:
    """All pictures of a page, taken together and made to fit into a number of bytes."""

    def __init__(self, budget_bytes: int, store: Store) -> None:
        """store: keeps the frames, so that a page that is written again takes only those that are new."""
        self.budget_bytes = budget_bytes
        self.store = store
        self._taken: dict[FrameRequest | str, Image.Image] = {}
        self._encoded: dict[FrameRequest | str, str] = {}

    def take(self, wanted: Sequence[FrameRequest]) -> None:
        """Take these frames, the first ones first; what cannot be read has no picture."""
        todo = [frame for frame in dict.fromkeys(wanted) if frame not in self._taken][:MOST]
        self._grab(todo)
        for frame in [frame for frame in todo if frame not in self._taken]:
            self._grab([replace(frame, at_s=max(0.0, frame.at_s - frame.early_s))], under=frame)

    def add(self, path: str) -> None:
        """Take a picture file as it is."""
        try:
            with Image.open(path) as picture:
                self._taken[path] = picture.convert("RGB")
        except OSError:
            return

    def fit(self) -> None:
        """Choose the largest size at which all pictures fit; when none does, the last ones are left out."""
        for side, quality in STEPS:
            self._encoded = {key: _encode(picture, side, quality) for key, picture in self._taken.items()}
            if sum(map(len, self._encoded.values())) <= self.budget_bytes:
                return
        room = self.budget_bytes
        for key, data in list(self._encoded.items()):
            room -= len(data)
            if room < 0:
                del self._encoded[key]

    def uri(self, key: FrameRequest | str) -> str:
        """The picture as a data URI, empty when there is none. Call `fit` first."""
        return self._encoded.get(key, "")

    def _grab(self, frames: Sequence[FrameRequest], under: FrameRequest | None = None) -> None:
        keys = {frame: _key(frame) for frame in frames}
        parts = {
            frame: self.store.part(KIND, key, SUFFIX)
            for frame, key in keys.items()
            if self.store.find(KIND, key, SUFFIX) is None and Path(frame.path).is_file()
        }
        children = [
            Child(_command(frame, part), Path(frame.path).name, after=partial(self._keep, keys[frame], part))
            for frame, part in parts.items()
        ]
        try:
            run_side_by_side(children, at_once=os.cpu_count() or 2)
        except MediaFault:
            # One file that no longer reads must not cost the others their pictures.
            for child in children:
                with suppress(MediaFault):
                    run_side_by_side([child])
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
        for frame, key in keys.items():
            path = self.store.find(KIND, key, SUFFIX)
            if path is not None:
                with Image.open(path) as picture:
                    self._taken[under or frame] = picture.convert("RGB")

    def _keep(self, key: str, part: Path, _log: str) -> None:
        """Where a file has no frame at that time, ffmpeg ends well and writes nothing."""
        if part.is_file() and part.stat().st_size:
            self.store.adopt(KIND, key, SUFFIX, part)


def _key(frame: FrameRequest) -> str:
    how = (frame.at_s, frame.stream, frame.transfer, SHORT_SIDE)
    return content_key(step="frame", version=VERSION, tool=ffmpeg_version(), sha256=frame.sha256, how=how)


def _command(frame: FrameRequest, out: Path) -> list[str]:
    tone = f",{tone_map_chain()}" if frame.transfer != "sdr" else ""
    small = f"scale='if(lt(iw,ih),{SHORT_SIDE},-2)':'if(lt(iw,ih),-2,{SHORT_SIDE})':flags=area,setsar=1{tone}"
    args = [
        FFMPEG,
        "-hide_banner",
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-threads",
        "1",
        "-ss",
        f"{frame.at_s:.3f}",
        "-i",
        f"file:{frame.path}",
    ]
    return [
        *args,
        "-map",
        f"0:v:{frame.stream}",
        "-frames:v",
        "1",
        "-vf",
        f"{small},format=yuvj420p",
        "-q:v",
        "3",
        "-update",
        "1",
        str(out),
    ]


def _encode(picture: Image.Image, side: int, quality: int) -> str:
    small = picture.copy()
    shrink = side / min(small.size)
    if shrink < 1:
        small = small.resize((max(1, round(small.width * shrink)), max(1, round(small.height * shrink))), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
