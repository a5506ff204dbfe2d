"""Access tokens that live long enough, renewed in time by one process at a time."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from pipeline.documents.message import M, Message
from pipeline.network.client import open_client
from pipeline.network.server_clock import Now, ServerClock, utc_now
from pipeline.publish.accounts.account import Account
from pipeline.publish.accounts.errors import AppRejected, UnexpectedAnswer, Unreachable
from pipeline.publish.accounts.oauth_client import GrantRejected, NoAnswer, TokenAnswer, request_tokens
from pipeline.publish.accounts.provider import OAuth
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import AccountSecrets, Grant, Vault
from pipeline.settings import day_text

TRIES = 3
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0
"""Between the tries of one renewal, seconds; a platform that asks for a longer wait is not tried again now."""
SHARE = 0.75
"""Share of a token's life that satisfies a caller who asks for more than its whole life: else every call would renew it."""


class Tokens:
    """The tokens of a vault's accounts.

    One process renews at a time, behind a lock that ends with its holder; the others wait and use its result. The new refresh token is
    on disk before the access token is used. When the answer to a renewal is lost, the old refresh token is tried again: many platforms
    still accept it. One that does not leads to `LoginNeeded`, at once and from then on without another call.

    client: None for one that observes the servers' clock in `clock`. now: aware. wait: sleeps that many seconds.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        client: httpx.Client | None = None,
        clock: ServerClock | None = None,
        now: Now = utc_now,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.vault = vault
        self.clock = clock or ServerClock(now)
        self._client = client or open_client(self.clock)
        self._now = now
        self._wait = wait

    def access_token(self, account: Account, at_least_s: float = 60.0) -> Secret:
        """Return an access token that lives for another `at_least_s` seconds, renewed if need be.

        Where the platform's tokens never live that long, the newest one. Ask generously before a call that must not be repeated.

        Raises LoginNeeded when only a person can go on, Unreachable when the platform does not answer, AppRejected when it refuses the
        app, ClockWrong when its clock and this machine's are too far apart, DiskFault when the renewed tokens cannot be kept.
        """
        oauth = _oauth(account)
        account_secrets = self.vault.read(account.name)
        if not self._needs_renewal(account, account_secrets, at_least_s):
            self.clock.check(account.provider.clock_within_s)
            return _grant(account, account_secrets).access
        with self.vault.lock(account.name):
            account_secrets = self.vault.read(account.name)
            grant = _grant(account, account_secrets)
            if not self._needs_renewal(account, account_secrets, at_least_s):
                return grant.access
            try:
                access = self._renew(account, oauth, account_secrets)
            except (LoginNeeded, Unreachable, UnexpectedAnswer, AppRejected):
                # The renewal was ahead of time: the next caller tries again, and `warnings` says so.
                if self._lives_for(grant, at_least_s):
                    return grant.access
                raise
        self.clock.check(account.provider.clock_within_s)
        return access

    def discard(self, account: Account, token: Secret) -> None:
        """Discard an access token that the platform rejected, so that the next call renews it. Does nothing when a newer one is there."""
        with self.vault.lock(account.name):
            account_secrets = self.vault.read(account.name)
            if account_secrets.grant and account_secrets.grant.access == token and account_secrets.grant.access_ends > self._now():
                self.vault.write(
                    account_secrets.model_copy(update={"grant": account_secrets.grant.model_copy(update={"access_ends": self._now()})})
                )

    def warnings(self, account: Account) -> tuple[Message, ...]:
        """Return warnings for a person: no login, or one that ends within days. Makes no call."""
        oauth = account.provider.oauth
        if oauth is None:
            return ()
        try:
            grant = _grant(account, self.vault.read(account.name))
            ends = self._login_ends(oauth, grant)
        except LoginNeeded as needed:
            return (needed.message,)
        if ends is None or ends - self._now() > timedelta(seconds=oauth.warn_ahead_s):
            return ()
        return (
            M(
                "The login of {account} may end on {date}. Log in again before: fieldcut login {account}",
                account=account.name,
                date=day_text(ends),
            ),
        )

    def _needs_renewal(self, account: Account, account_secrets: AccountSecrets, at_least_s: float) -> bool:
        grant = _grant(account, account_secrets)
        oauth = _oauth(account)
        if grant.over or grant.refresh is None:
            return not self._lives_for(grant, at_least_s)
        return not self._lives_for(grant, max(at_least_s, oauth.renew_ahead_s))

    def _lives_for(self, grant: Grant, at_least_s: float) -> bool:
        now = self._now()
        life_s = (grant.access_ends - grant.taken_at).total_seconds()
        # A token from the future: the clock was set back since, so it does not tell how long the token lives.
        return (
            grant.taken_at <= now + timedelta(minutes=1)
            and grant.access_ends > now
            and (grant.access_ends - now).total_seconds() >= (at_least_s if at_least_s < life_s else SHARE * life_s)
        )

    def _renew(self, account: Account, oauth: OAuth, account_secrets: AccountSecrets) -> Secret:
        grant = _grant(account, account_secrets)
        if grant.over or grant.refresh is None:
            raise LoginNeeded(account.name, _why(grant.over))
        lost = grant.asked_at is not None
        account_secrets = account_secrets.model_copy(update={"grant": grant.model_copy(update={"asked_at": self._now()})})
        self.vault.write(account_secrets)
        for attempt in range(TRIES):
            try:
                answer = self._request_renewal(account, oauth, account_secrets)
            except NoAnswer as no_answer:
                lost = lost or no_answer.sent == "maybe"
                pause = max(FIRST_WAIT_S * 3**attempt, no_answer.after_s or 0.0)
                if attempt == TRIES - 1 or pause > LONGEST_WAIT_S:
                    if not lost:
                        self._keep(account_secrets, grant)
                    raise no_answer.as_error() from None
                self._wait(pause)
            except AppRejected:
                if not lost:
                    self._keep(account_secrets, grant)
                raise
            except GrantRejected as refusal:
                self._keep(account_secrets, grant.model_copy(update={"over": "lost" if lost else "refused"}))
                raise LoginNeeded(account.name, _why("lost" if lost else "refused", refusal.code)) from None
            else:
                return self._keep(account_secrets, _with(grant, answer)).access
        raise AssertionError("the last try raises or returns")

    def _request_renewal(self, account: Account, oauth: OAuth, account_secrets: AccountSecrets) -> TokenAnswer:
        assert account_secrets.grant is not None
        assert account_secrets.grant.refresh is not None
        secrets = {"refresh": account_secrets.grant.refresh}
        if account_secrets.app_secret:
            secrets["app_secret"] = account_secrets.app_secret
        return request_tokens(self._client, account, oauth.renewal, self._now(), secrets)

    def _keep(self, account_secrets: AccountSecrets, grant: Grant) -> Grant:
        self.vault.write(account_secrets.model_copy(update={"grant": grant}))
        return grant

    def _login_ends(self, oauth: OAuth, grant: Grant) -> datetime | None:
        """When a person must log in again, by the most cautious reading of the contract; None when nothing ends the login."""
        ends = [grant.refresh_ends] if grant.refresh_ends else []
        if oauth.refresh_life_s:
            ends.append(grant.login_at + timedelta(seconds=oauth.refresh_life_s))
        if grant.refresh is None or grant.over or not oauth.renews_dead:
            ends.append(grant.access_ends)
        return min(ends, default=None)


def _oauth(account: Account) -> OAuth:
    if account.provider.oauth is None:
        raise ValueError(f"{account.platform} has no login")
    return account.provider.oauth


def _grant(account: Account, account_secrets: AccountSecrets) -> Grant:
    """Raises LoginNeeded when nobody has logged in, or logged in to another app or at another address."""
    if account_secrets.grant is None:
        raise LoginNeeded(account.name, M("nobody has logged in yet."))
    if account_secrets.grant.issuer != account.issuer:
        raise LoginNeeded(account.name, M("app_id or hosts were changed after the login."))
    return account_secrets.grant


def _with(grant: Grant, answer: TokenAnswer) -> Grant:
    """The grant after a renewal. A platform that gives no new refresh token goes on with the old one."""
    changes = {
        "access": answer.access, "access_ends": answer.access_ends, "taken_at": answer.asked_at, "asked_at": None,
        "refresh": answer.refresh or grant.refresh,
        "refresh_ends": answer.refresh_ends or (None if answer.refresh else grant.refresh_ends),
        "user": answer.user or grant.user, "scopes": answer.scopes or grant.scopes,
    }  # fmt: skip
    return grant.model_copy(update=changes)


def _why(over: str, code: str = "") -> Message:
    if over == "lost":
        return M("the answer to a renewal was lost, and the platform gives it only once.")
    if code:
        return M("the permission was taken back or has ended ({code}).", code=code)
    return M("the permission was taken back or has ended.")
