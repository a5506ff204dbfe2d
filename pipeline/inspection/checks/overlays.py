"""Checks that title, card, end card and all other layers stand on the finished picture as they were drawn."""

from collections.abc import Sequence

from pipeline.documents.look import Box, Layer
from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame
from pipeline.inspection.overlays import Overlay, compare_overlay, find_shift, load_overlay
from pipeline.inspection.remedies import make_afresh, render_again


class OverlaysCheck(InspectionCheck):
    """Compares each layer's still with the finished frame at the first, the middle and the last frame of its rest."""

    name = "overlays"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.layers_by_frame: dict[int, list[tuple[int, Layer]]] = {}
        self.stills: dict[int, Overlay] = {}
        self.findings: dict[int, Finding] = {}
        self.not_shown: set[int] = set()
        self.worst = 1.0
        for index, layer in enumerate(context.look.layers):
            self.not_shown.add(index)
            last_offset = max(layer.rest_start, layer.rest_end - 1)
            for offset in {layer.rest_start, (layer.rest_start + last_offset) // 2, last_offset}:
                self.layers_by_frame.setdefault(layer.start_frame + offset, []).append((index, layer))

    def feed(self, frame: DecodedFrame) -> None:
        """Compare the layers that must be at rest on this frame."""
        for index, layer in self.layers_by_frame.get(frame.number, ()):
            self.not_shown.discard(index)
            if index in self.findings:
                continue
            try:
                overlay = self.stills.setdefault(index, load_overlay(layer.still, layer.box))
            except OSError:
                self.findings[index] = self.failed(
                    M("{file} is gone: the overlay cannot be compared.", file=layer.still), render_again(self.context)
                )
                continue
            comparison = compare_overlay(frame.full, overlay, self._boxes_above(index, frame.number))
            if not comparison.is_match:
                self.findings[index] = self._mismatch(layer, overlay, comparison.share, frame)
            else:
                self.worst = min(self.worst, comparison.share)

    def _boxes_above(self, index: int, number: int) -> tuple[Box, ...]:
        visible = self.context.layers_on(number)
        boxes = [layer.box for layer in self.context.look.layers[index + 1 :] if layer in visible]
        if any(cue.start_frame <= number < cue.end_frame for cue in self.context.burned_cues):
            boxes.append(self.context.subtitle_band)
        return tuple(boxes)

    def _mismatch(self, layer: Layer, overlay: Overlay, share: float, frame: DecodedFrame) -> Finding:
        name = layer.texts[0] if layer.texts else layer.kind
        moved = find_shift(frame.full, overlay, max(8, frame.full.shape[1] // 12))
        if moved is not None and moved != (0, 0):
            text = M(
                "“{name}” stands {right} px to the right of its place and {down} px below it at {at} s.",
                name=name,
                right=moved[0],
                down=moved[1],
                at=round(frame.at_s, 2),
            )
        else:
            text = M(
                "“{name}” is not on the picture as it was drawn at {at} s ({percent} % of it agree).",
                name=name,
                at=round(frame.at_s, 2),
                percent=round(share * 100),
            )
        return self.failed(text, make_afresh(self.context), frame.at_s, frame.full, [layer.box])

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
                M("All {count} overlays stand as drawn (at least {percent} % agree).", count=count, percent=round(self.worst * 100))
            )
        ]
