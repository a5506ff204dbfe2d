"""The picture of an end card: photo in its frame, or ornament, and how it lives a little while words and code rest."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
from PIL import Image

from pipeline.brand import paint
from pipeline.brand.layout import Canvas
from pipeline.brand.paint import lay
from pipeline.brand.template import Corner
from pipeline.documents.look import Box, MovingPicture
from pipeline.store import Store, content_key

VERSION = 1
"""Increased when the same parts would give other frames."""
EVERY = 2
"""Frames of the video for which the picture stays the same: it moves by less than a third of a pixel in each, and half the frames cost
half the drawing, and next to nothing in x264."""
LEAST_SIDE = 8
ENCODING = {"preset": "ultrafast", "crf": "10", "bf": "0", "threads": "1"}
"""Of a file that is decoded for every leader's card: nothing of it is seen to be lost, and it takes a fiftieth of the raw pixels."""


@dataclass(frozen=True)
class EndPicture:
    """A square of `side` pixels: the ornament, and over it the photo in its ring or frame. Either may be None."""

    side: int
    photo: Image.Image | None
    """Larger than its window by as much as it comes nearer."""
    ornament: Image.Image | None
    ring: Image.Image
    """The frame round the photo, RGBA; empty without one."""
    window: Image.Image
    """Mask of the part of the photo that is seen."""
    nearer: float
    """By which share of its size what is seen comes nearer in all; 0 for not at all."""

    @property
    def moves(self) -> bool:
        """Whether it is another picture at the end than at the beginning."""
        return self.nearer > 0 and (self.photo is not None or self.ornament is not None)

    def at(self, share: float) -> Image.Image:
        """Draw it, RGBA, after that share (0 to 1) of its time."""
        image = Image.new("RGBA", (self.side, self.side), (0, 0, 0, 0))
        if self.ornament is not None:
            image.alpha_composite(self._ornament(share))
        if self.photo is None:
            return image
        image.alpha_composite(self.ring, ((self.side - self.ring.width) // 2, (self.side - self.ring.height) // 2))
        image.alpha_composite(paint.masked(self.photo_at(share), self.window), (self.inset, self.inset))
        return image

    @property
    def inset(self) -> int:
        """Pixels from the square's edge to the window of the photo."""
        return (self.side - self.window.width) // 2

    def photo_at(self, share: float) -> Image.Image:
        """What of the photo lies in its window after that share of the time, RGB, to a fraction of a pixel."""
        assert self.photo is not None
        kept, whole = self.window.width, self.photo.width
        margin = whole * (1 - 1 / (1 + self.nearer * share)) / 2
        return self.photo.resize((kept, kept), Image.Resampling.BICUBIC, box=(margin, margin, whole - margin, whole - margin))

    def _ornament(self, share: float) -> Image.Image:
        """The ornament; alone in the picture it comes nearer itself, up to its own size."""
        assert self.ornament is not None
        if self.photo is not None or not self.nearer:
            return self.ornament
        size = (1 + self.nearer * share) / (1 + self.nearer)
        margin = self.side * (1 - 1 / size) / 2
        box = (1 / size, 0, margin, 0, 1 / size, margin)
        return self.ornament.transform(self.ornament.size, Image.Transform.AFFINE, box, Image.Resampling.BICUBIC)

    @cached_property
    def fingerprint(self) -> list[object]:
        """What its frames follow from."""
        images = (self.photo, self.ornament, self.ring, self.window)
        return [self.side, self.nearer, *(sha256(one.tobytes()).hexdigest() if one is not None else "" for one in images)]


def end_picture(canvas: Canvas, photo: Image.Image | None, side: int) -> EndPicture:
    """The end card's picture in the style's form, for a square of that side."""
    style, layout = canvas.style, canvas.style.layout.end_card
    drawn = style.picture("ornament")
    shown = drawn is not None and side >= LEAST_SIDE and (photo is None or layout.halo > 0)
    ornament = paint.motif(drawn, side) if drawn is not None and shown else None
    nearer = style.motion.end_card_nearer
    empty = Image.new("RGBA", (1, 1), (0, 0, 0, 0))
    if photo is None or side < LEAST_SIDE:
        return EndPicture(side, None, ornament, empty, empty, nearer)
    inner = round(side * layout.halo) if layout.halo and ornament is not None else side
    rim = max(2, canvas.px(8))
    kept = inner - 2 * rim
    radius = inner / 2 if layout.photo in ("round", "arch") else canvas.part(layout.radius)
    corners = (True, True, layout.photo != "arch", layout.photo != "arch")
    corner: Corner = "cut" if layout.photo == "cut" else "round"
    edge = Image.new("RGBA", (inner, inner), style.palette.ground.edge)
    ring = paint.masked(edge, paint.rounded(inner, inner, radius, corners=corners, corner=corner))
    window = paint.rounded(kept, kept, max(0.0, radius - rim), corners=corners, corner=corner)
    larger = round(kept * (1 + nearer))
    return EndPicture(side, paint.cropped(photo, larger, larger).convert("RGB"), ornament, ring, window, nearer)


@dataclass(frozen=True)
class LivingPicture:
    """An end picture at its place on the ground of the end card. under: the ground without it."""

    picture: EndPicture
    under: Image.Image
    x: int
    y: int

    def made(self, frames: int, fps: int, store: Store) -> MovingPicture:
        """Return its file in the store: opaque, of `frames` frames of the video, each of its own standing for `EVERY` of them."""
        box, picture = self._box(), self.picture
        corner = (self.x - box.x, self.y - box.y)
        ground = self.under.crop((box.x, box.y, box.x + box.width, box.y + box.height))
        if picture.photo is not None:
            lay(ground, picture.at(0.0), *corner)
        key = content_key(
            step="end picture",
            version=VERSION,
            picture=picture.fingerprint,
            ground=sha256(ground.tobytes()).hexdigest(),
            at=corner,
            frames=frames,
            fps=fps,
        )

        still = ground.convert("RGB")

        def draw(share: float) -> Image.Image:
            if picture.photo is None:
                image = ground.copy()
                image.alpha_composite(picture.at(share), corner)
                return image.convert("RGB")
            image = still.copy()
            image.paste(picture.photo_at(share), (corner[0] + picture.inset, corner[1] + picture.inset), picture.window)
            return image

        file = store.make("overlays", key, ".mp4", lambda path: _write(path, draw, (box.width, box.height), -(-frames // EVERY), fps))
        return MovingPicture(key=key, file=str(file), box=box)

    def _box(self) -> Box:
        """The square that moves, on even pixels: chroma has half the picture's rows and columns."""
        inset = self.picture.inset if self.picture.photo is not None else 0
        left, top = (edge + inset - (edge + inset) % 2 for edge in (self.x, self.y))
        right, bottom = (edge + self.picture.side - inset for edge in (self.x, self.y))
        return Box(x=left, y=top, width=right + right % 2 - left, height=bottom + bottom % 2 - top)


def _write(path: Path, draw: Callable[[float], Image.Image], size: tuple[int, int], count: int, fps: int) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps, EVERY), options=ENCODING)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(count):
            pixels = np.asarray(draw(number / max(1, count - 1)))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
