"""Title, card, end card: every layer stands on the finished picture as it was drawn."""

from collections.abc import Sequence

from pipeline.documents.look import Box, Layer
from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.overlays import Overlay, match, overlay_of_png, shift_of
from pipeline.inspection.reading import DecodedFrame


class OverlaysCheck(InspectionCheck):
    """Compares each layer's still with the finished frame at the first, the middle and the last frame of its rest."""

    name = "overlays"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.at: dict[int, list[tuple[int, Layer]]] = {}
        self.stills: dict[int, Overlay] = {}
        self.found: dict[int, Finding] = {}
        self.unseen: set[int] = set()
        self.worst = 1.0
        for place, layer in enumerate(case.look.layers):
            self.unseen.add(place)
            last = max(layer.rest_start, layer.rest_end - 1)
            for frame in {layer.rest_start, (layer.rest_start + last) // 2, last}:
                self.at.setdefault(layer.start_frame + frame, []).append((place, layer))

    def feed(self, seen: DecodedFrame) -> None:
        """Compare the layers that must be at rest on this frame."""
        for place, layer in self.at.get(seen.number, ()):
            self.unseen.discard(place)
            if place in self.found:
                continue
            try:
                overlay = self.stills.setdefault(place, overlay_of_png(layer.still, layer.box))
            except OSError:
                self.found[place] = self.failed(M("{file} is gone: the overlay cannot be compared.", file=layer.still))
                continue
            agree = match(seen.full, overlay, self._over(place, seen.number))
            if not agree.good:
                self.found[place] = self._wrong(layer, overlay, agree.share, seen)
            else:
                self.worst = min(self.worst, agree.share)

    def _over(self, place: int, number: int) -> tuple[Box, ...]:
        on = self.case.layers_on(number)
        boxes = [layer.box for layer in self.case.look.layers[place + 1 :] if layer in on]
        if any(cue.start_frame <= number < cue.end_frame for cue in self.case.burned):
            boxes.append(self.case.subtitle_band)
        return tuple(boxes)

    def _wrong(self, layer: Layer, overlay: Overlay, share: float, seen: DecodedFrame) -> Finding:
        name = layer.texts[0] if layer.texts else layer.kind
        moved = shift_of(seen.full, overlay, max(8, seen.full.shape[1] // 12))
        if moved is not None and moved != (0, 0):
            text = M(
                "“{name}” stands {right} px to the right of its place and {down} px below it at {at} s.",
                name=name,
                right=moved[0],
                down=moved[1],
                at=round(seen.at_s, 2),
            )
        else:
            text = M(
                "“{name}” is not on the picture as it was drawn at {at} s ({percent} % of it agree).",
                name=name,
                at=round(seen.at_s, 2),
                percent=round(share * 100),
            )
        return self.failed(text, seen.at_s, seen.full, [layer.box])

    def result(self) -> Sequence[Finding]:
        """Fails for every layer that is missing, moved or different."""
        found = [self.found[place] for place in sorted(self.found)]
        for place in sorted(self.unseen):
            layer = self.case.look.layers[place]
            name = layer.texts[0] if layer.texts else layer.kind
            found.append(self.failed(M("The video ends before “{name}” is shown.", name=name), layer.start_frame / self.case.fps))
        if found:
            return found
        count = len(self.case.look.layers)
        return [
            self.passed(
                M("All {count} overlays stand as drawn (at least {percent} % agree).", count=count, percent=round(self.worst * 100))
            )
        ]
