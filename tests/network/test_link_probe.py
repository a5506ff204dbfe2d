"""A buyer's link is asked for before publishing: dead only where it is certain, told where it is not, once where there is no line."""

import socket
import time
from collections.abc import Iterator

import pytest

from pipeline.network import link_probe
from pipeline.network.link_probe import MOST_REDIRECTS, probe_link, probe_links
from tests.fakes.servers.shop import Shop

PAGES: dict[str, int | str] = {
    "/here": 200,
    "/moved": "/here",
    "/gone": 410,
    "/private": 403,
    "/busy": 429,
    "/broken": 503,
    "/loop": "/loop",
    "/moved-to-nothing": "/nothing",
    "/home": "http://192.168.1.1/admin",
    "/plain": "http://shop.example.com/",
    **{f"/step{number}": f"/step{number + 1}" for number in range(MOST_REDIRECTS)},
    f"/step{MOST_REDIRECTS}": 200,
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Shop(PAGES, silent=("/silent",), no_head=("/old-shop",)) as shop:
        shop.pages["/old-shop"] = 200
        yield shop


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/here", "answers"),
        ("/moved", "answers"),
        ("/old-shop", "answers"),
        ("/step0", "answers"),
        ("/nothing", "dead"),
        ("/gone", "dead"),
        ("/moved-to-nothing", "dead"),
        ("/private", "unsure"),
        ("/busy", "unsure"),
        ("/broken", "unsure"),
        ("/loop", "unsure"),
        ("/home", "unsure"),
        ("/plain", "unsure"),
    ],
)
def test_only_a_certain_answer_makes_a_link_dead(shop: Shop, path: str, state: str) -> None:
    assert probe_link(f"{shop.url}{path}").state == state


def test_a_silent_shop_is_given_up_in_seconds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_probe, "ANSWER_S", 0.3)
    begun = time.monotonic()
    assert probe_link(f"{shop.url}/silent").state == "unsure"
    assert time.monotonic() - begun < 3.0


def test_a_resolver_that_hangs_is_given_up_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_probe, "ANSWER_S", 20.0)
    monkeypatch.setattr(link_probe, "WHOLE_S", 0.3)
    answers = probe_links((f"{shop.url}/silent", f"{shop.url}/here"))
    assert [answer.state for answer in answers.values()] == ["unsure", "answers"]


@pytest.mark.parametrize(
    ("code", "others_known", "state"),
    [
        (socket.EAI_NONAME, True, "dead"),
        (socket.EAI_AGAIN, True, "unsure"),
        (socket.EAI_NONAME, False, "offline"),
        (socket.EAI_AGAIN, False, "offline"),
    ],
)
def test_an_unknown_host_is_dead_only_where_others_are_known(
    monkeypatch: pytest.MonkeyPatch, code: int, others_known: bool, state: str
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "unknown")

    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert probe_link("https://no-such-shop.example/p", knows=lambda _host: others_known).state == state


@pytest.mark.parametrize("address", ["http://shop.example.com/p", "https://192.168.0.8/p", "https://10.0.0.3/p", "https://[fe80::1]/p"])
def test_what_no_buyer_can_open_is_never_asked_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_probe, "open_client", lambda **_: pytest.fail("it was asked for"))
    assert probe_link(address).state == "dead"
