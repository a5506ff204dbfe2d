"""The pack's page in a real browser, opened as a file on a phone 360 wide."""

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from pipeline.documents.release import OfferShown
from pipeline.errors import UserMistake
from pipeline.publish.handoff import Pack, load_form
from pipeline.publish.handoff.links import posted_link
from tests.publish.handoff.chrome import Tab
from tests.publish.handoff.conftest import PLATFORMS, Make

pytestmark = pytest.mark.system

Open = Callable[[], Any]
CLIPBOARD = "navigator.clipboard.readText()"


def shown(tab: Tab, selector: str) -> str:
    """What a reader sees of an element."""
    return str(tab.look(f"document.querySelector({json.dumps(selector)}).innerText"))


def page_of(pack: Pack) -> Path:
    return pack.folder / "index.html"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_copy_button_copies_exactly_its_text(platform: str, pack: Callable[..., Pack], release_of: Make, tab: Open) -> None:
    release, made = release_of(platform), pack(platform)
    with tab() as opened:
        opened.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        opened.open(page_of(made))
        copied = []
        for name in opened.look("[...document.querySelectorAll('[data-copy]')].filter(b=>b.offsetParent).map(b=>b.dataset.copy)"):
            opened.tap(f"[data-copy='{name}']")
            opened.look("new Promise(done=>setTimeout(done,50))")
            copied.append(opened.look(CLIPBOARD))
        texts = [release.captions.title, release.captions.short_title, release.captions.text, release.cart.value, release.id]
        assert {text for text in texts if text} <= set(copied)
        assert (made.folder / "topics.txt").read_text("utf-8") in copied
        assert all(one != other for one, other in pairwise(copied)), "one of them was not copied"
        assert opened.said == []


def test_when_the_old_way_is_refused_the_new_one_copies(pack: Callable[..., Pack], tab: Open) -> None:
    with tab() as opened:
        opened.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        opened.open(page_of(pack("douyin")))
        opened.look("void(document.execCommand=()=>false)")
        opened.tap("[data-copy=release]")
        opened.look("new Promise(done=>setTimeout(done,50))")
        assert opened.look(CLIPBOARD) == "r-douyin"


def test_when_copying_is_refused_the_text_is_marked_for_copying_by_hand(pack: Callable[..., Pack], tab: Open) -> None:
    with tab() as opened:
        opened.open(page_of(pack("douyin")))
        opened.look("document.execCommand=()=>{throw 1};navigator.clipboard.writeText=()=>Promise.reject();void 0")
        opened.tap("[data-copy=release]")
        opened.look("new Promise(done=>setTimeout(done,50))")
        assert opened.look("getSelection().toString()") == "r-douyin"
        assert shown(opened, "[data-copy=release]") == "请长按复制"


def test_the_language_is_switched_whole_and_remembered(pack: Callable[..., Pack], tab: Open) -> None:
    page = page_of(pack("douyin"))
    with tab() as opened:
        opened.open(page)
        assert "待发包" in shown(opened, "body")
        assert "Hand-off pack" not in shown(opened, "body")
        opened.tap("#language")
        assert "Hand-off pack" in shown(opened, "body")
        assert "待发包" not in shown(opened, "body")
        assert opened.look("document.documentElement.lang") == "en"
        opened.open(page)
        assert opened.look("document.documentElement.lang") == "en"
        opened.tap("#language")
        assert opened.look("document.documentElement.lang") == "zh-CN"
        assert opened.said == []


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_small_phone_in_both_lights(dark: bool, pack: Callable[..., Pack], tab: Open, tmp_path: Path) -> None:
    with tab() as opened:
        opened.open(page_of(pack("wechat_channels")), dark=dark)
        for _ in ("zh", "en"):
            assert opened.look("document.documentElement.scrollWidth") <= 360
            small = "[...document.querySelectorAll('button,input')].filter(e=>e.offsetParent&&e.type!=='checkbox'&&e.offsetHeight<44)"
            assert opened.look(f"{small}.length") == 0
            opened.tap("#language")
        opened.picture(tmp_path / "page.png")
        with Image.open(tmp_path / "page.png") as drawn:
            corner = drawn.convert("L").getpixel((2, 2))
        assert isinstance(corner, int)
        assert (corner < 60) == dark
        assert opened.said == []


def test_the_video_loads_and_covers_are_seen(pack: Callable[..., Pack], tab: Open) -> None:
    with tab() as opened:
        opened.open(page_of(pack("xiaohongshu")))
        video = "const v=document.querySelector('video')"
        assert (
            opened.look(f"new Promise(done=>{{{video};v.readyState?done(1):(v.onloadedmetadata=()=>done(1),v.onerror=()=>done(0))}})") == 1
        )
        assert opened.look("document.querySelector('video').videoWidth") == 180
        seen = opened.look("[...document.querySelectorAll('.covers img')].map(i=>[i.naturalWidth/i.naturalHeight,i.width/i.height])")
        assert len(seen) == 2
        assert all(abs(natural - drawn) < 0.02 for natural, drawn in seen)


@pytest.mark.parametrize("dark", [False, True])
def test_the_code_leads_to_the_form(dark: bool, pack: Callable[..., Pack], tab: Open) -> None:
    with tab() as opened:
        opened.open(page_of(pack("douyin")), dark=dark)
        box = opened.look(
            "(()=>{const b=document.querySelector('.site svg').getBoundingClientRect();return [b.x,b.y+scrollY,b.width,b.height]})()"
        )
        clip = dict(zip(("x", "y", "width", "height"), box, strict=True)) | {"scale": 2}
        shot = opened.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        with Image.open(io.BytesIO(base64.b64decode(shot["data"]))) as code:
            (found,) = zxingcpp.read_barcodes(code.convert("L"))
        assert found.text == load_form("douyin").site


LINKS = [
    "https://v.douyin.com/iRNBho5m/",
    "看看【土豆】 https://v.douyin.com/iRNBho5m/ 复制打开",
    "http://v.douyin.com/iRNBho5m/",
    "https://www.douyin.com/",
    "https://creator.douyin.com/creator-micro/content/manage",
    "https://www.douyin.com/user/MS4wLjAB",
    "https://www.douyin.com/username/1",
    "https://douyin.com.example.org/video/1",
    "https://www.douyin.com@example.org/video/1",
    "https://www.douyin.com:8443/video/1",
    "https://notdouyin.com/video/1",
    "发好了",
]


def test_the_page_and_the_ledger_agree_on_what_a_link_to_a_post_is(pack: Callable[..., Pack], tab: Open) -> None:
    form = load_form("douyin")

    def taken(text: str) -> bool:
        try:
            return bool(posted_link(text, form))
        except UserMistake:
            return False

    with tab() as opened:
        opened.open(page_of(pack("douyin")))
        for text in LINKS:
            opened.look("document.getElementById('link').value=''")
            opened.type("#link", text)
            assert opened.look("!document.getElementById('good').hidden") == taken(text), text
            assert opened.look("!document.getElementById('bad').hidden") != taken(text), text
        assert {taken(text) for text in LINKS} == {True, False}


def test_ticks_are_there_when_the_page_is_opened_again(pack: Callable[..., Pack], tab: Open) -> None:
    page = page_of(pack("douyin", id="r-ticks"))
    with tab() as opened:
        opened.open(page)
        opened.tap("#step-2")
        opened.open(page)
        assert opened.look("[...document.querySelectorAll('.steps input:checked')].map(i=>i.id)") == ["step-2"]


def test_a_lapsed_offer_says_so_at_the_top(pack: Callable[..., Pack], tab: Open) -> None:
    offer = OfferShown(sku="T", name="土豆", price="¥1", unit="斤", offer_ends=datetime(2020, 1, 1, tzinfo=UTC))
    with tab() as opened:
        opened.open(page_of(pack("douyin", offer=offer)))
        assert opened.look("document.querySelector('[data-ends]').hidden") is False
        opened.open(page_of(pack("douyin")))
        assert opened.look("document.querySelector('[data-ends]').hidden") is True
