"""The product sheet and the volunteer's note."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message


class Offer(Frozen):
    """One row of the product sheet: the only source of every price that is shown or written."""

    sku: str
    name: str
    aliases: tuple[str, ...] = ()
    origin: str = ""
    region: str = ""
    price: Decimal
    currency: str = "CNY"
    unit: str = ""
    """What the price buys, as the seller writes it: 10斤, 箱, 500克."""
    list_price: Decimal | None = None
    offer_begins: datetime | None = None
    """Aware; None when the sheet names no start."""
    offer_ends: datetime | None = None
    """Aware; None when the offer has no end."""
    stock: int | None = None
    pickup: tuple[str, ...] = ()
    order_cutoff: str = ""
    after_sales: str = ""
    photo: str = ""
    """Absolute path, empty when there is none."""
    links: dict[str, str] = Field(default_factory=dict)
    """Cart links by destination name; `default` is for all others."""
    mode: str = "short_video"
    row: int = 0
    """Its line in the sheet."""


class RowSetAside(Frozen):
    """A row of the product sheet that a person must look at before it is sold."""

    name: str
    sku: str = ""
    aliases: tuple[str, ...] = ()
    line: int
    question: Message
    """What is asked, or why it is not offered; without the line."""
    lapse: Literal["sold_out", "taken_down"] | None = None
    """What the row says itself of a product that is not to be had now; None for one in doubt."""


class Catalog(Document):
    """A product sheet: its offers, what is set aside with a question, and all that there is to say about it, with its lines."""

    path: str
    offers: tuple[Offer, ...]
    problems: tuple[Message, ...] = ()
    set_aside: tuple[RowSetAside, ...] = ()


ALL_CLIPS = ("全部", "所有", "都是", "all")
"""How a note says that every clip is meant."""


class Brief(Document):
    """What the volunteer wrote beside the clips."""

    text: str = ""
    headline: str = ""
    """The first line of the note: usually product, village, family."""
    points: tuple[str, ...] = ()
    """Points to make, as the note lists them."""
    generated: tuple[str, ...] = ()
    """Clips that it says were made with AI: names of files, or one of `ALL_CLIPS`."""


class Choice(Document):
    """The offer that this story sells, or none, and the reason."""

    offer: Offer | None
    reason: Message
    warnings: tuple[Message, ...] = ()


class StoryNames(Frozen):
    """What a story's words call its goods and where they come from, the longest first."""

    products: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
