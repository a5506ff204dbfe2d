"""Checks that title, card, end card and all other layers stand on the finished picture as they were drawn."""

from collections.abc import Sequence
from math import floor

from pipeline.documents.look import Box, Layer
from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.overlays import Overlay, OverlayMatch, OverlayRecord, compare_overlay, find_shift, load_overlay, on_even_pixel
from pipeline.inspection.remedies import make_afresh, render_again

LEAST_FRAMES = 5
"""Frames of a layer's rest in which its letters are compared at least."""


class OverlaysCheck(InspectionCheck):
    """Compares each layer's still with the finished frames of its rest: the first, the last, some between, and the first of every chunk."""

    name = "overlays"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.layers_by_frame: dict[int, list[tuple[int, Layer]]] = {}
        self.stills: dict[int, Overlay] = {}
        self.records: dict[int, OverlayRecord] = {}
        self.last_of_layer: dict[int, int] = {}
        self.findings: dict[int, Finding] = {}
        self.not_shown: set[int] = set()
        self.worst = 1.0
        for index, layer in enumerate(context.look.layers):
            self.not_shown.add(index)
            numbers = self._frames_to_compare(layer)
            self.last_of_layer[index] = max(numbers)
            for number in numbers:
                self.layers_by_frame.setdefault(number, []).append((index, layer))

    def _frames_to_compare(self, layer: Layer) -> set[int]:
        first = layer.start_frame + layer.rest_start
        last = max(first, layer.start_frame + layer.rest_end - 1)
        spread = {first + round((last - first) * part / (LEAST_FRAMES - 1)) for part in range(LEAST_FRAMES)}
        return spread | {chunk.start_frame for chunk in self.context.plan.chunks if first <= chunk.start_frame <= last}

    def feed(self, frame: DecodedFrame) -> None:
        """Compare the layers that must be at rest on this frame."""
        for index, layer in self.layers_by_frame.get(frame.number, ()):
            self.not_shown.discard(index)
            if index in self.findings:
                continue
            try:
                overlay = self._still(index, layer, frame.full)
            except OSError:
                self.findings[index] = self.failed(
                    M("{file} is gone: the overlay cannot be compared.", file=layer.still), render_again(self.context)
                )
                continue
            match = compare_overlay(frame.full, overlay, self._boxes_above(index, frame.number))
            if not match.is_present:
                self.findings[index] = self._mismatch(layer, overlay, match, frame.at_s, frame.full)
                continue
            self.worst = min(self.worst, match.share)
            record = self.records.setdefault(index, OverlayRecord())
            record.add(match)
            if frame.number == self.last_of_layer[index] and not record.is_match:
                self.findings[index] = self._mismatch(layer, overlay, match, frame.at_s, frame.full)

    def _still(self, index: int, layer: Layer, picture: Picture) -> Overlay:
        """The layer's still, on the pixel on which the first frame shows it best. Raises OSError when its file is gone."""
        if index not in self.stills:
            exact = load_overlay(layer.still, layer.box)
            even = on_even_pixel(exact)
            if even.box != exact.box and compare_overlay(picture, even).share > compare_overlay(picture, exact).share:
                exact = even
            self.stills[index] = exact
        return self.stills[index]

    def _boxes_above(self, index: int, number: int) -> tuple[Box, ...]:
        visible = self.context.layers_on(number)
        boxes = [layer.box for layer in self.context.look.layers[index + 1 :] if layer in visible]
        return (*boxes, *self.context.subtitle_boxes(number))

    def _mismatch(self, layer: Layer, overlay: Overlay, match: OverlayMatch, at_s: float, picture: Picture) -> Finding:
        name = layer.texts[0] if layer.texts else layer.kind
        moved = find_shift(picture, overlay, max(8, picture.shape[1] // 12))
        if moved is not None and moved != (0, 0):
            text = M(
                "“{name}” stands {right} px to the right of its place and {down} px below it at {at} s.",
                name=name,
                right=moved[0],
                down=moved[1],
                at=round(at_s, 2),
            )
        elif match.is_present:
            text = M(
                "One spot of “{name}” is not as it was drawn at {at} s: a letter, or a piece of its edge.", name=name, at=round(at_s, 2)
            )
        else:
            text = M(
                "“{name}” is not on the picture as it was drawn at {at} s ({percent} % of it agree).",
                name=name,
                at=round(at_s, 2),
                percent=floor(match.share * 100),
            )
        return self.failed(text, make_afresh(self.context), at_s, picture, [layer.box])

    def result(self) -> Sequence[Finding]:
        """Fails for every layer that is missing, moved or different."""
        findings = [self.findings[index] for index in sorted(self.findings)]
        longer = M("Make the last cut in edit.json longer, then: fieldcut render {story}", story=self.context.plan.story)
        for index in sorted(self.not_shown):
            layer = self.context.look.layers[index]
            name = layer.texts[0] if layer.texts else layer.kind
            findings.append(
                self.failed(M("The video ends before “{name}” is shown.", name=name), longer, layer.start_frame / self.context.fps)
            )
        if findings:
            return findings
        count = len(self.context.look.layers)
        return [
            self.passed(
                M("All {count} overlays stand as drawn (at least {percent} % agree).", count=count, percent=floor(self.worst * 100))
            )
        ]
