"""The OAuth client: calls for tokens, with the platform's own field names and error codes, and no secret in any frame or text."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from pipeline.documents.message import M
from pipeline.network.client import is_safe_address
from pipeline.network.server_clock import server_time
from pipeline.publish.accounts.account import Account
from pipeline.publish.accounts.errors import AppRejected, UnexpectedAnswer, Unreachable
from pipeline.publish.accounts.provider import Endpoint, OAuth
from pipeline.secrets.secret import Secret

DEFAULT_WAIT_S = 60.0
"""Wait where the platform names none, seconds."""
TIMESTAMP_ABOVE = 1_000_000_000
"""A lifetime above this is a date, in seconds since 1970: no token lives thirty years. Bilibili's clients disagree on which it sends."""
DAY_S = 86_400.0
_CODE = re.compile(r"-?[A-Za-z0-9_.]{1,40}")
SendState = Literal["not_sent", "maybe"]


class NoAnswer(Exception):
    """No whole answer came. sent: whether the platform may have received the request. after_s: how long it asks to wait, seconds."""

    def __init__(self, account: str, sent: SendState, after_s: float | None = None) -> None:
        super().__init__(account, sent)
        self.account, self.sent, self.after_s = account, sent, after_s

    def as_error(self) -> Unreachable:
        """Return the error for a person."""
        return Unreachable(self.account, M("the platform does not answer."), DEFAULT_WAIT_S if self.after_s is None else self.after_s)


class GrantRejected(Exception):
    """The platform rejects the code or refresh token for good. code: the platform's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TokenAnswer:
    """Tokens from an answer. Times are aware, by this machine's clock, and err on the early side."""

    def __init__(self, oauth: OAuth, data: Mapping[str, Any], asked_at: datetime, server: datetime | None) -> None:
        self.asked_at = asked_at
        words = oauth.tokens
        access = _secret(data, words.access)
        if access is None:
            raise LookupError("no access token")
        self.access = access
        self.refresh = _secret(data, words.refresh)
        life_s = _lifetime(data.get(words.access_s), asked_at, server)
        self.access_ends = asked_at + timedelta(seconds=oauth.access_life_s if life_s is None else life_s)
        refresh_s = _lifetime(data.get(words.refresh_s), asked_at, server) if words.refresh_s else None
        self.refresh_ends = None if refresh_s is None else asked_at + timedelta(seconds=refresh_s)
        self.user = str(data.get(words.user) or "") if words.user else ""
        self.scopes = _scopes(data.get(words.scopes))


def request_tokens(
    client: httpx.Client, account: Account, endpoint: Endpoint, asked_at: datetime, secrets: Mapping[str, Secret], **plain: str
) -> TokenAnswer:
    """Request tokens, once. secrets, plain: values for the endpoint's placeholders besides app_id. asked_at: the present time, aware.

    Raises NoAnswer, GrantRejected, AppRejected, UnexpectedAnswer.
    """
    oauth = account.provider.oauth
    assert oauth is not None
    address = account.address(endpoint)
    if not is_safe_address(address):  # checked when it was read as well; here because this is where it would hurt
        raise ValueError("secrets are not sent over plain http")
    reply = _Reply(_send_request(client, account, endpoint, address, secrets, plain), oauth, asked_at)
    verdict = oauth.verdict
    if reply.good:
        tokens = reply.tokens_in()
        if tokens is not None:
            return tokens
    elif reply.code in verdict.later or reply.status == 429 or reply.status >= 500:
        raise NoAnswer(account.name, "not_sent" if reply.status == 429 else "maybe", reply.after_s)
    elif reply.code in verdict.login:
        raise GrantRejected(reply.code)
    elif reply.code in verdict.setup:
        raise AppRejected(account.name, reply.code)
    raise UnexpectedAnswer(account.name, reply.name)


def _send_request(
    client: httpx.Client, account: Account, endpoint: Endpoint, address: str, secrets: Mapping[str, Secret], plain: Mapping[str, str]
) -> httpx.Response:
    """Send the request and return the whole answer. httpx's own errors hold the address and the fields, so none is raised from here."""
    problem: Exception
    try:
        if endpoint.method == "GET":
            return client.get(address, params=_parameters(account, endpoint, secrets, plain))
        return client.post(address, data=_parameters(account, endpoint, secrets, plain))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
        problem = NoAnswer(account.name, "not_sent")
    except httpx.HTTPError:
        problem = NoAnswer(account.name, "maybe")
    except (KeyboardInterrupt, SystemExit) as stop:
        raise stop.with_traceback(None) from None
    except Exception as error:
        problem = RuntimeError(f"{type(error).__name__} while asking for tokens")
    raise problem


def _parameters(account: Account, endpoint: Endpoint, secrets: Mapping[str, Secret], plain: Mapping[str, str]) -> dict[str, str]:
    return endpoint.filled(app_id=account.app_id, **plain, **{name: secret.get_secret_value() for name, secret in secrets.items()})


class _Reply:
    """An answer as an object, so that a traceback that prints a frame's variables does not print its content."""

    def __init__(self, answer: httpx.Response, oauth: OAuth, asked_at: datetime) -> None:
        self._oauth, self._asked_at = oauth, asked_at
        self._server = server_time(answer)
        self.status = answer.status_code
        self.after_s = _retry_after_s(answer, self._server or asked_at)
        try:
            data = answer.json()
        except ValueError:
            data = None
        self._data: Mapping[str, Any] | None = data if isinstance(data, dict) else None
        code = (self._data or {}).get(oauth.verdict.field)
        self.code = "" if code is None or isinstance(code, dict | list) else str(code)

    @property
    def good(self) -> bool:
        """Whether the platform accepted the request."""
        return self._data is not None and self.status < 400 and self.code == self._oauth.verdict.good

    @property
    def name(self) -> str:
        """The platform's code for a message, or the HTTP status where the code does not look like one."""
        return self.code if _CODE.fullmatch(self.code) and not self.good else f"HTTP {self.status}"

    def tokens_in(self) -> "TokenAnswer | None":
        """Return the tokens; None when the answer has none."""
        assert self._data is not None
        inside = self._data.get(self._oauth.tokens.inside) if self._oauth.tokens.inside else self._data
        try:
            return TokenAnswer(self._oauth, inside, self._asked_at, self._server) if isinstance(inside, dict) else None
        except (LookupError, ValueError, TypeError, OverflowError):
            return None


def _secret(data: Mapping[str, Any], name: str) -> Secret | None:
    value = data.get(name)
    return Secret(value) if isinstance(value, str) and value else None


def _lifetime(value: Any, asked_at: datetime, server: datetime | None) -> float | None:
    """Seconds from the request on; None when the answer does not say."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    if seconds > TIMESTAMP_ABOVE:
        seconds -= (server or asked_at).timestamp()
    return max(0.0, min(seconds, 100 * 365 * DAY_S)) if seconds == seconds else None


def _scopes(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    return tuple(str(scope) for scope in value) if isinstance(value, list) else ()


def _retry_after_s(answer: httpx.Response, server: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds: a number, or a date by the server's clock; at most a day."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(min(int(text), DAY_S))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, min(((until if until.tzinfo else until.replace(tzinfo=UTC)) - server).total_seconds(), DAY_S))
