"""Small pictures in the page: frames of clips and of the finished video."""

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
"""Short side in pixels in which frames are extracted; for the page they are made smaller if necessary."""
SIZE_STEPS = ((240, 74), (200, 70), (170, 66), (140, 60), (110, 52), (90, 45))
"""Short side in pixels and JPEG quality, tried until all pictures fit."""
MOST_FRAMES = 240
"""Most frames that are extracted: each costs a seek, about a third of a second for 1080p. Further ones have no picture."""


@dataclass(frozen=True)
class FrameRequest:
    """A frame to extract, at `at_s` on the file's own clock. sha256: hash of the file. stream: index among the video streams."""

    path: str
    sha256: str
    at_s: float
    stream: int = 0
    transfer: Transfer = "sdr"
    early_s: float = 0.5
    """How much earlier to look when the file has ended at `at_s`."""


def clip_frame(clip: Clip, at_s: float) -> FrameRequest:
    """Request a clip's frame at a time (seconds), moved into the clip if necessary."""
    last = max(0.0, clip.duration_s - max(0.1, 1.5 / max(1.0, clip.frame_rate)))
    return FrameRequest(
        clip.path, clip.sha256, round(min(max(0.0, at_s), last), 3), clip.video_stream, clip.transfer, clip.longest_gap_s + 0.5
    )


class PagePictures:
    """All pictures of a page, extracted together and made to fit into a number of bytes."""

    def __init__(self, budget_bytes: int, store: Store) -> None:
        """store: keeps the frames, so that writing a page again extracts only new ones."""
        self.budget_bytes = budget_bytes
        self.store = store
        self._pictures: dict[FrameRequest | str, Image.Image] = {}
        self._encoded: dict[FrameRequest | str, str] = {}

    def take(self, requests: Sequence[FrameRequest]) -> None:
        """Extract these frames, in order; those that cannot be read have no picture."""
        new_frames = [frame for frame in dict.fromkeys(requests) if frame not in self._pictures][:MOST_FRAMES]
        self._extract(new_frames)
        for frame in [frame for frame in new_frames if frame not in self._pictures]:
            self._extract([replace(frame, at_s=max(0.0, frame.at_s - frame.early_s))], shown_as=frame)

    def add(self, path: str) -> None:
        """Add a picture file; one that cannot be read is left out."""
        try:
            with Image.open(path) as picture:
                self._pictures[path] = picture.convert("RGB")
        except OSError:
            return

    def fit(self) -> None:
        """Choose the largest size at which all pictures fit; at the smallest, the last pictures are left out if necessary."""
        for side, quality in SIZE_STEPS:
            self._encoded = {key: _encode(picture, side, quality) for key, picture in self._pictures.items()}
            if sum(map(len, self._encoded.values())) <= self.budget_bytes:
                return
        bytes_left = self.budget_bytes
        for key, data in list(self._encoded.items()):
            bytes_left -= len(data)
            if bytes_left < 0:
                del self._encoded[key]

    def uri(self, key: FrameRequest | str) -> str:
        """A picture as a data URI; empty when there is none. Call `fit` first."""
        return self._encoded.get(key, "")

    def _extract(self, frames: Sequence[FrameRequest], shown_as: FrameRequest | None = None) -> None:
        keys = {frame: _key(frame) for frame in frames}
        parts = {
            frame: self.store.part(KIND, key, SUFFIX)
            for frame, key in keys.items()
            if self.store.find(KIND, key, SUFFIX) is None and Path(frame.path).is_file()
        }
        children = [
            Child(_command(frame, part), Path(frame.path).name, after=partial(self._store_picture, keys[frame], part))
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
                    self._pictures[shown_as or frame] = picture.convert("RGB")

    def _store_picture(self, key: str, part: Path, _log: str) -> None:
        """Store a picture if there is one: for a time without a frame ffmpeg succeeds and writes nothing."""
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
