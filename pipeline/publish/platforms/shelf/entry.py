"""The entry of a story on the shelf: what its page carries, and what the overview shows of it."""

import hashlib
import re
from datetime import datetime
from unicodedata import normalize

from pipeline.documents.base import Document, Frozen

PAGE = "index.html"
"""A story's page in its folder, and the overview beside the folders."""


class ShelfProduct(Frozen):
    """The product on a story's page. Texts are as they are shown; nothing here names a place on the seller's machine."""

    sku: str
    name: str
    price: str
    per: str = ""
    list_price: str = ""
    origin: str = ""
    photo: str = ""
    """File name beside the page."""
    photo_width: int = 0
    photo_height: int = 0
    after_sales: str = ""
    ordering: str = ""
    offer_ends: datetime | None = None
    link: str = ""
    qr: tuple[str, ...] = ()
    withdrawn: str = ""
    """What the page says instead of price and cart, for an offer that no longer holds."""


class ShelfEntry(Document):
    """One story on the shelf. File names are those beside its page and carry the hash of their content."""

    release: str
    """The id of the release that this page is."""
    story: str
    folder: str
    title: str
    summary: str
    length_s: float
    published_at: datetime
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

    @property
    def files(self) -> frozenset[str]:
        """What its page shows."""
        return frozenset(name for name in (self.video, self.cover, self.product.photo if self.product else "") if name)

    @property
    def tile(self) -> "ShelfEntry":
        """Without what only its own page shows."""
        product = self.product and self.product.model_copy(update={"qr": (), "ordering": "", "after_sales": "", "origin": "", "link": ""})
        return self.model_copy(update={"cues": (), "summary": "", "product": product})


def folder_name(story: str) -> str:
    """The story's folder on the shelf: its own name where that is safe in every file system and address, else a safe part and a hash."""
    plain = normalize("NFC", story)
    safe = re.sub(r"[^\w\-]+", "-", plain).strip("-_")[:40]
    reserved = re.fullmatch(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)", safe)
    # Two names that differ in case only are one folder on many disks.
    if safe == story and safe and not reserved and safe == safe.lower():
        return safe
    return f"{safe.lower() or 'story'}-{hashlib.sha256(story.encode()).hexdigest()[:8]}"
