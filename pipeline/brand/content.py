"""What a look is drawn from: the canvas, the words and pictures, and the times."""

from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from pipeline.brand.layout import Canvas
from pipeline.brand.timing import opening_spans
from pipeline.documents.card import Card


@dataclass(frozen=True)
class LookContent:
    """Everything that a layer may need to know. Texts are as `fonts.clean` leaves them; empty ones are not shown.

    card, end_card: what the product card and the end card say. mark: empty where the destination allows no watermark.
    total_frames: length of the timeline, whose last `end_card_frames` are the end card's. card_frame: where the product card comes, None
    for no card.
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
    end_card_frames: int = 0

    @property
    def body_frames(self) -> int:
        """Frames before the end card."""
        return max(0, self.total_frames - self.end_card_frames)

    @cached_property
    def opening(self) -> dict[str, tuple[int, int]]:
        """First frame and length, in frames, of title, lower third and card, by name; without those that have no time."""
        return opening_spans(
            self.fps,
            self.body_frames,
            titled=bool(self.title),
            lower_third=bool(self.lower_third),
            card_frame=self.card_frame,
            card_frames=self.card_frames,
        )
