"""What a destination allows on the picture and around it: data, one file each in publish/destinations/."""

from pydantic import Field

from pipeline.documents.base import Document, Frozen


class SafeArea(Frozen):
    """Margins that the destination's own buttons may cover, in fractions of the picture's width and height."""

    top: float
    bottom: float
    left: float
    right: float
    source: str = ""
    verified: bool = False


class Destination(Document):
    """A destination profile."""

    name: str
    label: dict[str, str]
    """Its name for people, by language (zh, en)."""
    qr: bool
    watermark: bool
    contact: bool
    pickup: bool = False
    """Pick-up place and cut-off hour stand on the card: community group buying."""
    cart_wording: dict[str, str]
    """What the card says instead of, or beside, the QR code, by language."""
    ai_label: str = "none"
    safe_areas: dict[str, SafeArea]
    """By shape: 9:16, 1:1, 16:9."""
    max_seconds: float | None = None
    cover_shapes: tuple[str, ...] = ()
    caption_limits: dict[str, int] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """Names of the fields above that no official source confirms."""
