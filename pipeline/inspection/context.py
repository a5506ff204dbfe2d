"""What the checks share: the file's facts and everything that was planned for it, on the timeline's frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.documents.destination import Destination
from pipeline.documents.edit import Edit
from pipeline.documents.limits import SUBTITLE_LINES
from pipeline.documents.look import Box, Layer, Look
from pipeline.documents.plan import RenderPlan, SourcePiece
from pipeline.documents.rendition import Rendition
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.inspection.facts import FileFacts
from pipeline.inspection.overlays import Overlay
from pipeline.inspection.sound import SoundTrack
from pipeline.inspection.subtitle_overlays import draw_subtitle_overlays
from pipeline.store import Store

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PlacedPiece:
    """A piece of the plan and its first frame on the timeline."""

    piece: SourcePiece
    first: int

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.first + self.piece.frames


@dataclass(frozen=True)
class InspectionContext:
    """One finished file under inspection, with its plan."""

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
    """Keeps the planned pictures: other videos of the story share most of them."""
    scratch: Path
    """Folder for the pictures of failed findings."""
    temporary: Path
    """Folder for files that are deleted when the inspection ends."""

    @cached_property
    def subtitle_overlays(self) -> Mapping[int, Overlay]:
        """The subtitles alone, by the middle frame of every cue that must be seen. Raises MediaFault when they cannot be drawn."""
        return draw_subtitle_overlays(self.plan, self.subtitles, self.store, self.video.name)

    @property
    def fps(self) -> int:
        """Frames a second of the plan."""
        return self.plan.picture.fps

    @cached_property
    def placed_pieces(self) -> tuple[PlacedPiece, ...]:
        """All pieces with their first frame on the timeline."""
        placed = []
        for chunk in self.plan.chunks:
            first = chunk.start_frame
            for piece in chunk.pieces:
                placed.append(PlacedPiece(piece, first))
                first += piece.frames
        return tuple(placed)

    def layers_on(self, frame: int) -> list[Layer]:
        """Layers visible at a timeline frame, lowest first."""
        return [layer for layer in self.look.layers if layer.start_frame <= frame < layer.start_frame + layer.frames]

    @property
    def burned_cues(self) -> tuple[Cue, ...]:
        """The cues that must be burned into the picture."""
        return tuple(cue for cue in self.subtitles.cues if not cue.held and cue.shown_text.strip())

    def uncovered(self, frame: int, shape: tuple[int, int]) -> Mask:
        """Mask of a small picture of `shape` (rows, columns): True where no layer or subtitle covers the footage at a frame."""
        boxes = [*(layer.box for layer in self.layers_on(frame)), *self.subtitle_boxes(frame)]
        mask = np.ones(shape, dtype=np.bool_)
        vertical, horizontal = shape[0] / self.look.height, shape[1] / self.look.width
        for box in boxes:
            top, left = max(0, int(box.y * vertical)), max(0, int(box.x * horizontal))
            mask[top : int(np.ceil((box.y + box.height) * vertical)) + 1, left : int(np.ceil((box.x + box.width) * horizontal)) + 1] = False
        return mask

    def subtitle_boxes(self, frame: int) -> tuple[Box, ...]:
        """The box that holds all lines of subtitles at a frame, from the look's typography; none without a subtitle.

        A line is taken as 1.4 times its size. A person may write more lines, or subtitles that overlap: libass stacks them upwards.
        """
        lines = sum(len(cue.lines) + (len(cue.second) + 1) // 2 for cue in self.burned_cues if cue.start_frame <= frame < cue.end_frame)
        if not lines:
            return ()
        type_ = self.look.typography
        height = round(max(lines, SUBTITLE_LINES) * 1.4 * type_.size_px + 2 * type_.outline_px + type_.shadow_px)
        bottom = self.look.height - type_.margin_bottom_px + round(0.3 * type_.size_px)
        top = max(0, bottom - height)
        return (Box(x=0, y=top, width=self.look.width, height=bottom - top),)

    @cached_property
    def safe_box(self) -> Box:
        """The part of the picture that the destination's own buttons leave uncovered, in pixels."""
        area = self.destination.safe_area(self.look.width, self.look.height)
        width, height = self.look.width, self.look.height
        left, top = round(area.left * width), round(area.top * height)
        return Box(x=left, y=top, width=round((1 - area.right) * width) - left, height=round((1 - area.bottom) * height) - top)
