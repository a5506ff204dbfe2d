"""What the checks share: the file's facts beside everything that was planned for it, on the timeline's frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.documents.destination import Destination, SafeArea
from pipeline.documents.edit import Edit
from pipeline.documents.look import Box, Layer, Look
from pipeline.documents.plan import RenderPlan, SourcePiece
from pipeline.documents.rendition import Rendition
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.inspection.burned import draw_cues
from pipeline.inspection.facts import FileFacts
from pipeline.inspection.overlays import Overlay
from pipeline.inspection.sound import SoundTrack
from pipeline.store import Store

Mask = npt.NDArray[np.bool_]

FALLBACK_MARGIN = 0.05
"""Of width and height, where a destination says nothing of a shape: the title-safe margin of EBU R 95."""


@dataclass(frozen=True)
class PlacedPiece:
    """A piece of the plan on the timeline: its chunk's and its own first frame."""

    piece: SourcePiece
    first: int

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.first + self.piece.frames


@dataclass(frozen=True)
class Case:
    """One finished file under inspection."""

    video: Path
    sha256: str
    facts: FileFacts
    sound: SoundTrack | None
    rendition: Rendition
    plan: RenderPlan
    edit: Edit
    look: Look
    subtitles: Subtitles
    destination: Destination
    store: Store
    """For what the plan asks to be seen: other videos of the story share most of it."""
    scratch: Path
    """For the pictures of what failed."""
    temporary: Path
    """For files that are gone when the inspection is over."""

    @cached_property
    def drawn(self) -> Mapping[int, Overlay]:
        """The subtitles alone at the middle frame of every cue that must be seen. Raises MediaFault when they cannot be drawn."""
        return draw_cues(self.plan, self.subtitles, self.store, self.video.name)

    @property
    def fps(self) -> int:
        """Frames a second of the plan."""
        return self.plan.picture.fps

    @cached_property
    def placed(self) -> tuple[PlacedPiece, ...]:
        """All pieces with their first frame on the timeline."""
        places = []
        for chunk in self.plan.chunks:
            at = chunk.start_frame
            for piece in chunk.pieces:
                places.append(PlacedPiece(piece, at))
                at += piece.frames
        return tuple(places)

    def layers_on(self, frame: int) -> list[Layer]:
        """Layers that stand on the picture at a frame, lowest first."""
        return [layer for layer in self.look.layers if layer.start_frame <= frame < layer.start_frame + layer.frames]

    @property
    def burned(self) -> tuple[Cue, ...]:
        """The cues that must be seen on the picture."""
        return tuple(cue for cue in self.subtitles.cues if not cue.held and cue.text.strip())

    def bare(self, frame: int, shape: tuple[int, int]) -> Mask:
        """Where nothing is planned over the footage at a frame: true there, on a small picture of `shape` (rows, columns)."""
        boxes = [layer.box for layer in self.layers_on(frame)]
        if any(cue.start_frame <= frame < cue.end_frame for cue in self.burned):
            boxes.append(self.subtitle_band)
        free = np.ones(shape, dtype=np.bool_)
        down, across = shape[0] / self.look.height, shape[1] / self.look.width
        for box in boxes:
            top, left = max(0, int(box.y * down)), max(0, int(box.x * across))
            free[top : int(np.ceil((box.y + box.height) * down)) + 1, left : int(np.ceil((box.x + box.width) * across)) + 1] = False
        return free

    @cached_property
    def subtitle_band(self) -> Box:
        """Where two lines of subtitles stand at most, from the look's typography; a line is taken as 1.4 times its size."""
        type_ = self.look.typography
        height = round(2 * 1.4 * type_.size_px + 2 * type_.outline_px + type_.shadow_px)
        bottom = self.look.height - type_.margin_bottom_px + round(0.3 * type_.size_px)
        return Box(x=0, y=max(0, bottom - height), width=self.look.width, height=height)

    @cached_property
    def safe_box(self) -> Box:
        """The part of the picture that the destination's own buttons leave free, in pixels."""
        area = self._safe_area()
        width, height = self.look.width, self.look.height
        left, top = round(area.left * width), round(area.top * height)
        return Box(x=left, y=top, width=round((1 - area.right) * width) - left, height=round((1 - area.bottom) * height) - top)

    def _safe_area(self) -> SafeArea:
        shapes = self.destination.safe_areas
        for name, area in shapes.items():
            across, _, down = name.partition(":")
            if across.isdigit() and down.isdigit() and int(across) * self.look.height == int(down) * self.look.width:
                return area
        m = FALLBACK_MARGIN
        return SafeArea(top=m, bottom=m, left=m, right=m)
