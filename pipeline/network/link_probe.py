"""Whether a buyer's link answers: asked with HEAD, then GET, within seconds, a few redirects deep, and nothing of the page is read.

Only an answer that says so (404, 410) or a name that nobody has proves that a link is dead. Shops keep programs out (403, 429), are
overloaded (5xx) or slow, and yet serve a buyer's phone: that is told, and proves nothing.
"""

import errno
import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx

from pipeline.documents.message import M, Message
from pipeline.network.broken_connection import causes, why_no_answer
from pipeline.network.client import is_loopback, is_safe_address, open_client

LinkState = Literal["answers", "dead", "unsure", "offline"]
ANSWER_S = 6.0
WHOLE_S = 15.0
"""Seconds for one link with all its redirects; a resolver alone may be silent for longer."""
MOST_REDIRECTS = 5
DEAD_STATUSES = frozenset({404, 410})
KNOWN_HOSTS = ("www.baidu.com", "www.qq.com", "www.cloudflare.com")
"""Names that exist. A resolver that does not know a link's host proves something only if it knows one of these: without a line some
systems say of every name that there is none. They are looked up, and nothing is sent to them."""
_HEADERS = {"User-Agent": "Mozilla/5.0 (FieldCut; link check)", "Connection": "close", "Accept-Encoding": "identity"}
_NO_LINE = frozenset({errno.ENETUNREACH, errno.ENETDOWN})
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


@dataclass(frozen=True)
class LinkAnswer:
    """What came of asking for a link. why: for every state but `answers`."""

    state: LinkState
    why: Message | None = None


def probe_links(addresses: tuple[str, ...], *, knows: Callable[[str], bool] | None = None) -> dict[str, LinkAnswer]:
    """Ask for all links at once, `WHOLE_S` seconds at most. knows: whether a host's name can be looked up now; the system's resolver."""
    answers: dict[str, LinkAnswer] = {}

    def ask(address: str) -> None:
        answers[address] = probe_link(address, knows=knows)

    threads = [threading.Thread(target=ask, args=(address,), daemon=True) for address in dict.fromkeys(addresses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WHOLE_S)
    silent = LinkAnswer("unsure", M("no answer within {seconds} s", seconds=WHOLE_S))
    return {address: answers.get(address, silent) for address in dict.fromkeys(addresses)}


def probe_link(address: str, *, knows: Callable[[str], bool] | None = None) -> LinkAnswer:
    """Ask for one link. It is asked for only over https, or on this machine by number; no redirect leads from outside to this machine."""
    if not is_safe_address(address) or _is_local_network(address):
        return LinkAnswer("dead", M("it lies inside a local network, or does not begin with https://; no buyer can open it"))
    try:
        with open_client(answer_s=ANSWER_S) as client:
            return _follow(client, address)
    except httpx.TimeoutException:
        return LinkAnswer("unsure", M("no answer within {seconds} s", seconds=ANSWER_S))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        return _no_connection(address, error, knows or _resolver_knows)


def _follow(client: httpx.Client, address: str) -> LinkAnswer:
    here = address
    for _ in range(MOST_REDIRECTS + 1):
        status, onwards = _status(client, here)
        if not onwards:
            return _judged(status)
        here = urljoin(here, onwards)
        if not is_safe_address(here) or _is_local_network(here) or (is_loopback(here) and not is_loopback(address)):
            return LinkAnswer("unsure", M("it leads on to an address that is not asked for: {host}", host=urlsplit(here).hostname or "–"))
    return LinkAnswer("unsure", M("it leads from one address to the next and does not end"))


def _status(client: httpx.Client, address: str) -> tuple[int, str]:
    """The status of an address, and where it redirects to. Many shops know no HEAD, so that only a GET is believed when it says no."""
    response = client.request("HEAD", address, headers=_HEADERS)
    if response.status_code >= 400:
        with client.stream("GET", address, headers=_HEADERS) as response:
            pass
    onwards = response.headers.get("location", "") if 300 <= response.status_code < 400 else ""
    return response.status_code, onwards


def _judged(status: int) -> LinkAnswer:
    if status < 400:
        return LinkAnswer("answers")
    why = M("it answers HTTP {status}", status=status)
    return LinkAnswer("dead" if status in DEAD_STATUSES else "unsure", why)


def _no_connection(address: str, error: BaseException, knows: Callable[[str], bool]) -> LinkAnswer:
    host = urlsplit(address).hostname or ""
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            if not any(knows(name) for name in KNOWN_HOSTS):
                return LinkAnswer("offline", M("this machine is offline"))
            if cause.errno in _NO_SUCH_NAME:
                return LinkAnswer("dead", M("there is no host {host}", host=host))
        elif isinstance(cause, OSError) and cause.errno in _NO_LINE:
            return LinkAnswer("offline", M("this machine is offline"))
    return LinkAnswer("unsure", why_no_answer(error))


def _resolver_knows(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def _is_local_network(address: str) -> bool:
    """Whether an address names a host of a local network by number; this machine itself does not count."""
    try:
        host = ipaddress.ip_address(urlsplit(address).hostname or "")
    except ValueError:
        return False
    return not host.is_loopback and not host.is_global
