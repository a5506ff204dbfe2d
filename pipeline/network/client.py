"""The one way in which this room opens the network."""

import ipaddress
from urllib.parse import urlsplit

import httpx

from pipeline.network.log_redaction import redact_network_logs
from pipeline.network.server_clock import ServerClock

CONNECT_S, ANSWER_S = 10.0, 30.0


def open_client(clock: ServerClock | None = None, *, answer_s: float = ANSWER_S) -> httpx.Client:
    """A client whose logs give nothing away and that follows no redirect, which would carry a token to somewhere else.

    clock: hears the Date of every answer. answer_s: how long a silent server is waited for. A proxy of the environment is used for all
    but this machine itself. Do not call `raise_for_status()` on its answers: that error's text holds the whole address.
    """
    redact_network_logs()
    hooks = {"response": [clock.hear]} if clock else {}
    direct = {f"all://{host}": None for host in ("127.0.0.1", "[::1]")}
    return httpx.Client(
        timeout=httpx.Timeout(answer_s, connect=CONNECT_S), follow_redirects=False, event_hooks=hooks, mounts=direct, trust_env=True
    )


def is_loopback(address: str) -> bool:
    """Whether an address is this machine by number. `localhost` is a name that somebody else may resolve."""
    try:
        return ipaddress.ip_address(urlsplit(address).hostname or "").is_loopback
    except ValueError:
        return False


def is_safe(address: str) -> bool:
    """Whether secrets may be sent there: over TLS, or without leaving this machine."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address)))
    except ValueError:
        return False
