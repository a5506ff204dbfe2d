"""A release that is ready to be handed over: two seconds of video, covers made from it, words, an offer, a ledger."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.commerce.qr import qr_modules
from pipeline.documents.captions import CaptionSource
from pipeline.documents.release import CartLink, Declarations, OfferShown, Release
from pipeline.documents.rendition import Inspection
from pipeline.publish import load_destination
from pipeline.publish.captions import make_captions
from pipeline.publish.engine import EngineContext, PublishRules
from pipeline.publish.handoff import Pack, make_covers, make_pack
from pipeline.publish.ledger import Actor, Ledger, Who, open_ledger
from pipeline.publish.platforms.manual import MANUAL_PLATFORMS
from tests import builders
from tests.publish.handoff.chrome import Tab, chromium, program

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MARKETER = Actor(who=Who.PERSON, name="王会计")
PLATFORMS = tuple(MANUAL_PLATFORMS)
WORDS = CaptionSource(
    title="冕宁高山土豆，现挖现发",
    points=("沙土地里长大，又粉又糯 <b>&</b>", "今天挖，今天发"),
    product="高山土豆",
    price="¥29.9/10斤",
    promise="坏果包赔",
    topics=("土豆", "助农", "大凉山"),
    names=("冕宁",),
)

Make = Callable[..., Release]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upright video with sound, as the renderer writes it: nothing personal in it."""
    path = tmp_path_factory.mktemp("film") / "村里 [1].mp4"
    return builders.film(path)


@pytest.fixture(scope="session")
def release_of(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """The release for a platform; changes replace its fields."""
    folder = tmp_path_factory.mktemp("covers")
    video = builders.video_file(film, length_s=2, width=180, height=320, fps=15, pixel_format="yuv420p")
    carts = {
        "url": CartLink(kind="url", value="https://shop.example.com/p/1?a=1&b=2"),
        "product_id": CartLink(kind="product_id", value="90210"),
    }

    covers = {name: make_covers(film, load_destination(name), WORDS.title, folder, at_s=0.5) for name in PLATFORMS}

    def make(platform: str, **changes: Any) -> Release:
        destination = load_destination(platform)
        given: dict[str, Any] = {
            "id": f"r-{platform}",
            "story": "土豆",
            "platform": platform,
            "account": "",
            "video": video,
            "covers": covers[platform],
            "captions": make_captions(WORDS, destination, "zh").captions,
            "cart": carts[MANUAL_PLATFORMS[platform].capabilities.cart],
            "declarations": Declarations(ai_generated=False, commercial=True),
            "offer": OfferShown(sku="TD10", name="高山土豆", price="¥29.9", unit="10斤", offer_ends=datetime(2999, 1, 1, tzinfo=UTC)),
            "planned_at": datetime(2026, 12, 1, 11, 30, tzinfo=UTC),
        }  # fmt: skip
        return Release(**{**given, **changes})

    return make


@pytest.fixture
def pack(release_of: Make, tmp_path: Path) -> Callable[..., Pack]:
    """Make a platform's pack in `tmp_path/out`."""

    def make(platform: str, **changes: Any) -> Pack:
        return make_pack(release_of(platform, **changes), tmp_path / "out", draw_qr=qr_modules)

    return make


class NoAccounts:
    """Nobody logs in for a hand-off: whoever asks for an account here has made a mistake."""

    http = httpx.Client(trust_env=False)

    def settings(self, account: str) -> dict[str, Any]:
        raise AssertionError(account)

    def token(self, account: str, at_least_s: float) -> str:
        raise AssertionError(account, at_least_s)

    refused = on_time = settings  # type: ignore[assignment]


class Morning:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Aware."""
        return NOW

    def wait(self, seconds: float) -> None:
        """At once."""
        del seconds


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty one."""
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def context(ledger: Ledger) -> EngineContext:
    """A worker for whom everything has passed its inspection."""
    rules = PublishRules(inspection=lambda release: Inspection(rendition_sha256=release.video.sha256, findings=()))
    return EngineContext(ledger=ledger, platforms=MANUAL_PLATFORMS, access=NoAccounts(), rules=rules, clock=Morning(), worker="worker-1")


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Any]]:
    """A browser for the session, when one is there."""
    if program() is None:
        message = "Chromium is not installed, so the pages cannot be looked at"
        if os.environ.get("FIELDCUT_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with chromium(tmp_path_factory.mktemp("profile")) as opened:

        @contextmanager
        def fresh() -> Iterator[Tab]:
            opened.said.clear()
            yield opened

        yield fresh
