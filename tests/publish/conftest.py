"""A finished story, small: two seconds of video with sound, a cover and a photo with the place it was taken at, words."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.documents.offer import Offer
from pipeline.publish.platforms.shelf import PAGE, folder_name
from pipeline.publish.platforms.shelf.adapter import Shelf
from tests import builders
from tests.fakes.postgres_server import running_postgres
from tests.fakes.shelf_release import NOW, line, put, release_of

WORDS = """1
00:00:00,200 --> 00:00:00,900
大家好 & <b>欢迎</b>

2
00:00:01,000 --> 00:00:01,800
十斤
二十九块九
"""


@dataclass(frozen=True)
class Parts:
    """The files of a finished story, and its offer."""

    video: Path
    cover: Path
    subtitles: Path
    offer: Offer


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Made once for the session; tests do not change them."""
    home = tmp_path_factory.mktemp("parts")
    video = home / "村里 [1]'s <b>.mp4"
    builders.film(video)
    cover, photo, subtitles = home / "cover.png", home / "photo.jpg", home / "words.srt"
    Image.linear_gradient("L").resize((180, 320)).convert("RGB").save(cover)
    exif = Image.Exif()
    exif[0x0110] = "Phone of a villager"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (400, 300), "peru").save(photo, exif=exif)
    subtitles.write_text(WORDS, encoding="utf-8")
    offer = Offer(
        sku="P", name='土豆 "<b>&', price=Decimal("29.90"), unit="10斤", list_price=Decimal("39.90"), origin="大桥镇",
        after_sales="坏果包赔", offer_ends=datetime(2999, 1, 1, tzinfo=UTC), order_cutoff="22:00", pickup=("甲店", "乙店"),
        photo=str(photo), links={"default": "https://shop.example.com/p/1?a=1&b=2"},
    )  # fmt: skip
    return Parts(video, cover, subtitles, offer)


@pytest.fixture
def publish(parts: Parts, tmp_path: Path) -> Callable[..., Path]:
    """Put the story on the shelf at `tmp_path/shelf` and give its page; arguments replace the usual ones. at: when, aware."""

    def put_there(*, at: datetime = NOW, **changes: Any) -> Path:
        usual: dict[str, Any] = {
            "story": "potatoes",
            "video": parts.video,
            "cover": parts.cover,
            "subtitles": parts.subtitles,
            "offer": parts.offer,
            "title": "村里 [1]'s <b>.mp4",
            "text": "又沙又甜 <script>alert(1)</script>",
        }
        release = release_of(**{**usual, **changes})
        put(release, Shelf(tmp_path / "shelf"), line(now=at))
        return tmp_path / "shelf" / folder_name(release.story) / PAGE

    return put_there


@pytest.fixture
def browser(tmp_path: Path) -> Callable[..., bytes]:
    """Run headless Chromium on a page, a file or an address, with the flags given, and return what it prints."""
    program = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if program is None:
        message = "Chromium is not installed, so the pages cannot be looked at"
        if os.environ.get("FIELDCUT_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)

    def run(page: Path | str, *flags: str) -> bytes:
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
        command += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--autoplay-policy=no-user-gesture-required"]
        address = page.as_uri() if isinstance(page, Path) else page
        return subprocess.run([*command, *flags, address], capture_output=True, timeout=60, check=True).stdout

    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server's `host`."""
    with running_postgres() as host:
        yield host
