"""What the engine asks about an account: its settings, a token, a signature, and whether this machine's clock agrees with the platform's.

The engine knows no login and no vault: who starts it hands it an `AccountAccess`, as a rule the accounts' `VaultAccountAccess`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import httpx

from pipeline.documents.message import M
from pipeline.errors import UserMistake


class AccountAccess(Protocol):
    """Accounts by their names, platform:own. What fails is raised as a call to a platform raises it: RetryableError, ActionRequired."""

    @property
    def http(self) -> httpx.Client:
        """The client for all calls."""

    def settings(self, account: str) -> Mapping[str, Any]:
        """Return what an adapter may know. Raises UserMistake for an unknown account."""

    def token(self, account: str, at_least_s: float) -> str:
        """Return an access token that lives for another `at_least_s` seconds."""

    def discard_token(self, account: str) -> None:
        """Discard the token that was returned last, which the platform rejected: the next one is a new one."""

    def sign(self, account: str, text: bytes) -> str:
        """Return the HMAC-SHA256 of a text under the secret of the account's app, in hex."""

    def check_clock(self, account: str) -> None:
        """Raise ActionRequired when this machine's clock is wrong, RetryableError when the platform does not tell its time."""


class NoAccounts:
    """Access without any account, for the workspace's own shelf: no network, no token, no secret."""

    def __init__(self) -> None:
        self.http = httpx.Client(transport=httpx.MockTransport(_no_network))

    def settings(self, account: str) -> Mapping[str, Any]:
        """See AccountAccess. Raises UserMistake: there are none."""
        raise UserMistake(M("There is no account {name} here.", name=account))

    def token(self, account: str, at_least_s: float) -> str:
        """See AccountAccess."""
        del account, at_least_s
        return ""

    def discard_token(self, account: str) -> None:
        """See AccountAccess."""

    def sign(self, account: str, text: bytes) -> str:
        """See AccountAccess. Raises ValueError: there is nothing to sign with."""
        del account, text
        raise ValueError("no account, so there is no secret to sign with")

    def check_clock(self, account: str) -> None:
        """See AccountAccess."""


def _no_network(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no network here", request=request)
