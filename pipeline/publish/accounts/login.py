"""A person's login: a page in the browser, the code that comes back, and the tokens for that code (RFC 6749, 4.1)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

import httpx
from pydantic import AwareDatetime

from pipeline.documents.base import Frozen
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.network.client import open_client
from pipeline.network.server_clock import Now, ServerClock, utc_now
from pipeline.publish.accounts.account import Account
from pipeline.publish.accounts.callback import BrowserAnswer, Callback, parse_answer
from pipeline.publish.accounts.errors import LoginFailed
from pipeline.publish.accounts.oauth_client import GrantRejected, NoAnswer, TokenAnswer, request_tokens
from pipeline.publish.accounts.provider import Endpoint, OAuth
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Grant, Vault

LOGIN_TIMEOUT_S = 300.0
"""Seconds for a person to find the phone, scan, and agree."""
PASTES = 3
TRIES = 3
UNREACHABLE_REDIRECT = "http://127.0.0.1:49321/"
"""Redirect for a browser on another machine, where the platform allows any port: the page fails to open, and its address is pasted."""
MAX_CODE_CHARACTERS = 2048
Show = Callable[[str], None]
Paste = Callable[[Message | None], str]


class LoggedIn(Frozen):
    """The result of a login, without secrets. Times are aware."""

    account: str
    user: str
    """The platform's name for the person; empty where it gives none."""
    scopes: tuple[str, ...]
    access_ends: AwareDatetime
    login_ends: AwareDatetime | None
    """When the platform says that a person must log in again; None when it does not say."""


def login(
    account: Account,
    vault: Vault,
    *,
    show: Show,
    paste: Paste | None = None,
    by_paste: bool = False,
    way: str = "",
    another_user: bool = False,
    patience_s: float = LOGIN_TIMEOUT_S,
    client: httpx.Client | None = None,
    clock: ServerClock | None = None,
    now: Now = utc_now,
) -> LoggedIn:
    """Log a person in to an account; its tokens are in the vault when this returns, and the vault is unchanged when it raises.

    show: gets the address of the page to open. paste: asks the person for the address where the browser ended, or for the code alone; it
    gets the problem with the last one. Used where the redirect does not lead to this machine, or where `by_paste` says that the browser
    is on another one. way: which page, where the platform has several (web, scan). another_user: the account may now belong to another
    person. patience_s: time-out for the person, seconds. client: None for one that observes the servers' clock in `clock`.

    Raises LoginFailed for a refusal, no answer, permissions left out, or another person; UserMistake for an unknown way or a port that is
    taken; LoginNeeded without an app secret; AppRejected, Unreachable, UnexpectedAnswer, ClockWrong by what the platform answers.
    """
    oauth = account.provider.oauth
    if oauth is None:
        raise UserMistake(M("{account}: this platform has no login.", account=account.name))
    page = _page(account, oauth, way)
    app_secret = vault.app_secret(account.name)
    clock = clock or ServerClock(now)
    attempt = _LoginAttempt(account, oauth, page)
    if by_paste or (account.redirect and not _comes_back_here(account.redirect)):
        if paste is None:
            raise UserMistake(M("{account}: this login needs somebody at the terminal.", account=account.name))
        code = attempt.code_by_paste(show, paste)
    else:
        code = attempt.code_by_callback(show, patience_s)
    tokens = _exchange_code(account, oauth, client or open_client(clock), now, attempt, {"app_secret": app_secret, "code": code})
    # Before anything is kept: lifetimes would be counted from a wrong hour.
    clock.check(account.provider.clock_within_s)
    return _store_grant(account, oauth, vault, tokens, another_user)


class _LoginAttempt:
    """One login's page, and what ties the answer to it: the state and PKCE's verifier."""

    def __init__(self, account: Account, oauth: OAuth, page: Endpoint) -> None:
        self._account, self._oauth, self._page = account, oauth, page
        self._state = secrets.token_urlsafe(32)
        self.verifier = Secret(secrets.token_urlsafe(64))
        self.redirect = account.redirect

    def code_by_callback(self, show: Show, patience_s: float) -> Secret:
        """Wait for the browser's return to this machine and give its code. Raises LoginFailed."""
        with Callback(self._account.redirect, self._state) as callback:
            self.redirect = callback.redirect
            show(self._address())
            answer = callback.wait(patience_s)
        if answer is None:
            why = (
                M("the browser came back with another login's answer. Use the page that was opened last.")
                if callback.foreign_visits
                else M("no answer came from the browser within {minutes} minutes.", minutes=max(1, round(patience_s / 60)))
            )
            raise LoginFailed(self._account.name, why)
        return self._code_of(answer)

    def code_by_paste(self, show: Show, paste: Paste) -> Secret:
        """Ask the person for the browser's last address, or the code, and give the code. Raises LoginFailed."""
        self.redirect = self.redirect or UNREACHABLE_REDIRECT
        show(self._address())
        problem: Message | None = None
        for _ in range(PASTES):
            text = Secret(paste(problem).strip())
            if not text.get_secret_value():
                break
            answer, problem = self._read(text)
            if answer is not None:
                return self._code_of(answer)
        raise LoginFailed(self._account.name, problem or M("no code was given."))

    def _read(self, text: Secret) -> tuple[BrowserAnswer | None, Message | None]:
        if re.search(r"[?&=]|://", text.get_secret_value()):
            answer = parse_answer(urlsplit(text.get_secret_value()).query or text.get_secret_value().lstrip("?"), self._state)
            return answer, None if answer else M("this address is not the answer to the page that was just opened.")
        if re.fullmatch(rf"[!-~]{{4,{MAX_CODE_CHARACTERS}}}", text.get_secret_value()):
            return BrowserAnswer(text), None
        return None, M("this is neither an address nor a code.")

    def _code_of(self, answer: BrowserAnswer) -> Secret:
        if answer.code is None:
            raise LoginFailed(self._account.name, M("the permission was not given ({error}).", error=answer.error or "–"))
        return answer.code

    def _address(self) -> str:
        fields = self._page.filled(
            app_id=self._account.app_id,
            redirect=self.redirect,
            scopes=self._oauth.scope_joint.join(self._account.scopes),
            state=self._state,
            challenge=self._challenge(),
        )
        return f"{self._account.address(self._page)}?{urlencode(fields)}"

    def _challenge(self) -> str:
        """RFC 7636, 4.2; empty where the platform has no PKCE."""
        digest = hashlib.sha256(self.verifier.get_secret_value().encode())
        match self._oauth.pkce:
            case "s256":
                return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
            case "s256_hex":
                return digest.hexdigest()
            case "none":
                return ""


def _page(account: Account, oauth: OAuth, way: str) -> Endpoint:
    if way and way not in oauth.ways:
        raise UserMistake(M("{account} has no login by {way}. Known: {known}", account=account.name, way=way, known=", ".join(oauth.ways)))
    return oauth.ways[way or next(iter(oauth.ways))]


def _comes_back_here(redirect: str) -> bool:
    parts = urlsplit(redirect)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")


def _exchange_code(
    account: Account, oauth: OAuth, client: httpx.Client, now: Now, attempt: _LoginAttempt, secret_values: Mapping[str, Secret]
) -> TokenAnswer:
    secrets_ = {**secret_values, "verifier": attempt.verifier} if oauth.pkce != "none" else secret_values
    for left in reversed(range(TRIES)):
        try:
            return request_tokens(client, account, oauth.exchange, now(), secrets_, redirect=attempt.redirect)
        except NoAnswer as no_answer:
            # A code can be used once: a request that may have arrived is not repeated.
            if no_answer.sent == "maybe" or not left:
                raise no_answer.as_error() from None
        except GrantRejected as refusal:
            raise LoginFailed(
                account.name, M("the platform does not take the code ({code}). Log in once more.", code=refusal.code)
            ) from None
    raise AssertionError("the last try raises or returns")


def _store_grant(account: Account, oauth: OAuth, vault: Vault, tokens: TokenAnswer, another_user: bool) -> LoggedIn:
    missing = [scope for scope in oauth.scopes if scope in account.scopes and tokens.scopes and scope not in tokens.scopes]
    if missing:
        raise LoginFailed(account.name, M("these permissions were left out, and all are needed: {scopes}.", scopes=", ".join(missing)))
    grant = Grant(
        issuer=account.issuer, access=tokens.access, access_ends=tokens.access_ends, taken_at=tokens.asked_at, refresh=tokens.refresh,
        refresh_ends=tokens.refresh_ends, login_at=tokens.asked_at, user=tokens.user, scopes=tokens.scopes,
    )  # fmt: skip
    with vault.lock(account.name):
        account_secrets = vault.read(account.name)
        before = account_secrets.grant.user if account_secrets.grant and account_secrets.grant.issuer == account.issuer else ""
        if before and grant.user and before != grant.user and not another_user:
            raise LoginFailed(
                account.name,
                M("somebody else is logged in in the browser than this account belonged to so far. Switch there, or add --another-user."),
            )
        vault.write(account_secrets.model_copy(update={"grant": grant}))
    return LoggedIn(
        account=account.name, user=grant.user, scopes=grant.scopes, access_ends=grant.access_ends, login_ends=grant.refresh_ends
    )
