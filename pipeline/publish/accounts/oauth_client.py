"""The calls that hand out tokens: asked in the platform's own words, read by its own rules, with nothing secret in any frame or text."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from pipeline.documents.message import M
from pipeline.network.client import is_safe
from pipeline.network.server_clock import server_time
from pipeline.publish.accounts.account import Account
from pipeline.publish.accounts.errors import OddAnswer, Unreachable, WrongSetup
from pipeline.publish.accounts.provider import Endpoint, OAuth
from pipeline.secrets.secret import Secret

LATER_S = 60.0
"""When nobody says how long to wait."""
ABSOLUTE = 1_000_000_000
"""A lifetime above is a date, in seconds since 1970. No token lives thirty years, and Bilibili's clients disagree on which it sends."""
DAY_S = 86_400.0
_CODE = re.compile(r"-?[A-Za-z0-9_.]{1,40}")
Sent = Literal["not_sent", "maybe"]


class NoAnswer(Exception):
    """No whole answer came. sent: whether the platform may have acted on the question. after_s: what it asks to wait, seconds."""

    def __init__(self, account: str, sent: Sent, after_s: float | None = None) -> None:
        super().__init__(account, sent)
        self.account, self.sent, self.after_s = account, sent, after_s

    def told(self) -> Unreachable:
        """For a person."""
        return Unreachable(self.account, M("the platform does not answer."), LATER_S if self.after_s is None else self.after_s)


class NoMore(Exception):
    """The platform does not take this code or refresh token, and will not. code: its own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TokenAnswer:
    """An answer with tokens. Times are aware, by this machine's clock, and err on the early side."""

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


def ask(
    client: httpx.Client, account: Account, endpoint: Endpoint, asked_at: datetime, secrets: Mapping[str, Secret], **plain: str
) -> TokenAnswer:
    """Ask once. secrets, plain: what fills the endpoint's places besides app_id. asked_at: now.

    Raises Silence, NoMore, WrongSetup, OddAnswer.
    """
    oauth = account.provider.oauth
    assert oauth is not None
    address = account.address(endpoint)
    if not is_safe(address):  # checked when it was read as well; here because this is where it would hurt
        raise ValueError("secrets are not sent over plain http")
    reply = _Reply(_sent(client, account, endpoint, address, secrets, plain), oauth, asked_at)
    verdict = oauth.verdict
    if reply.good:
        given = reply.given()
        if given is not None:
            return given
    elif reply.code in verdict.later or reply.status == 429 or reply.status >= 500:
        raise NoAnswer(account.name, "not_sent" if reply.status == 429 else "maybe", reply.after_s)
    elif reply.code in verdict.login:
        raise NoMore(reply.code)
    elif reply.code in verdict.setup:
        raise WrongSetup(account.name, reply.code)
    raise OddAnswer(account.name, reply.name)


def _sent(
    client: httpx.Client, account: Account, endpoint: Endpoint, address: str, secrets: Mapping[str, Secret], plain: Mapping[str, str]
) -> httpx.Response:
    """The answer, whole. What httpx raises names the address and its frames hold the fields: none of it leaves here."""
    problem: Exception
    try:
        if endpoint.method == "GET":
            return client.get(address, params=_filled(account, endpoint, secrets, plain))
        return client.post(address, data=_filled(account, endpoint, secrets, plain))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
        problem = NoAnswer(account.name, "not_sent")
    except httpx.HTTPError:
        problem = NoAnswer(account.name, "maybe")
    except (KeyboardInterrupt, SystemExit) as stop:
        raise stop.with_traceback(None) from None
    except Exception as error:
        problem = RuntimeError(f"{type(error).__name__} while asking for tokens")
    raise problem


def _filled(account: Account, endpoint: Endpoint, secrets: Mapping[str, Secret], plain: Mapping[str, str]) -> dict[str, str]:
    return endpoint.filled(app_id=account.app_id, **plain, **{name: secret.get_secret_value() for name, secret in secrets.items()})


class _Reply:
    """An answer whose content shows in no frame: an object, and not a dictionary that would be printed with the others."""

    def __init__(self, answer: httpx.Response, oauth: OAuth, asked_at: datetime) -> None:
        self._oauth, self._asked_at = oauth, asked_at
        self._server = server_time(answer)
        self.status = answer.status_code
        self.after_s = _after(answer, self._server or asked_at)
        try:
            data = answer.json()
        except ValueError:
            data = None
        self._data: Mapping[str, Any] | None = data if isinstance(data, dict) else None
        code = (self._data or {}).get(oauth.verdict.field)
        self.code = "" if code is None or isinstance(code, dict | list) else str(code)

    @property
    def good(self) -> bool:
        """The platform says yes."""
        return self._data is not None and self.status < 400 and self.code == self._oauth.verdict.good

    @property
    def name(self) -> str:
        """What it can be called in a message; only what looks like a code is shown."""
        return self.code if _CODE.fullmatch(self.code) and not self.good else f"HTTP {self.status}"

    def given(self) -> "TokenAnswer | None":
        """The tokens; None when there are none in it."""
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
    """Seconds from when it was asked for; None when the answer does not say."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    if seconds > ABSOLUTE:
        seconds -= (server or asked_at).timestamp()
    return max(0.0, min(seconds, 100 * 365 * DAY_S)) if seconds == seconds else None


def _scopes(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _after(answer: httpx.Response, server: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds: a number, or a date by the server's clock; at most a day."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(min(int(text), DAY_S))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, min(((until if until.tzinfo else until.replace(tzinfo=UTC)) - server).total_seconds(), DAY_S))
