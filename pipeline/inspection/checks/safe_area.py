"""Nothing that must be read lies under the destination's own buttons."""

from collections.abc import Sequence

from pipeline.documents.look import Box
from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.reading import DecodedFrame, Picture

SLACK_PX = 1
"""Margins are fractions: they and the boxes are rounded on their own."""


class SafeAreaCheck(InspectionCheck):
    """Texts and QR codes of the layers by the boxes they were drawn in, subtitles by the letters that libass draws."""

    name = "safe_area"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.outside: dict[int, list[tuple[Box, str]]] = {}
        self.pictures: dict[int, Picture] = {}
        for layer in case.look.layers:
            last = max(layer.rest_start, layer.rest_end - 1)
            at = layer.start_frame + (layer.rest_start + last) // 2
            boxes = list(layer.text_boxes) or ([layer.box] if layer.texts else [])
            names = [*layer.texts, *[""] * len(boxes)]
            if layer.qr_box is not None:
                boxes.append(layer.qr_box)
                names.insert(len(boxes) - 1, "QR")
            for box, name in zip(boxes, names, strict=False):
                self._hold(box, name or layer.kind, at)
        for number, overlay in case.drawn.items():
            words = [" ".join(cue.lines) for cue in case.burned if cue.start_frame <= number < cue.end_frame]
            self._hold(overlay.box, words[0] if words else "", number)

    def _hold(self, box: Box, name: str, at: int) -> None:
        safe = self.case.safe_box
        fits = (
            box.x >= safe.x - SLACK_PX
            and box.y >= safe.y - SLACK_PX
            and box.x + box.width <= safe.x + safe.width + SLACK_PX
            and box.y + box.height <= safe.y + safe.height + SLACK_PX
        )
        if not fits:
            self.outside.setdefault(at, []).append((box, name))

    def feed(self, seen: DecodedFrame) -> None:
        """Keep the frame on which something lies outside."""
        if seen.number in self.outside:
            self.pictures[seen.number] = seen.full

    def result(self) -> Sequence[Finding]:
        """Fails for every text that reaches under the destination's buttons."""
        found = []
        for at, places in sorted(self.outside.items()):
            boxes = [box for box, _ in places]
            path = self.evidence(self.pictures[at], [*boxes, self.case.safe_box]) if at in self.pictures else ""
            for _, name in places:
                text = M("“{name}” reaches into the edge that the buttons of {place} cover.", name=name, place=self.case.destination.name)
                found.append(self.failed(text, at / self.case.fps, path))
        return found or [self.passed(M("All texts lie inside the safe area of {place}.", place=self.case.destination.name))]
