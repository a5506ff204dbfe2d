"""What a look is drawn from: the canvas, the words and pictures, the times, and the faces that are seen."""

from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from pipeline.brand.layout import Canvas
from pipeline.brand.timing import Mention, Span, Times
from pipeline.documents.card import Card
from pipeline.documents.on_screen import FaceOnScreen, MoverOnScreen, ProductOnScreen


@dataclass(frozen=True)
class LookContent:
    """Everything that a layer may need to know. Texts are as `fonts.clean` leaves them; empty ones are not shown.

    card, end_card: what the product card and the end card say. mark: empty where the destination allows no watermark.
    total_frames: length of the timeline, whose last `end_card_frames` are the end card's. card_frame: where the product card comes, None
    for no card; card_until: it comes no later. cuts: frames at which a new picture begins. faces: close ones, which no layer may cover.
    products: in close-up, of which no layer may cover much. movers: what moves, beside which layers stand where they can.
    title_span: where the title stands once that is settled, None while it does not. spoken_prices: each mention of the price.
    priced_spans: where a card or a tag shows it, as far as that is settled.
    """

    canvas: Canvas
    fps: int
    total_frames: int
    card: Card | None = None
    end_card: Card | None = None
    photo: Image.Image | None = None
    title: str = ""
    subtitle: str = ""
    lower_third: str = ""
    mark: str = ""
    label: str = ""
    card_frame: int | None = None
    card_frames: int = 0
    card_until: int | None = None
    end_card_frames: int = 0
    cuts: tuple[int, ...] = ()
    faces: tuple[FaceOnScreen, ...] = ()
    products: tuple[ProductOnScreen, ...] = ()
    movers: tuple[MoverOnScreen, ...] = ()
    title_span: Span | None = None
    spoken_prices: tuple[Mention, ...] = ()
    priced_spans: tuple[Span, ...] = ()

    @property
    def body_frames(self) -> int:
        """Frames before the end card."""
        return max(0, self.total_frames - self.end_card_frames)

    @property
    def title_end(self) -> int:
        """The frame at which the title is gone; 0 without one."""
        return sum(self.title_span) if self.title_span is not None else 0

    @property
    def _title_at(self) -> int:
        return round(self.canvas.style.motion.title_at_s * self.fps)

    @cached_property
    def times(self) -> Times:
        """When title, lower third and card may stand."""
        return Times(
            self.fps,
            self.body_frames,
            self.cuts,
            self.card_frame,
            self.card_frames,
            self.card_until,
            self.spoken_prices,
            self._title_at,
        )
