"""Who may do what: codes, access tokens and refresh tokens as OAuth 2 hands them out, with the rules that platforms differ in."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode, urlsplit

from pipeline.documents.base import Frozen
from tests.fakes.servers.http_wire import Answer

CODE_LIFE_S = 600
Why = Literal["missing", "unknown", "expired", "revoked", "used", "scope", "redirect", "verifier"]


class BadToken(Exception):
    """A code or token that is not good. why: what is wrong with it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class TokenRules(Frozen):
    """How a platform's tokens live, in seconds.

    rotates: a refresh hands out a new refresh token and the old one is used up; else the same one goes on.
    extends: a new refresh token lives its full life again; else it ends when the first one would have.
    grace_s: for so long a used refresh token is still taken (some platforms forgive a lost answer).
    old_access_dies: the access token before the refresh is refused from then on.
    """

    access_life_s: float
    refresh_life_s: float
    rotates: bool = True
    extends: bool = True
    grace_s: float = 0.0
    old_access_dies: bool = False


@dataclass
class Grant:
    """What a user has permitted. access, refresh: the newest tokens. Times are aware."""

    account: str
    scopes: tuple[str, ...]
    access: str
    refresh: str
    access_ends: datetime
    refresh_ends: datetime
    revoked: bool = False
    older_access: dict[str, datetime] = field(default_factory=dict)
    older_refresh: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class _Code:
    account: str
    scopes: tuple[str, ...]
    redirect: str
    challenge: str
    ends: datetime


class Grants:
    """All permissions that users of one platform have given to the app."""

    def __init__(self, rules: TokenRules, clock: Callable[[], datetime]) -> None:
        self._rules = rules
        self._clock = clock
        self._codes: dict[str, _Code] = {}
        self._grants: list[Grant] = []

    def permit(self, account: str, scopes: tuple[str, ...], *, redirect: str = "", challenge: str = "") -> str:
        """The user says yes: the one-time code that the browser carries back. challenge: PKCE's S256, empty without."""
        code = "code-" + secrets.token_hex(12)
        self._codes[code] = _Code(account, scopes, redirect, challenge, self._clock() + timedelta(seconds=CODE_LIFE_S))
        return code

    def exchange(self, code: str, *, redirect: str | None = None, verifier: str = "") -> Grant:
        """The code for tokens, once. redirect: None where the platform does not ask for it again. Raises BadToken."""
        found = self._codes.pop(code, None)
        if found is None:
            raise BadToken("unknown")
        if found.ends <= self._clock():
            raise BadToken("expired")
        if redirect is not None and found.redirect and redirect != found.redirect:
            raise BadToken("redirect")
        if found.challenge:
            digest = hashlib.sha256(verifier.encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != found.challenge:
                raise BadToken("verifier")
        return self.give(found.account, found.scopes)

    def give(self, account: str, scopes: tuple[str, ...]) -> Grant:
        """Tokens for an account without a browser, as a test begins with."""
        now = self._clock()
        access_ends = now + timedelta(seconds=self._rules.access_life_s)
        grant = Grant(account, scopes, _new("access"), _new("refresh"), access_ends, now + timedelta(seconds=self._rules.refresh_life_s))
        self._grants.append(grant)
        return grant

    def refresh(self, token: str) -> Grant:
        """New tokens for a refresh token. Raises BadToken; a used one is refused unless the rules forgive it."""
        now = self._clock()
        for grant in self._grants:
            if token == grant.refresh:
                break
            if token in grant.older_refresh:
                if (now - grant.older_refresh[token]).total_seconds() >= self._rules.grace_s:
                    raise BadToken("used")
                break
        else:
            raise BadToken("unknown" if token else "missing")
        if grant.revoked:
            raise BadToken("revoked")
        if grant.refresh_ends <= now:
            raise BadToken("expired")
        grant.older_access[grant.access] = now if self._rules.old_access_dies else grant.access_ends
        grant.access, grant.access_ends = _new("access"), now + timedelta(seconds=self._rules.access_life_s)
        if self._rules.rotates:
            grant.older_refresh[grant.refresh] = now
            grant.refresh = _new("refresh")
            if self._rules.extends:
                grant.refresh_ends = now + timedelta(seconds=self._rules.refresh_life_s)
        return grant

    def holder(self, access: str, *scopes: str) -> Grant:
        """Whose access token this is. Raises BadToken, also when the user has permitted none of `scopes` (where any is asked)."""
        if not access:
            raise BadToken("missing")
        for grant in self._grants:
            ends = grant.access_ends if access == grant.access else grant.older_access.get(access)
            if ends is None:
                continue
            if grant.revoked:
                raise BadToken("revoked")
            if ends <= self._clock():
                raise BadToken("expired")
            if scopes and not set(scopes) & set(grant.scopes):
                raise BadToken("scope")
            return grant
        raise BadToken("unknown")

    def left_s(self, grant: Grant) -> tuple[int, int]:
        """Seconds that the access and the refresh token have left."""
        now = self._clock()
        return int((grant.access_ends - now).total_seconds()), int((grant.refresh_ends - now).total_seconds())

    def expire_all(self) -> None:
        """Every access token runs out now."""
        now = self._clock()
        for grant in self._grants:
            grant.access_ends = min(grant.access_ends, now)
            grant.older_access = {token: min(ends, now) for token, ends in grant.older_access.items()}

    def revoke_all(self) -> None:
        """Every user takes the permission back."""
        for grant in self._grants:
            grant.revoked = True


def back_to(redirect: str, **query: str) -> Answer:
    """The browser is sent back to the app with what the user said; an address that is none is refused."""
    if urlsplit(redirect).scheme not in ("http", "https"):
        return Answer(400, body=b"redirect address missing", headers={"Content-Type": "text/plain"}, code="redirect")
    joint = "&" if urlsplit(redirect).query else "?"
    return Answer(302, headers={"Location": redirect + joint + urlencode({key: value for key, value in query.items() if value})})


def _new(kind: str) -> str:
    # The word in front lets a test look for tokens in logs and files.
    return f"{kind}-token-{secrets.token_hex(16)}"
