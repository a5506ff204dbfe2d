"""The accounts of a workspace as the publishing engine uses them (its `AccountAccess`): tokens, signatures and the clock of each."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import httpx

from pipeline.network.client import open_client
from pipeline.network.errors import ActionRequired, ClockWrong, PlatformError, RetryableError
from pipeline.network.http import send
from pipeline.publish.accounts.account import Account, Accounts
from pipeline.publish.accounts.errors import AppRejected, UnexpectedAnswer, Unreachable
from pipeline.publish.accounts.tokens import Tokens
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.secret import Secret

UNEXPECTED_ANSWER_WAIT_S = 60.0


class VaultAccountAccess:
    """Account access with the tokens of a vault. client: None for one that observes the servers' clock.

    Errors of accounts are raised as those of a call to a platform: RetryableError, ActionRequired.
    """

    def __init__(self, accounts: Accounts, tokens: Tokens, client: httpx.Client | None = None) -> None:
        self.http = client or open_client(tokens.clock)
        self._accounts = accounts
        self._tokens = tokens
        self._returned: dict[str, Secret] = {}

    def settings(self, account: str) -> Mapping[str, Any]:
        """See the engine's AccountAccess."""
        return self._accounts.find(account).for_adapter

    def token(self, account: str, at_least_s: float) -> str:
        """Return an access token; where the platform has no login, the keys that a person gave for the account, or nothing."""
        if not account:
            return ""
        configured = self._accounts.find(account)
        problem: PlatformError
        try:
            # Kept, so that logs are searched for it as long as somebody may use it.
            if configured.provider.oauth is None:
                self._returned[account] = self._tokens.vault.read(account).app_secret or Secret("")
            else:
                self._returned[account] = self._tokens.access_token(configured, at_least_s)
        except (LoginNeeded, AppRejected, ClockWrong) as error:
            problem = ActionRequired(error.message)
        except Unreachable as error:
            problem = RetryableError(error.message, error.after_s)
        except UnexpectedAnswer as error:
            problem = RetryableError(error.message, UNEXPECTED_ANSWER_WAIT_S)
        else:
            return self._returned[account].get_secret_value()
        raise problem

    def discard_token(self, account: str) -> None:
        """See the engine's AccountAccess."""
        token = self._returned.get(account)
        if token is not None and self._accounts.find(account).provider.oauth is not None:
            self._tokens.discard(self._accounts.find(account), token)

    def sign(self, account: str, text: bytes) -> str:
        """See the engine's AccountAccess."""
        problem: ActionRequired
        try:
            secret = self._tokens.vault.app_secret(self._accounts.find(account).name)
        except LoginNeeded as error:
            problem = ActionRequired(error.message)
        else:
            return hmac.new(secret.get_secret_value().encode(), text, hashlib.sha256).hexdigest()
        raise problem

    def check_clock(self, account: str) -> None:
        """Check this machine's clock; asks the platform for its time, without any token, when no recent answer told it.

        An answer by which the clock is wrong is held against a second one: a proxy on the way may have garbled it.
        """
        configured = self._accounts.find(account)
        clock = self._tokens.clock
        if clock.off_s is None:
            self._ask_time(configured)
        if clock.is_off(configured.provider.clock_within_s):
            self._ask_time(configured)
        problem: ActionRequired | None = None
        try:
            clock.check(configured.provider.clock_within_s)
        except ClockWrong as error:
            problem = ActionRequired(error.message)
        if problem:
            raise problem

    def _ask_time(self, account: Account) -> None:
        """Ask a host of the platform for its time; the client's hook observes it, and where there is none, its Date is observed here."""
        host, clock = _host_to_ask(account), self._tokens.clock
        before = clock.answers
        answer = send(self.http, "HEAD", host) if host else None
        if clock.answers == before and answer is not None and answer.at is not None:
            clock.observe(httpx.Response(answer.status, headers=dict(answer.headers)))


def _host_to_ask(account: Account) -> str:
    hosts = [account.hosts.get("api", ""), *account.hosts.values()]
    return next((host.rstrip("/") + "/" for host in hosts if host.startswith("http")), "")
