"""A release, the content of one post on one platform: everything an adapter needs."""

import hashlib
import json
from typing import Annotated, Literal, Self
from uuid import uuid4

from pydantic import AwareDatetime, Field, PositiveFloat, PositiveInt, model_validator

from pipeline.documents.base import Document, Frozen

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hex."""


Lapse = Literal["ended", "sold_out", "taken_down", "changed"]
"""Why an offer no longer holds: its end has passed, nothing is left, it is not in the sheet or not offered there, or the sheet has
another price for which there is no video yet."""


class VideoFile(Frozen):
    """The finished file and the facts that platforms limit."""

    path: str
    sha256: Sha256
    size_bytes: PositiveInt
    length_s: PositiveFloat
    width: PositiveInt
    height: PositiveInt
    fps: PositiveFloat
    video_codec: str
    """As ffmpeg names it: h264."""
    audio_codec: str = ""
    """Empty for a file without sound."""
    pixel_format: str = ""
    """As ffmpeg names it: yuv420p."""


class CoverFile(Frozen):
    """One cover picture; a platform takes the one of its shape."""

    path: str
    sha256: Sha256
    size_bytes: PositiveInt
    width: PositiveInt
    height: PositiveInt


class SubtitleFile(Frozen):
    """Subtitles for platforms that take a track of their own; they are burned in as well."""

    path: str
    sha256: Sha256
    language: str
    """BCP 47: zh-Hans, en."""


class Captions(Frozen):
    """The words of the post, within the platform's limits."""

    title: str = ""
    short_title: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()
    """Without the number sign."""
    cart_wording: str = ""
    """What the platform's own shop button is called: 小黄车."""
    language: str = "zh-Hans"
    """BCP 47."""


class CartLink(Frozen):
    """The link to buy that a platform attaches to the post: none, an address, or a product's number in the platform's shop."""

    kind: Literal["none", "url", "product_id"] = "none"
    value: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.kind == "none") != (not self.value):
            raise ValueError("a cart link has a value, and none has none")
        if self.kind == "url" and not self.value.startswith("https://"):
            raise ValueError("a cart link must start with https://")
        return self


class Declarations(Frozen):
    """What must be declared about the video when it is posted, from what was done to the footage, never guessed."""

    ai_generated: bool
    made_for_kids: bool = False
    commercial: bool = False
    """Whether it sells something."""
    original: bool = True
    """Whether it was filmed by the people who post it."""


class OfferShown(Frozen):
    """The offer as the video and its captions show it."""

    sku: str
    name: str
    price: str
    """As drawn: ¥29.9."""
    unit: str
    """What the price buys: 10斤."""
    offer_begins: AwareDatetime | None = None
    offer_ends: AwareDatetime | None = None


class PageShown(Frozen):
    """Further content of a page of the seller's own, for which other platforms have no field. Empty strings are not shown."""

    list_price: str = ""
    """As drawn, struck out."""
    origin: str = ""
    after_sales: str = ""
    ordering: str = ""
    """Until when to order, and where to pick it up."""
    qr: tuple[str, ...] = ()
    """The cart link's QR code, row by row as 0 and 1."""
    offer_ends: AwareDatetime | None = None
    """Until when the page promises the price: another end is another page."""
    withdrawn: Lapse | None = None
    """Why the page shows neither price nor cart; None while the offer holds."""


class PromisedOffer(Frozen):
    """What a post promises of the offer, as the sheet said when it was made: another reading of the sheet is held against it."""

    price: str
    """As drawn, with what it buys: ¥29.9/10斤."""
    list_price: str = ""
    offer_ends: AwareDatetime | None = None
    link: str = ""
    """The destination's cart link in the sheet; empty when there is none."""
    lapsed: Lapse | None = None
    """Why it promises nothing any more; the rest is then what it promised last."""


class ShownShot(Frozen):
    """A stretch of a clip that the video shows: its seconds on the clip's own clock."""

    clip_sha256: Sha256
    start_s: float
    end_s: float


class Release(Document):
    """One video for one account on one platform."""

    id: str = Field(default_factory=lambda: uuid4().hex, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    story: str
    platform: str
    """The name of its destination profile."""
    account: str
    """The name the user gave it; empty where a platform has none."""
    video: VideoFile
    covers: tuple[CoverFile, ...] = ()
    subtitles: tuple[SubtitleFile, ...] = ()
    captions: Captions
    cart: CartLink = CartLink()
    declarations: Declarations
    offer: OfferShown | None = None
    page: PageShown | None = None
    """None where the post is not a page of the seller's own."""
    photo: CoverFile | None = None
    """The product's photo, for such a page."""
    planned_at: AwareDatetime | None = None
    """When it is to be public; None for at once."""
    approval: str | None = None
    """The id of the approval that covers it, where one was required."""
    shots: tuple[ShownShot, ...] = ()
    """What carries the video: its shots without covers, openings and cards. Empty where nobody asks whether it is there already."""
    picture: tuple[str, ...] = ()
    """What the video looks like, four times a second, in hex; see `publish/picture_signature.py`."""
    promised: PromisedOffer | None = None
    """None without a product, and where an earlier release of FieldCut made it."""
    replaces: tuple[str, ...] = ()
    """Ids of releases that a person takes down once this one is live."""

    @property
    def captions_sha256(self) -> str:
        """Hash of all words, the cart link and the declarations: together with the video's hash it shows whether two posts are the same."""
        return _sha256(self.captions, self.cart, self.declarations, *([self.page] if self.page else []))

    @property
    def offer_sha256(self) -> str:
        """Hash of the offer as it is shown; empty when nothing is sold."""
        return _sha256(self.offer) if self.offer else ""

    @property
    def files_sha256(self) -> str:
        """Hash of the files beside the video: covers, subtitle tracks, the product's photo."""
        files = [*(cover.sha256 for cover in self.covers), *(track.sha256 for track in self.subtitles)]
        return _sha256([*files, self.photo.sha256 if self.photo else ""])

    @property
    def content_sha256(self) -> str:
        """Hash of everything the public would see, covers and subtitle tracks included."""
        files = [self.video.sha256, *(cover.sha256 for cover in self.covers), *(track.sha256 for track in self.subtitles)]
        files += [self.photo.sha256] if self.photo else []
        return _sha256(self.platform, self.account, files, self.captions_sha256, self.offer_sha256)


def _sha256(*parts: Frozen | str | list[str]) -> str:
    # Fields at their default are left out: a field added later must not make yesterday's post look like another one.
    plain = [part.model_dump(mode="json", exclude_defaults=True) if isinstance(part, Frozen) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
