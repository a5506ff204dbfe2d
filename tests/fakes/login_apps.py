"""What the tests of accounts share besides fixtures: the servers' apps, a browser, a look at who was asked."""

import socket

import httpx

from tests.fakes.servers import bilibili, kuaishou, youtube
from tests.fakes.servers.base import Server

APPS = {
    "kuaishou": (kuaishou.APP_ID, kuaishou.APP_SECRET, ("api",), ""),
    "youtube": (youtube.CLIENT_ID, youtube.CLIENT_SECRET, ("consent", "token", "api"), ""),
    "bilibili": (bilibili.CLIENT_ID, bilibili.CLIENT_SECRET, ("consent", "token", "api", "upload"), "category = 251\n"),
}
"""App id, app secret, the hosts that the server plays, settings without a default."""


def free_port() -> int:
    """A port of this machine that nobody uses just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def browse(address: str) -> httpx.Response:
    """What a browser does with a login's page: it goes where it is sent."""
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=10) as browser:
        return browser.get(address)


def asked(server: Server, endpoint: str) -> int:
    """How many calls of an endpoint reached the server."""
    return sum(call.endpoint == endpoint for call in server.calls)
