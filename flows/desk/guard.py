"""What every request must be before a page sees it: for this very machine, from this very page, small; and what every answer says.

Host: a name that an attacker points at this machine (DNS rebinding) is refused; only the address at which the request came in is taken.
Origin: a form of another site is refused, though it could know no token.
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING = {"GET", "HEAD"}
MOST_BYTES = 16_384
"""Of a request's body: a name and a reason."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    # Not "no-referrer": a browser would then send "Origin: null" with our own form.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Of an answer that brings none of its own."""


class Guard:
    """ASGI middleware round the desk's pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused; hand on everything else."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = _refusal(scope, headers)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.decode("latin-1").lower() for name, _ in message.get("headers", ())}
                more = {**HEADERS, "content-security-policy": POLICY}
                added = [(name.encode(), value.encode()) for name, value in more.items() if name not in given]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        if refused is not None:
            status, why = refused
            await PlainTextResponse(why, status)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _refusal(scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """Status and reason; None for a request that may pass."""
    if not is_own_host(headers.get("host", ""), scope.get("server")):
        return 421, "Open the page by the address that FieldCut has told.\n"
    if scope["method"] in READING:
        return None
    if not _is_own_origin(headers, headers["host"]):
        return 403, "This form comes from another page.\n"
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return 413, "Too long.\n"
    return None


def is_own_host(host: str, server: tuple[str, int | None] | None) -> bool:
    """Whether a Host header names the address and port at which the request came in, as an IP address; on loopback also `localhost`.

    server: the local end of the connection, as ASGI gives it.
    """
    if server is None or server[1] is None:
        return False
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
        here = ipaddress.ip_address(server[0])
    except ValueError:
        return False
    if host != parts.netloc or parts.username is not None or (port != server[1] and not (port is None and server[1] == 80)):
        return False
    if name == "localhost":
        return here.is_loopback
    try:
        return ipaddress.ip_address(name) == here
    except ValueError:
        return False


def _is_own_origin(headers: Mapping[str, str], host: str) -> bool:
    """Whether the form was on a page of this very host. A browser that sends no Origin sends the page's address."""
    origin = headers.get("origin")
    if origin is not None:
        return origin == f"http://{host}"
    parts = urlsplit(headers.get("referer", ""))
    return parts.scheme == "http" and parts.netloc == host
