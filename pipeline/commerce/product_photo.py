"""The product's picture among the photos of a story, for a sheet that has none."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from unicodedata import normalize

from pipeline.documents.clip import Clip
from pipeline.documents.offer import Offer

CALLED_PRODUCT = re.compile(r"主图|商品图|产品图|商品照|产品照|宣传图|product|packshot", re.IGNORECASE)
"""What people call a picture that stands for the product."""


def product_photo_among(clips: Sequence[Clip], offer: Offer) -> str:
    """The path of the photo that by its name shows the product of an offer without one; empty where none does.

    A name with the product's own counts most, one that only says “product picture” where it is the only one.
    """
    photos = [clip for clip in clips if clip.photo and not clip.generated]
    names = [_plain(name) for name in (offer.name, *offer.aliases, offer.sku) if len(_plain(name)) > 1]
    named = [clip for clip in photos if any(name in _stem(clip) for name in names)]
    called = [clip for clip in photos if CALLED_PRODUCT.search(_stem(clip))]
    both = [clip for clip in named if clip in called]
    best = both or named or (called if len(called) == 1 else [])
    return best[0].photo if best else ""


def _stem(clip: Clip) -> str:
    return _plain(PurePosixPath(clip.name).stem)


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", normalize("NFKC", name).casefold())
