"""A release put on a shelf by its adapter alone, without ledger or engine."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import httpx
from PIL import Image

from pipeline.commerce import make_card
from pipeline.documents.offer import Offer
from pipeline.documents.release import (
    Captions,
    CartLink,
    CoverFile,
    Declarations,
    OfferShown,
    PageShown,
    Release,
    SubtitleFile,
)
from pipeline.network.client import open_client
from pipeline.publish import load_destination
from pipeline.publish.platforms.base import PlatformSession, PublishResult
from pipeline.publish.platforms.shelf.adapter import Shelf
from tests import builders

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Remembered:
    """A `Memory` that lives as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def recall(self) -> Mapping[str, Any]:
        """See Memory."""
        return self.kept

    def keep(self, *, session: str = "", for_good: Mapping[str, Any] | None = None, **facts: Any) -> None:
        """See Memory."""
        self.kept |= {**facts, **(for_good or {}), **({"session": session} if session else {})}


def line(
    settings: Mapping[str, Any] | None = None, *, keys: str = "", now: datetime = NOW, http: httpx.Client | None = None
) -> PlatformSession:
    """What the engine would give the adapter; nothing is waited for."""
    return PlatformSession(
        http=http or open_client(answer_s=2.0),
        token=lambda _: keys,
        settings=settings or {},
        now=lambda: now,
        wait=lambda _: None,
        spend=_not_counted,
    )


def _not_counted(name: str, cost: int = 1) -> None:
    del name, cost


def release_of(
    video: Path, cover: Path, subtitles: Path | None, offer: Offer | None, *, story: str, title: str, text: str, **changes: Any
) -> Release:
    """The release of these files and words; changes replace its fields."""
    card = make_card(offer, load_destination("shelf"), "zh") if offer else None
    with av.open(str(video)) as container:
        shape = container.streams.video[0]
        width, height = shape.width, shape.height
    given: dict[str, Any] = {
        "story": story,
        "platform": "shelf",
        "account": "",
        "video": builders.video_file(video, length_s=2.0, width=width, height=height, fps=15, audio_codec=""),
        "covers": (_picture(cover),),
        "subtitles": (SubtitleFile(path=str(subtitles), sha256=_sha256(subtitles), language="zh-Hans"),) if subtitles else (),
        "captions": Captions(title=title, text=text),
        "cart": CartLink(kind="url", value=card.link) if card and card.link else CartLink(),
        "declarations": Declarations(ai_generated=False),
    }  # fmt: skip
    if offer and card:
        given["offer"] = OfferShown(sku=offer.sku, name=offer.name, price=card.price, unit=offer.unit, offer_ends=offer.offer_ends)
        given["page"] = PageShown(
            list_price=card.list_price, origin=card.origin, after_sales=offer.after_sales, ordering="、".join(offer.pickup), qr=card.qr
        )
        given["photo"] = _picture(Path(offer.photo)) if offer.photo else None
    return Release(**{**given, **changes})


def put(release: Release, shelf: Shelf, at: PlatformSession) -> PublishResult:
    """Upload and publish, as the engine does."""
    memory = Remembered()
    shelf.upload(release, at, memory)
    return shelf.publish(release, at, memory)


def _picture(path: Path) -> CoverFile:
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except OSError:
        width, height = 9, 16
    return CoverFile(path=str(path), sha256=_sha256(path), size_bytes=path.stat().st_size, width=width, height=height)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
