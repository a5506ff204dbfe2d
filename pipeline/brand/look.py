"""A style on one story: every layer drawn, placed and timed."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.arrangement import arrange
from pipeline.brand.content import LookContent
from pipeline.brand.fonts import Face, check_glyphs, check_shaping, clean
from pipeline.brand.ground import draw_ground
from pipeline.brand.layers import LAYERS
from pipeline.brand.layers.base import LayerDesign, PlacedLayerDesign
from pipeline.brand.layers.end_card import EndCardLayer
from pipeline.brand.layers.spoken_price import SpokenPriceLayer
from pipeline.brand.layout import canvas_for, typography_for
from pipeline.brand.motion import Drawing, make_layer
from pipeline.brand.placement import close_faces, close_ups
from pipeline.brand.style import Style
from pipeline.brand.timing import Mention
from pipeline.documents.card import Card
from pipeline.documents.destination import Destination
from pipeline.documents.limits import CODE_READABLE_S
from pipeline.documents.look import Layer, Look, MovingPicture
from pipeline.documents.message import M
from pipeline.documents.on_screen import FaceOnScreen, MoverOnScreen, ProductOnScreen
from pipeline.errors import UserMistake
from pipeline.store import Store, content_key

AT_END = M("The product card is left to the end card: this style makes no offer before it.")
LEAST_SIDE = 180
"""Pixels of the shorter side under which no type is legible."""


def make_look(
    style: Style,
    *,
    card: Card | None,
    end_card: Card | None,
    title: str,
    subtitle: str,
    lower_third: str,
    destination: Destination,
    width: int,
    height: int,
    fps: int,
    total_frames: int,
    card_frame: int | None,
    card_frames: int,
    end_card_frames: int,
    store: Store,
    mark: str = "",
    label: str = "",
    cuts: Sequence[int] = (),
    faces: Sequence[FaceOnScreen] = (),
    products: Sequence[ProductOnScreen] = (),
    movers: Sequence[MoverOnScreen] = (),
    card_until: int | None = None,
    spoken_prices: Sequence[Mention] = (),
    on_ground: bool = False,
) -> Look:
    """The look of a story at one size and destination.

    card, end_card: what the product card and the end card say; mostly the same. width, height: of the output picture, even.
    total_frames: length of the timeline, the end card included; the end card takes its last `end_card_frames`, none when 0. card_frame:
    where the product card comes, None for no card; when the title stands there, the title is cut short, at most to 1.5 s, and the card
    waits for it. mark: the co-op's sign, drawn only where the destination allows a watermark.
    label: words that stand for the whole length, such as the one for generated footage. Empty texts are left off.
    cuts: frames at which a new picture begins. faces, products: those that are seen; title, card and lower third give way to close faces
    and to products in close-up, by another place, another time (the card comes at `card_until` at the latest) or a smaller form. Why is
    told in the look's `reasons`. movers: what moves, beside which they stand where that costs nothing else.
    spoken_prices: each mention of the price, for which a price tag comes where no card shows it.
    on_ground: whether a shot does not fill the picture, so that a ground is drawn for it.

    A QR code that would come out too fine for a phone is left off. Raises UserMistake for a text that has a glyph no font has or is too
    long to be read, and for a product photo that does not open; nothing has been drawn then.
    """
    _check_size(width, height)
    only_at_end = style.layout.card.at == "end" and end_card is not None and end_card_frames > 0
    photos = [shown.photo for shown in (card, end_card) if shown is not None and shown.photo]
    content = LookContent(
        canvas=canvas_for(style, destination, width, height),
        fps=fps,
        total_frames=total_frames,
        card=card,
        end_card=end_card,
        photo=paint.load_photo(Path(photos[0])) if photos else None,
        title=clean(title),
        subtitle=clean(subtitle),
        lower_third=clean(lower_third),
        mark=clean(mark or style.coop.name) if destination.watermark else "",
        label=clean(label),
        card_frame=None if only_at_end else card_frame,
        card_frames=card_frames,
        end_card_frames=end_card_frames,
        cuts=tuple(cuts),
        faces=tuple(close_faces(faces, width, height)),
        products=tuple(close_ups(products)),
        movers=tuple(movers),
        card_until=card_until,
        spoken_prices=tuple(spoken_prices),
    )
    designs: list[LayerDesign] = [kind() for kind in LAYERS]
    designs += [SpokenPriceLayer(said) for said in content.spoken_prices]
    for design in designs:
        _check_words(design, content)
    arrangement = arrange([design for design in designs if isinstance(design, PlacedLayerDesign)], content)
    layers: list[Layer] = []
    backdrop, moving = "", None
    for design in designs:
        if isinstance(design, PlacedLayerDesign):
            placed = arrangement.placements.get(design)
            shown = (placed.drawing, placed.span) if placed is not None else None
        else:
            span = design.span(content)
            shown = (design.draw(content), span) if span is not None else None
        if shown is not None:
            layer, under, living = _made(design, content, *shown, store)
            layers.append(layer)
            backdrop, moving = under or backdrop, living or moving
    if end_card_frames > 0 and not backdrop:
        backdrop = _kept(Image.new("RGB", (width, height), style.palette.ground.fill), store)
    ground = _kept(draw_ground(content.canvas).convert("RGB"), store) if on_ground else ""
    lut = style.lut_file()
    return Look(
        style=style.name,
        width=width,
        height=height,
        fps=fps,
        lut=str(lut) if lut else "",
        layers=tuple(layers),
        typography=typography_for(content.canvas),
        backdrop=backdrop,
        moving=moving,
        ground=ground,
        reasons=(*arrangement.reasons, *([AT_END] if only_at_end and card_frame is not None else []), *style.remarks),
    )


def _check_size(width: int, height: int) -> None:
    if min(width, height) < LEAST_SIDE or width % 2 or height % 2:
        raise UserMistake(
            M(
                "A picture of {width}x{height} cannot be set. Use even numbers, the shorter side at least {least}.",
                width=width,
                height=height,
                least=LEAST_SIDE,
            )
        )


def with_end_card(look: Look, style: Style, end_card: Card, *, destination: Destination, store: Store) -> Look:
    """A look whose end card says something else, as a group leader's does; all other layers are the same files.

    style, destination: those that the look was made with. Raises UserMistake as `make_look` does.
    """
    content = LookContent(
        canvas=canvas_for(style, destination, look.width, look.height),
        fps=look.fps,
        total_frames=0,
        end_card=end_card,
        photo=paint.load_photo(Path(end_card.photo)) if end_card.photo else None,
    )
    design = EndCardLayer()
    _check_words(design, content)
    layers, backdrop, moving = [], look.backdrop, look.moving
    for layer in look.layers:
        if layer.kind == design.name:
            layer, backdrop, moving = _made(design, content, design.draw(content), (layer.start_frame, layer.frames), store)
        layers.append(layer)
    return look.model_copy(update={"layers": tuple(layers), "backdrop": backdrop, "moving": moving})


def short_codes(look: Look) -> tuple[Layer, ...]:
    """The layers whose QR code is gone before a phone can read it."""
    return tuple(layer for layer in look.layers if layer.qr_link and code_at_rest_s(layer, look.fps) < CODE_READABLE_S)


def code_at_rest_s(layer: Layer, fps: int) -> float:
    """Seconds that a layer's QR code stands still and wholly visible."""
    return (layer.rest_end - layer.rest_start) / fps


def _made(
    design: LayerDesign, content: LookContent, drawing: Drawing, span: tuple[int, int], store: Store
) -> tuple[Layer, str, MovingPicture | None]:
    """The layer in the store, the file of the picture under it, and what of that moves; no file where footage lies there."""
    start, frames = span
    layer = make_layer(
        design.name, drawing, content.canvas, start_frame=start, frames=frames, fps=content.fps, store=store, leaves=design.fades_out
    )
    under = _kept(drawing.backdrop.convert("RGB"), store) if drawing.backdrop is not None else ""
    return layer, under, drawing.living.made(frames, content.fps, store) if drawing.living is not None else None


def _kept(picture: Image.Image, store: Store) -> str:
    key = content_key(step="backdrop", pixels=hashlib.sha256(picture.tobytes()).hexdigest(), size=picture.size)
    return str(store.make("overlays", key, ".png", lambda path: picture.save(path, format="PNG", compress_level=3)))


def _check_words(design: LayerDesign, content: LookContent) -> None:
    """Every glyph is known to be in its font, or in one that stands in for it, before anything is drawn."""
    for role, texts in design.words(content):
        check_shaping(texts)
        check_glyphs(texts, _paths(content.canvas.style.faces(role)))


def _paths(faces: tuple[Face, ...]) -> tuple[Path, ...]:
    return tuple(face.path for face in faces)
