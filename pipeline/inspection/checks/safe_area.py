"""Checks that nothing that must be read lies under the destination's own buttons."""

from collections.abc import Sequence

from pipeline.documents.look import Box
from pipeline.documents.message import M, Message
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture

ROUNDING_PX = 1
"""Margins are fractions: they and the boxes are rounded on their own."""


class SafeAreaCheck(InspectionCheck):
    """Checks texts and QR codes by the boxes they were drawn in, subtitles by the letters that libass draws."""

    name = "safe_area"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.outside: dict[int, list[tuple[Box, str]]] = {}
        self.pictures: dict[int, Picture] = {}
        for layer in context.look.layers:
            last = max(layer.rest_start, layer.rest_end - 1)
            at = layer.start_frame + (layer.rest_start + last) // 2
            boxes = list(layer.text_boxes) or ([layer.box] if layer.texts else [])
            names = [*layer.texts, *[""] * len(boxes)]
            if layer.qr_box is not None:
                boxes.append(layer.qr_box)
                names.insert(len(boxes) - 1, "QR")
            for box, name in zip(boxes, names, strict=False):
                self._hold(box, name or layer.kind, at)
        for number, overlay in context.subtitle_overlays.items():
            words = [" ".join(cue.shown_lines) for cue in context.burned_cues if cue.start_frame <= number < cue.end_frame]
            self._hold(overlay.box, words[0] if words else "", number)

    def _hold(self, box: Box, name: str, at: int) -> None:
        safe = self.context.safe_box
        fits = (
            box.x >= safe.x - ROUNDING_PX
            and box.y >= safe.y - ROUNDING_PX
            and box.x + box.width <= safe.x + safe.width + ROUNDING_PX
            and box.y + box.height <= safe.y + safe.height + ROUNDING_PX
        )
        if not fits:
            self.outside.setdefault(at, []).append((box, name))

    def feed(self, frame: DecodedFrame) -> None:
        """Keep the frames on which something lies outside."""
        if frame.number in self.outside:
            self.pictures[frame.number] = frame.full

    def _shorter(self, number: int) -> Message:
        if number in self.context.subtitle_overlays:
            return M("Shorten that line in subtitles.srt, then: fieldcut render {story}", story=self.context.plan.story)
        return M("Shorten the product's name in the product sheet, or the note's first line, and run the same fieldcut make again.")

    def result(self) -> Sequence[Finding]:
        """Fails for every text that lies under the destination's buttons."""
        findings = []
        for number, texts in sorted(self.outside.items()):
            boxes = [box for box, _ in texts]
            path = self.save_picture(self.pictures[number], [*boxes, self.context.safe_box]) if number in self.pictures else ""
            for _, name in texts:
                text = M(
                    "“{name}” reaches into the edge that the buttons of {place} cover.", name=name, place=self.context.destination.name
                )
                findings.append(self.failed(text, self._shorter(number), number / self.context.fps, path))
        return findings or [self.passed(M("All texts lie inside the safe area of {place}.", place=self.context.destination.name))]
