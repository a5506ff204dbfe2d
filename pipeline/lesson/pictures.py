"""Small pictures in the page: frames of clips and of the finished video."""

import base64
import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipeline.errors import MediaFault
from pipeline.lesson.frame_extraction import SHORT_SIDE, FrameRequest, decoded_together, extraction_command
from pipeline.media import Child, ffmpeg_version, run_side_by_side
from pipeline.store import Store, content_key

KIND, SUFFIX = "pictures", ".jpg"
VERSION = 1
KEPT_QUALITY = 92
"""JPEG quality in the store: the page codes them again."""
SIZE_STEPS = ((240, 74), (200, 70), (170, 66), (140, 60), (110, 52), (90, 45))
"""Short side in pixels and JPEG quality, tried until all pictures fit."""
MOST_FRAMES = 240
"""Most frames that are extracted: each may cost a third of a second for 1080p. Further ones have no picture."""


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
        missing = [frame for frame in lacking(frames, self.store) if Path(frame.path).is_file()]
        parts = {frame: self.store.part(KIND, keys[frame], SUFFIX) for frame in missing}

        def child(group: Sequence[FrameRequest]) -> Child:
            outputs = {frame: parts[frame] for frame in group}
            return Child(extraction_command(outputs), Path(group[0].path).name, after=lambda _log: self._store_pictures(keys, outputs))

        try:
            run_side_by_side([child(group) for group in decoded_together(missing)], at_once=os.cpu_count() or 2)
        except MediaFault:
            # One file that no longer reads must not cost the others their pictures.
            for frame in missing:
                with suppress(MediaFault):
                    run_side_by_side([child([frame])])
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
        for frame, key in keys.items():
            path = self.store.find(KIND, key, SUFFIX)
            if path is not None:
                with Image.open(path) as picture:
                    self._pictures[shown_as or frame] = picture.convert("RGB")

    def _store_pictures(self, keys: Mapping[FrameRequest, str], parts: Mapping[FrameRequest, Path]) -> None:
        """Store the pictures that there are: for a time without a frame ffmpeg succeeds and writes nothing."""
        for frame, part in parts.items():
            if part.is_file() and part.stat().st_size:
                self.store.adopt(KIND, keys[frame], SUFFIX, part)


def lacking(frames: Sequence[FrameRequest], store: Store) -> list[FrameRequest]:
    """Return those frames whose pictures the store lacks."""
    return [frame for frame in frames if not store.has(KIND, _key(frame), SUFFIX)]


def keep_frame(frame: FrameRequest, picture: Image.Image, store: Store) -> None:
    """Put a frame's picture into the store. picture: its short side `SHORT_SIDE`."""
    store.make(KIND, _key(frame), SUFFIX, lambda part: picture.save(part, "JPEG", quality=KEPT_QUALITY))


def _key(frame: FrameRequest) -> str:
    how = (frame.at_s, frame.stream, frame.transfer, SHORT_SIDE)
    return content_key(step="frame", version=VERSION, tool=ffmpeg_version(), sha256=frame.sha256, how=how)


def _encode(picture: Image.Image, side: int, quality: int) -> str:
    small = picture.copy()
    shrink = side / min(small.size)
    if shrink < 1:
        small = small.resize((max(1, round(small.width * shrink)), max(1, round(small.height * shrink))), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
