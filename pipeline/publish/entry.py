"""What the shelf keeps of one story: enough to make its page and its place on the overview again."""

from datetime import datetime

from pipeline.documents.base import Document, Frozen


class ShelfProduct(Frozen):
    """The product on a story's page. Texts are as they are shown; nothing here names a place on the seller's machine."""

    sku: str
    name: str
    price: str
    per: str
    list_price: str = ""
    origin: str = ""
    photo: str = ""
    """File name beside the page."""
    photo_width: int = 0
    photo_height: int = 0
    wording: str = ""
    after_sales: str = ""
    cutoff: str = ""
    offer_ends: datetime | None = None
    link: str = ""
    qr: tuple[str, ...] = ()


class ShelfEntry(Document):
    """One story on the shelf. File names are those beside its page and carry the hash of their content."""

    story: str
    folder: str
    title: str
    summary: str
    length_s: float
    made_at: datetime
    language: str
    ai_label: str = ""
    """What the page says about generated footage; empty when there is none."""
    video: str
    cover: str
    cover_width: int
    cover_height: int
    cues: tuple[tuple[float, float, str], ...] = ()
    """Start and end in seconds, and the words."""
    product: ShelfProduct | None = None
