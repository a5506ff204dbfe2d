"""How the engine gets at an account: its settings, a token, and whether this machine's clock is right there."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Protocol

import httpx

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.network.errors import ActionRequired, ClockWrong, PlatformError, RetryableError
from pipeline.network.http import send
from pipeline.publish.accounts import Account, Accounts, OddAnswer, Secret, Tokens, Unreachable, WrongSetup, open_client
from pipeline.secrets.errors import LoginNeeded

ODD_S = 60.0


class Access(Protocol):
    """Accounts by their names, platform:own. What cannot be had ends as a call to a platform ends: TryLater, PersonMustAct."""

    @property
    def http(self) -> httpx.Client:
        """The client for all calls."""

    def settings(self, account: str) -> Mapping[str, Any]:
        """What an adapter may know. Raises UserMistake for an account that there is not."""

    def token(self, account: str, at_least_s: float) -> str:
        """An access token that lives for another so many seconds."""

    def refused(self, account: str) -> None:
        """The platform did not take the token that was handed out last: the next one is another."""

    def sign(self, account: str, text: bytes) -> str:
        """HMAC-SHA256 of a text under the secret of the account's app, in hex."""

    def on_time(self, account: str) -> None:
        """Raises PersonMustAct when this machine's clock is wrong, TryLater when nobody there says what time it is."""


class AccountAccess:
    """The accounts of a workspace. client: None for one that hears the servers' clock."""

    def __init__(self, accounts: Accounts, tokens: Tokens, client: httpx.Client | None = None) -> None:
        self.http = client or open_client(tokens.clock)
        self._accounts = accounts
        self._tokens = tokens
        self._given: dict[str, Secret] = {}

    def settings(self, account: str) -> Mapping[str, Any]:
        """See Access."""
        return self._accounts.find(account).for_adapter

    def token(self, account: str, at_least_s: float) -> str:
        """See Access. Where nobody logs in it is what a person gave for the account, or nothing."""
        if not account:
            return ""
        found = self._accounts.find(account)
        problem: PlatformError
        try:
            # Kept, so that logs are searched for it as long as somebody may use it.
            if found.provider.oauth is None:
                self._given[account] = self._tokens.vault.read(account).app_secret or Secret("")
            else:
                self._given[account] = self._tokens.access_token(found, at_least_s)
        except (LoginNeeded, WrongSetup, ClockWrong) as error:
            problem = ActionRequired(error.message)
        except Unreachable as error:
            problem = RetryableError(error.message, error.after_s)
        except OddAnswer as error:
            problem = RetryableError(error.message, ODD_S)
        else:
            return self._given[account].get_secret_value()
        raise problem

    def refused(self, account: str) -> None:
        """See Access."""
        given = self._given.get(account)
        if given is not None and self._accounts.find(account).provider.oauth is not None:
            self._tokens.refused(self._accounts.find(account), given)

    def sign(self, account: str, text: bytes) -> str:
        """See Access."""
        problem: ActionRequired
        try:
            secret = self._tokens.vault.app_secret(self._accounts.find(account).name)
        except LoginNeeded as error:
            problem = ActionRequired(error.message)
        else:
            return hmac.new(secret.get_secret_value().encode(), text, hashlib.sha256).hexdigest()
        raise problem

    def on_time(self, account: str) -> None:
        """See Access. Asks for nothing but the time, and without any token, when no answer of late has told it."""
        found = self._accounts.find(account)
        host = _a_host(found)
        clock = self._tokens.clock
        if clock.off_s is None and host:
            answer = send(self.http, "HEAD", host)
            if clock.off_s is None and answer.at is not None:
                clock.hear(httpx.Response(answer.status, headers=dict(answer.headers)))
        problem: ActionRequired | None = None
        try:
            clock.check(found.provider.clock_within_s)
        except ClockWrong as error:
            problem = ActionRequired(error.message)
        if problem:
            raise problem


class NoAccounts:
    """For a place without accounts: reaches nothing, and has nothing to reach it with."""

    def __init__(self) -> None:
        self.http = httpx.Client(transport=httpx.MockTransport(_nowhere))

    def settings(self, account: str) -> Mapping[str, Any]:
        """See Access. Raises UserMistake: there are none."""
        raise UserMistake(M("There is no account {name} here.", name=account))

    def token(self, account: str, at_least_s: float) -> str:
        """See Access."""
        del account, at_least_s
        return ""

    def refused(self, account: str) -> None:
        """See Access."""

    def sign(self, account: str, text: bytes) -> str:
        """See Access. Raises ValueError: there is nothing to sign with."""
        del account, text
        raise ValueError("no account, so there is no secret to sign with")

    def on_time(self, account: str) -> None:
        """See Access."""


def _nowhere(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no network here", request=request)


def _a_host(account: Account) -> str:
    hosts = [account.hosts.get("api", ""), *account.hosts.values()]
    return next((host.rstrip("/") + "/" for host in hosts if host.startswith("http")), "")
