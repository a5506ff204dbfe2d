"""The content of the product card and the end card."""

from pipeline.documents.base import Document


class Card(Document):
    """A product card's content for one destination. Empty strings are not drawn."""

    sku: str
    name: str
    price: str
    """With its currency sign, as drawn: ¥29.90 becomes ¥29.9."""
    per: str
    """What the price buys: "/10斤"."""
    list_price: str = ""
    """Struck out when drawn."""
    origin: str = ""
    photo: str = ""
    """Absolute path of the product photo."""
    wording: str = ""
    """The call to buy that the destination allows."""
    contact: str = ""
    leader: str = ""
    """The group leader whose card this is, and the leader's shop."""
    cutoff: str = ""
    """Pick-up and cut-off line for group buying."""
    link: str = ""
    """The cart's address; on the picture only as a QR code."""
    qr: tuple[str, ...] = ()
    """The QR code's modules row by row as 0 and 1, quiet zone not included; empty where no QR is allowed."""


class Cards(Document):
    """The cards of one video. Both are None without a product; they differ where a group leader's code stands on the end card only."""

    card: Card | None = None
    """What the product card says while the story runs."""
    end_card: Card | None = None
    """What the end card says."""
