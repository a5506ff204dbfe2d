"""What a destination allows on the picture and around it: data, `profile.yaml` in the platform's folder of publish/platforms/."""

from typing import Literal

from pydantic import Field

from pipeline.documents.base import Document, Frozen

Counting = Literal["characters", "utf16", "bytes", "half_width"]
"""How a platform counts a text. characters: Unicode code points. utf16: code units, an emoji is two or more. bytes: UTF-8. half_width: a
Chinese character or a full-width mark counts one, a Latin letter or digit half."""
Links = Literal["tapped", "plain", "never"]
"""How a destination treats a link in the caption: it can be tapped, it is plain text, or it is punished."""


USUAL_SAFE_MARGIN = 0.05
"""Where a destination defines none for a shape: title-safe by EBU R 95."""


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
    aliases: tuple[str, ...] = ()
    """What else people call it."""
    label: dict[str, str]
    """Its name for people, by language (zh, en)."""
    qr: bool
    watermark: bool
    contact: bool
    pickup: bool = False
    """Pick-up place and cut-off hour stand on the card: community group buying."""
    cart_wording: dict[str, str]
    """What the card says instead of, or beside, the QR code, by language."""
    cart_in_text: bool = True
    """Whether the cart wording stands in the caption's text, too; False where it points at that text."""
    cart_takes: Literal["any", "number"] = "any"
    """What a cart hangs by there: an address or a number, or only the number of a product in the platform's own shop."""
    link_in_text: bool = False
    """The cart wording points at the text, so the link stands there even where nobody can tap it."""
    product_apart: bool = False
    """Whether price, promise and the way to buy have fields of their own, so that the caption does not repeat them."""
    ai_label: str = "none"
    safe_areas: dict[str, SafeArea]
    """By shape: 9:16, 1:1, 16:9."""
    max_seconds: float | None = None
    cover_shapes: tuple[str, ...] = ()
    caption_limits: dict[str, int] = Field(default_factory=dict)
    """Upper limit of each field: title, short_title, caption or description (the text), tags (all of them joined), topics (how many)."""
    caption_counting: dict[str, Counting] = Field(default_factory=dict)
    """How the fields above are counted; `characters` for those that are not listed."""
    caption_least: dict[str, int] = Field(default_factory=dict)
    """Lower limit of a field, counted the same way."""
    caption_without: str = ""
    """Characters that no field may contain."""
    topic_form: str = "#{topic}"
    """How a topic is written in the text; empty where topics go into a field of tags."""
    links: Links = "plain"
    links_short: Links | None = None
    """The same for upright videos of at most `short_seconds`; None where there is no difference."""
    short_seconds: float = 0.0
    feed: bool = True
    """Followers see every post of an account: a story is posted there once. Groups, posters and a shelf show one film per group leader."""
    mainland: bool = True
    """Whether it is seen in mainland China, so that China's advertising law applies as written."""
    tried: bool = False
    """FieldCut has posted there for real, where that asks for no account; with an account it has nowhere."""
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """Names of the fields above that no official source confirms."""

    def safe_area(self, width: int, height: int) -> SafeArea:
        """The margins for a picture of that size: those of the nearest shape that destinations define, or the usual ones."""
        ratio = width / height
        _, shape = min((abs(ratio - across / down), f"{across}:{down}") for across, down in ((9, 16), (1, 1), (16, 9)))
        usual = SafeArea(top=USUAL_SAFE_MARGIN, bottom=USUAL_SAFE_MARGIN, left=USUAL_SAFE_MARGIN, right=USUAL_SAFE_MARGIN)
        return self.safe_areas.get(shape, usual)

    def has_cart(self, link: str) -> bool:
        """Whether a link of the sheet, an address or a product's number, becomes something to buy at. Else no words may speak of one."""
        return bool(link) and (self.cart_takes == "any" or "://" not in link)
