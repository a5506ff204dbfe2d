"""Gives title, card and lower third their places and times in turn, and says why each stands where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.brand.content import LookContent
from pipeline.brand.layers.base import PlacedLayerDesign
from pipeline.brand.layers.mark import below_signs
from pipeline.brand.layout import Canvas, subtitles_top
from pipeline.brand.placement import Hidden, Placement, Standing, place
from pipeline.documents.look import Box
from pipeline.documents.message import M, Message


@dataclass(frozen=True)
class Arrangement:
    """The places of the layers, without those that are not shown, and the reasons."""

    placements: dict[PlacedLayerDesign, Placement]
    reasons: tuple[Message, ...]


def arrange(designs: Sequence[PlacedLayerDesign], content: LookContent) -> Arrangement:
    """Place every layer that is to be shown. Raises UserMistake when a text is too long to be read."""
    placements: dict[PlacedLayerDesign, Placement] = {}
    reasons: list[Message] = []
    standing: list[Standing] = []
    motion = content.canvas.style.motion
    for design in sorted(designs, key=lambda design: design.turn):
        spans = design.spans(content)
        if not spans:
            continue
        placement = place(
            design.forms(content),
            _room(content),
            faces=content.faces,
            products=content.products,
            movers=content.movers,
            size=(content.canvas.width, content.canvas.height),
            standing=standing,
            travel=content.canvas.part(motion.rise),
            entering=-int(-motion.enter_s * content.fps // 1),
        )
        reasons += [told for told in _reasons(design, placement, spans[0][0], content.fps) if told not in reasons]
        if placement is not None:
            placements[design] = placement
            standing.append(Standing(placement.drawing.plate, placement.span))
            if design.name == "title":
                content = replace(content, title_span=placement.span)
            elif design.name in ("card", "price_tag"):
                content = replace(content, priced_spans=(*content.priced_spans, placement.span))
    return Arrangement(placements, tuple(reasons))


def _room(content: LookContent) -> Box:
    """The pixels that signs and subtitles leave free in the safe area."""
    canvas: Canvas = content.canvas
    top = below_signs(content)
    return Box(x=canvas.safe.x, y=top, width=canvas.safe.width, height=max(0, subtitles_top(canvas) - canvas.px(16) - top))


def _reasons(design: PlacedLayerDesign, placement: Placement | None, own_start: int, fps: int) -> list[Message]:
    if placement is None:
        return [design.left_out]
    start, frames = placement.span
    told = [placement.form.reason] if placement.form.reason is not None else []
    if start != own_start:
        told.append(
            M(
                "The {layer} waits for the cut at {at} s: it would stand on a face or on the product before.",
                layer=design.noun,
                at=round(start / fps, 1),
            )
        )
    elif placement.shortened:
        told.append(
            M(
                "The {layer} goes with the cut at {at} s: it would stand on a face or on the product after it.",
                layer=design.noun,
                at=round((start + frames) / fps, 1),
            )
        )
    if placement.moved and placement.own_hidden.share > 0:
        told.append(_moved_away(design, placement.own_hidden, fps))
    elif placement.moved and placement.beside_mover:
        told.append(M("The {layer} does not stand where the style puts it: what moves there is left free.", layer=design.noun))
    elif placement.moved:
        told.append(M("The {layer} does not stand where the style puts it: another layer stands there.", layer=design.noun))
    if placement.on_product > 0:
        told.append(
            M(
                "The {layer} stands on {percent} % of the product: there was no place or time that left more of it free.",
                layer=design.noun,
                percent=round(100 * placement.on_product),
            )
        )
    nothing = M("The {layer} stands where the style puts it: neither a face nor the product in close-up is there.", layer=design.noun)
    return told or [nothing]


def _moved_away(design: PlacedLayerDesign, hidden: Hidden, fps: int) -> Message:
    percent, at = round(100 * hidden.share), round(hidden.frame / fps, 1)
    if hidden.is_face:
        return M(
            "The {layer} does not stand where the style puts it: {percent} % of a face would be under it at {at} s.",
            layer=design.noun,
            percent=percent,
            at=at,
        )
    return M(
        "The {layer} does not stand where the style puts it: {percent} % of the product would be under it at {at} s.",
        layer=design.noun,
        percent=percent,
        at=at,
    )
