"""A style on one story: every layer drawn, placed and timed."""

import hashlib
from pathlib import Path

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.fonts import Face, check_glyphs, clean
from pipeline.brand.layers.card import draw_card
from pipeline.brand.layers.end_card import draw_end_card
from pipeline.brand.layers.lower_third import draw_lower_third, lower_third_top
from pipeline.brand.layers.mark import draw_mark, mark_height
from pipeline.brand.layers.title import draw_title
from pipeline.brand.layout import Canvas, canvas_for, subtitles_top, typography_for
from pipeline.brand.motion import Drawing, make_layer
from pipeline.brand.style import FontRole, Style
from pipeline.documents.card import Card
from pipeline.documents.destination import Destination
from pipeline.documents.look import Layer, LayerKind, Look
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.store import Store, content_key

TITLE_S = 2.6
"""Seconds the title stands, coming and going included: time to read about ten characters twice."""
TITLE_LEAST_S = 1.5
LOWER_THIRD_S = 3.2
LOWER_THIRD_LEAST_S = 1.6
CARD_LEAST_S = 1.0
"""A card that the end card would cut down to less than this is left to the end card."""
PAUSE_S = 0.3
"""Between the title's going and the lower third's coming."""
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
) -> Look:
    """The look of a story at one size and destination.

    card, end_card: what the product card and the end card say; mostly the same. width, height: of the output picture, even.
    total_frames: length of the timeline, the end card included; the end card takes its last `end_card_frames`, none when 0. card_frame:
    where the product card comes, None for no card; when the title stands there, the title is cut short, at most to 1.5 s, and the card
    waits for it. mark: the co-op's sign, drawn only where the destination allows a watermark.
    label: words that stand for the whole length, such as the one for generated footage. Empty texts are left off.

    A QR code that would come out too fine for a phone is left off. Raises UserMistake for a text that has a glyph no font has or is too
    long to be read, and for a product photo that does not open; nothing has been drawn then.
    """
    _check_size(width, height)
    title, subtitle, lower_third, mark, label = (clean(text) for text in (title, subtitle, lower_third, mark, label))
    for shown in (card, end_card):
        _check(style, shown, title, subtitle, lower_third, mark if destination.watermark else "", label)
    canvas = canvas_for(style, destination, width, height)
    photos = [shown.photo for shown in (card, end_card) if shown is not None and shown.photo]
    photo = paint.load_photo(Path(photos[0])) if photos else None
    body = max(0, total_frames - end_card_frames)
    spans = _spans(fps, body, titled=bool(title), lower_third=bool(lower_third), card_frame=card_frame, card_frames=card_frames)
    layers: list[Layer] = []

    def add(kind: LayerKind, drawing: Drawing, start: int, frames: int) -> None:
        layers.append(make_layer(kind, drawing, canvas, start_frame=start, frames=frames, fps=fps, store=store, leaves=True))

    if "title" in spans:
        add("title", draw_title(canvas, title, subtitle), *spans["title"])
    if "lower_third" in spans:
        add("lower_third", draw_lower_third(canvas, lower_third), *spans["lower_third"])
    if card is not None and "card" in spans:
        signs = [text for text in (mark if destination.watermark else "", label) if text]
        sign_room = max((mark_height(canvas, text) + canvas.px(14) for text in signs), default=0)
        floor = (lower_third_top(canvas, lower_third) if lower_third else subtitles_top(canvas)) - canvas.px(16)
        add("card", draw_card(canvas, card, photo, canvas.safe.y + sign_room, floor), *spans["card"])
    backdrop = ""
    if end_card_frames > 0 and (end_card is not None or title or subtitle):
        last, backdrop = _end(canvas, end_card, photo, title, subtitle, body, min(end_card_frames, total_frames), fps, store)
        layers.append(last)
    elif end_card_frames > 0:
        backdrop = _kept(Image.new("RGB", (width, height), style.palette.ground.fill), store)
    if mark and destination.watermark and body > 0:
        add("mark", draw_mark(canvas, mark, "right"), 0, body)
    if label and total_frames > 0:
        add("label", draw_mark(canvas, label, "left"), 0, total_frames)
    lut = style.lut_file()
    return Look(
        style=style.name,
        width=width,
        height=height,
        fps=fps,
        lut=str(lut) if lut else "",
        layers=tuple(layers),
        typography=typography_for(canvas),
        backdrop=backdrop,
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


def _spans(
    fps: int, body: int, *, titled: bool, lower_third: bool, card_frame: int | None, card_frames: int
) -> dict[LayerKind, tuple[int, int]]:
    """First frame and length, in frames, of title, lower third and card; without those that have no time.

    body: frames before the end card. The card may cut the title short, and else waits until it is gone.
    """
    spans: dict[LayerKind, tuple[int, int]] = {}
    card_at = card_frame if card_frame is not None and card_frames > 0 and card_frame < body else None
    title_end = min(round(TITLE_S * fps), body) if titled else 0
    if card_at is not None and card_at < title_end:
        title_end = min(title_end, max(card_at, round(TITLE_LEAST_S * fps)))
    if title_end > 0:
        spans["title"] = 0, title_end
    start = title_end + round(PAUSE_S * fps)
    frames = min(round(LOWER_THIRD_S * fps), body - start)
    if lower_third and frames >= round(LOWER_THIRD_LEAST_S * fps):
        spans["lower_third"] = start, frames
    if card_at is not None:
        start = max(card_at, title_end)
        frames = min(card_frames, body - start)
        if frames >= min(card_frames, round(CARD_LEAST_S * fps)):
            spans["card"] = start, frames
    return spans


def with_end_card(look: Look, style: Style, end_card: Card, *, destination: Destination, store: Store) -> Look:
    """A look whose end card says something else, as a group leader's does; all other layers are the same files.

    style, destination: those that the look was made with. Raises UserMistake as `make_look` does.
    """
    _check(style, end_card, "", "", "", "", "")
    canvas = canvas_for(style, destination, look.width, look.height)
    photo = paint.load_photo(Path(end_card.photo)) if end_card.photo else None
    layers, backdrop = [], look.backdrop
    for layer in look.layers:
        if layer.kind == "end_card":
            layer, backdrop = _end(canvas, end_card, photo, "", "", layer.start_frame, layer.frames, look.fps, store)
        layers.append(layer)
    return look.model_copy(update={"layers": tuple(layers), "backdrop": backdrop})


def _end(
    canvas: Canvas,
    card: Card | None,
    photo: Image.Image | None,
    title: str,
    subtitle: str,
    start: int,
    frames: int,
    fps: int,
    store: Store,
) -> tuple[Layer, str]:
    """The layer of the end card, and the file of the picture under it."""
    drawing, ground = draw_end_card(canvas, card, photo, title, subtitle)
    layer = make_layer("end_card", drawing, canvas, start_frame=start, frames=frames, fps=fps, store=store, leaves=False)
    return layer, _kept(ground.convert("RGB"), store)


def _kept(picture: Image.Image, store: Store) -> str:
    key = content_key(step="backdrop", pixels=hashlib.sha256(picture.tobytes()).hexdigest(), size=picture.size)
    return str(store.make("overlays", key, ".png", lambda path: picture.save(path, format="PNG", compress_level=3)))


def _check(style: Style, card: Card | None, title: str, subtitle: str, lower_third: str, mark: str, label: str) -> None:
    """Every glyph is known to be in its font, or in one that stands in for it, before anything is drawn."""
    wanted: list[tuple[FontRole, tuple[str, ...]]] = [("title", (title,)), ("strong", (subtitle, lower_third, mark, label))]
    if card is not None:
        wanted += [
            ("name", (card.name,)),
            ("price", (card.price, card.per, card.list_price)),
            ("text", (card.origin, card.contact)),
            ("strong", (card.wording, card.leader, card.cutoff)),
        ]
    for role, texts in wanted:
        check_glyphs(texts, _paths(style.faces(role)))


def _paths(faces: tuple[Face, ...]) -> tuple[Path, ...]:
    return tuple(face.path for face in faces)
