"""Sending one HTTP request: it ends in an answer, in `NotSent`, or in `OutcomeUnknown`.

Every request has its own connection. A pooled one may have died unnoticed, and the outcome of a call that publishes would then be
unknown although nothing was ever sent.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from pipeline.documents.message import M
from pipeline.network.broken_connection import why_no_answer
from pipeline.network.client import is_loopback, is_safe_address
from pipeline.network.errors import OutcomeUnknown, PlatformError, RateLimited, RetryableError

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""Longest answer that is read. A list of two hundred posts with their captions takes a few hundred kilobytes."""
WHOLE_ANSWER_S = 120.0
"""Limit for an answer that arrives in small pieces, each within the client's own time-out."""
DAY_S = 86_400.0
_HOST = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?")

Fields = Mapping[str, str | int]
Files = Mapping[str, tuple[str, bytes, str]]
"""Name of the field → file name, content, media type."""


class NotSent(RetryableError):
    """No connection was made, so nothing of the request was sent."""

    had_no_effect = True


@dataclass(frozen=True)
class HttpAnswer:
    """A whole answer, whatever its status. `repr` shows the status only: the rest may hold tokens.

    headers: lower-case names. at: the server's time when it answered, aware; None when it does not say. retry_after_s: how long the
    server asks to wait, seconds; None when it does not.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    at: datetime | None = field(default=None, repr=False)
    retry_after_s: float | None = field(default=None, repr=False)

    def json(self) -> dict[str, Any]:
        """The content as a JSON object. Raises OutcomeUnknown when it is none, since the platform's contract knows no such answer."""
        try:
            data = json.loads(self.content)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise OutcomeUnknown(M("The platform's answer cannot be read (HTTP {status}).", status=self.status))
        return data


def send(
    client: httpx.Client,
    method: Literal["GET", "POST", "PUT", "HEAD", "DELETE"],
    address: str,
    *,
    params: Fields | None = None,
    headers: Mapping[str, str] | None = None,
    content: bytes | Iterable[bytes] | None = None,
    data: Fields | None = None,
    files: Files | None = None,
    body: Any = None,
    plain_http: bool = False,
    max_bytes: int = MAX_ANSWER_BYTES,
) -> HttpAnswer:
    """Send one request, once, and return its answer.

    params: added to the address. content, data, files, body: the body, as bytes, a form, a form with files, or JSON. plain_http: the
    platform's contract says that this host speaks plain http; else only https and this machine itself are allowed. max_bytes: longest
    answer that is read. Time-outs are the client's (by default 10 s to connect, 30 s between two pieces). Redirects are not followed.

    Raises NotSent when nothing was sent, OutcomeUnknown when the request may have had its effect and no whole answer came, ValueError
    for an address that secrets must not be sent to. None of them holds the address, the headers or the body.
    """
    check_safe_address(address, plain_http=plain_http)
    watch = _SendWatch()
    problem: BaseException
    try:
        # Built in the call, so that no frame holds what is secret in it.
        with client.stream(
            method,
            address,
            params=dict(params) if params else None,
            headers={**(headers or {}), "Connection": "close", "Accept-Encoding": "identity"},
            content=content,
            data=dict(data) if data else None,
            files=dict(files) if files else None,
            json=body,
            extensions={"trace": watch},
            follow_redirects=False,
        ) as response:
            return _read_whole(response, max_bytes)
    except PlatformError as ending:
        problem = ending
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        problem = _error_for(error, watch)
    except Exception as error:  # its text and its frames may hold what was to be sent
        problem = _error_for(error, watch) if watch.may_have_sent else RuntimeError(f"{type(error).__name__} before anything was sent")
    raise problem


def check_status(answer: HttpAnswer) -> HttpAnswer:
    """Return the answer of a platform that says yes and no inside HTTP 200; any other status is a failure of a gateway or server.

    Raises RateLimited for 429, else RetryableError.
    """
    if answer.status == 200:
        return answer
    response, after_s = {"status": answer.status}, answer.retry_after_s or 0.0
    if answer.status == 429:
        raise RateLimited(M("The platform asks to wait (HTTP {status}).", status=429), after_s, response=response)
    raise RetryableError(M("The platform answers with an error (HTTP {status}).", status=answer.status), after_s, response=response)


def check_safe_address(address: str, *, plain_http: bool = False) -> None:
    """Raise ValueError for an address that is neither https, nor this machine, nor plain http where a contract says so."""
    if is_safe_address(address) or (plain_http and _is_plain_http(address)):
        return
    raise ValueError("secrets are sent over https only")


def is_host_of(host: str, suffixes: Iterable[str]) -> bool:
    """Whether a bare host, with or without a port, is one of `suffixes` or a subdomain of one; false for what is not a bare host.

    This machine counts only where it is listed: an answer must not send us to our own services.
    """
    match = _HOST.fullmatch(host)
    if match is None or int(match["port"] or 1) not in range(1, 65_536):
        return False
    name = match["name"].lower().rstrip(".")
    return any(name == suffix.lower().strip(".") or name.endswith("." + suffix.lower().strip(".")) for suffix in suffixes if suffix)


def retry_after_s(value: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds: a number, or a date by the clock that said it; at most a day, None when it is neither."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), DAY_S)
    until = _date(text)
    return None if until is None else max(0.0, min((until - now).total_seconds(), DAY_S))


class _SendWatch:
    """Learns from httpcore's trace whether the request's first bytes may have been sent; asking a proxy for a tunnel does not count."""

    def __init__(self) -> None:
        self.may_have_sent = False

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            request = info.get("request")
            self.may_have_sent = self.may_have_sent or getattr(request, "method", b"") != b"CONNECT"


def _read_whole(response: httpx.Response, max_bytes: int) -> HttpAnswer:
    until, content = time.monotonic() + WHOLE_ANSWER_S, bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > max_bytes:
            raise OutcomeUnknown(M("The platform's answer is too long (HTTP {status}).", status=response.status_code))
        if time.monotonic() > until:
            raise OutcomeUnknown(M("The platform's answer takes too long (HTTP {status}).", status=response.status_code))
    at = _date(response.headers.get("date", ""))
    after = response.headers.get("retry-after")
    return HttpAnswer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        content=bytes(content),
        at=at,
        retry_after_s=retry_after_s(after, at or datetime.now(UTC)) if after else None,
    )


def _error_for(error: Exception, watch: _SendWatch) -> PlatformError:
    if not watch.may_have_sent:
        return NotSent(M("The platform cannot be reached: {why}.", why=why_no_answer(error)), 0.0)
    return OutcomeUnknown(M("No whole answer came from the platform: {why}.", why=why_no_answer(error)))


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def _is_plain_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and bool(parts.hostname) and not is_loopback(address)
    except ValueError:
        return False
