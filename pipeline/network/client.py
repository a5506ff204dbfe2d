"""The HTTP client, and which addresses are safe to send secrets to."""

import ipaddress
from urllib.parse import urlsplit

import httpx

from pipeline.network.log_redaction import redact_network_logs
from pipeline.network.server_clock import ServerClock

CONNECT_S, ANSWER_S = 10.0, 30.0


def open_client(clock: ServerClock | None = None, *, answer_s: float = ANSWER_S) -> httpx.Client:
    """Open a client whose logs are redacted and that follows no redirect, since a redirect could carry a token to another host.

    clock: observes the Date of every answer. answer_s: read time-out in seconds. The environment's proxy is used for every host but
    this machine itself. Do not call `raise_for_status()` on its answers: that error's text holds the whole address.
    """
    redact_network_logs()
    hooks = {"response": [clock.observe]} if clock else {}
    direct = {f"all://{host}": None for host in ("127.0.0.1", "[::1]")}
    return httpx.Client(
        timeout=httpx.Timeout(answer_s, connect=CONNECT_S), follow_redirects=False, event_hooks=hooks, mounts=direct, trust_env=True
    )


def is_loopback(address: str) -> bool:
    """Whether an address is this machine by number. `localhost` does not count: it is a name, which may resolve to another host."""
    try:
        return ipaddress.ip_address(urlsplit(address).hostname or "").is_loopback
    except ValueError:
        return False


def is_safe_address(address: str) -> bool:
    """Whether secrets may be sent to an address: over TLS, or without leaving this machine."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address)))
    except ValueError:
        return False
