"""What a story that sells needs to show and to say: what the footage has, and what to film on the next trip."""

from typing import Literal

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import M, Message

SHOOTING_LIST = "shooting_list.json"
PointKind = Literal["grower", "place", "product", "in_hand", "packing", "price", "how_to_buy"]
PointState = Literal["there", "missing", "unknown"]
POINT_NAMES: dict[PointKind, Message] = {
    "grower": M("who grows it"),
    "place": M("where it grows"),
    "product": M("the product, close"),
    "in_hand": M("in the hand, or cut open"),
    "packing": M("how it is packed"),
    "price": M("the price"),
    "how_to_buy": M("how to buy"),
}
"""Every point, in the order in which a story tells them, as the list names it."""


class StoryPoint(Frozen):
    """One point. found: where the footage has it, or why that is not known. advice: what to film; None for what is there."""

    kind: PointKind
    state: PointState
    found: Message | None = None
    advice: Message | None = None

    @property
    def message(self) -> Message:
        """The point as one line."""
        name = POINT_NAMES[self.kind]
        if self.state == "there" and self.found is not None:
            return M("✓ {point}: {found}", point=name, found=self.found)
        if self.found is not None and self.advice is not None:
            return M("? {point}: {found}. {advice}", point=name, found=self.found, advice=self.advice)
        return M("✗ {point}: missing. {advice}", point=name, advice=self.advice or "")


class ShootingList(Document):
    """The points of a story; none for a story that sells nothing."""

    points: tuple[StoryPoint, ...] = ()
