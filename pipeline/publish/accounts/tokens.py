"""Access tokens that live long enough, renewed by one process at a time."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from pipeline.documents.message import M, Message
from pipeline.network.client import open_client
from pipeline.network.server_clock import Now, ServerClock, utc_now
from pipeline.publish.accounts.account import Account
from pipeline.publish.accounts.errors import OddAnswer, Unreachable, WrongSetup
from pipeline.publish.accounts.oauth_client import NoAnswer, NoMore, TokenAnswer, ask
from pipeline.publish.accounts.provider import OAuth
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Grant, Kept, Vault
from pipeline.settings import day_text

TRIES = 3
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0
"""Between the tries of one renewal; a platform that asks for more is left alone."""
SHARE = 0.75
"""Of a token's life, for who asks for more than all of it: else every question would be a renewal."""


class Tokens:
    """The tokens of a vault's accounts.

    A renewal is under way in one process only, behind a lock that goes with its holder; the others wait and take what it brought. The
    refresh token it brings is on the disk before the access token is used. When its answer is lost, the old refresh token is tried
    again: many platforms still take it. One that does not ends in `LoginNeeded`, at once and from then on without another question.

    client: None for one that hears the servers' clock in `clock`. now: aware. wait: sleeps.
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
        """An access token that lives for another `at_least_s` seconds; a renewed one where the kept one does not.

        Where the platform's tokens never live so long, the newest. Ask generously before a call that must not be repeated.

        Raises LoginNeeded when only a person can go on, Unreachable when the platform does not answer, WrongSetup when it refuses the
        app, ClockWrong when its clock and this machine's are too far apart, DiskFault when the renewed tokens cannot be kept.
        """
        oauth = _oauth(account)
        kept = self.vault.read(account.name)
        if not self._wants_renewal(account, kept, at_least_s):
            self.clock.check(account.provider.clock_within_s)
            return _grant(account, kept).access
        with self.vault.held(account.name):
            kept = self.vault.read(account.name)
            grant = _grant(account, kept)
            if not self._wants_renewal(account, kept, at_least_s):
                return grant.access
            try:
                access = self._renewed(account, oauth, kept)
            except (LoginNeeded, Unreachable, OddAnswer, WrongSetup):
                # It was tried ahead of time: whoever asks next tries again, or reads it in `warnings`.
                if self._lives(grant, at_least_s):
                    return grant.access
                raise
        self.clock.check(account.provider.clock_within_s)
        return access

    def refused(self, account: Account, token: Secret) -> None:
        """The platform did not take this access token: the next question brings another. Does nothing when there is one already."""
        with self.vault.held(account.name):
            kept = self.vault.read(account.name)
            if kept.grant and kept.grant.access == token and kept.grant.access_ends > self._now():
                self.vault.write(kept.model_copy(update={"grant": kept.grant.model_copy(update={"access_ends": self._now()})}))

    def warnings(self, account: Account) -> tuple[Message, ...]:
        """What a person should know before it stops something: no login, or one that ends within days. Asks nobody."""
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

    def _wants_renewal(self, account: Account, kept: Kept, at_least_s: float) -> bool:
        grant = _grant(account, kept)
        oauth = _oauth(account)
        if grant.over or grant.refresh is None:
            return not self._lives(grant, at_least_s)
        return not self._lives(grant, max(at_least_s, oauth.renew_ahead_s))

    def _lives(self, grant: Grant, at_least_s: float) -> bool:
        now = self._now()
        life_s = (grant.access_ends - grant.taken_at).total_seconds()
        # Taken in the future: the clock was set back since, and says nothing about how long it lives.
        return (
            grant.taken_at <= now + timedelta(minutes=1)
            and grant.access_ends > now
            and (grant.access_ends - now).total_seconds() >= (at_least_s if at_least_s < life_s else SHARE * life_s)
        )

    def _renewed(self, account: Account, oauth: OAuth, kept: Kept) -> Secret:
        grant = _grant(account, kept)
        if grant.over or grant.refresh is None:
            raise LoginNeeded(account.name, _why(grant.over))
        lost = grant.asked_at is not None
        kept = kept.model_copy(update={"grant": grant.model_copy(update={"asked_at": self._now()})})
        self.vault.write(kept)
        for attempt in range(TRIES):
            try:
                given = self._asked(account, oauth, kept)
            except NoAnswer as silence:
                lost = lost or silence.sent == "maybe"
                pause = max(FIRST_WAIT_S * 3**attempt, silence.after_s or 0.0)
                if attempt == TRIES - 1 or pause > LONGEST_WAIT_S:
                    if not lost:
                        self._keep(kept, grant)
                    raise silence.told() from None
                self._wait(pause)
            except WrongSetup:
                if not lost:
                    self._keep(kept, grant)
                raise
            except NoMore as no:
                self._keep(kept, grant.model_copy(update={"over": "lost" if lost else "refused"}))
                raise LoginNeeded(account.name, _why("lost" if lost else "refused", no.code)) from None
            else:
                return self._keep(kept, _with(grant, given)).access
        raise AssertionError("the last try raises or returns")

    def _asked(self, account: Account, oauth: OAuth, kept: Kept) -> TokenAnswer:
        assert kept.grant is not None
        assert kept.grant.refresh is not None
        secrets = {"refresh": kept.grant.refresh}
        if kept.app_secret:
            secrets["app_secret"] = kept.app_secret
        return ask(self._client, account, oauth.renewal, self._now(), secrets)

    def _keep(self, kept: Kept, grant: Grant) -> Grant:
        self.vault.write(kept.model_copy(update={"grant": grant}))
        return grant

    def _login_ends(self, oauth: OAuth, grant: Grant) -> datetime | None:
        """By the most cautious reading of the contract."""
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


def _grant(account: Account, kept: Kept) -> Grant:
    """Raises LoginNeeded when nobody has logged in, or logged in to another app or at another address."""
    if kept.grant is None:
        raise LoginNeeded(account.name, M("nobody has logged in yet."))
    if kept.grant.issuer != account.issuer:
        raise LoginNeeded(account.name, M("app_id or hosts were changed after the login."))
    return kept.grant


def _with(grant: Grant, given: TokenAnswer) -> Grant:
    """The grant after a renewal. A platform that gives no new refresh token goes on with the old one."""
    changes = {
        "access": given.access, "access_ends": given.access_ends, "taken_at": given.asked_at, "asked_at": None,
        "refresh": given.refresh or grant.refresh,
        "refresh_ends": given.refresh_ends or (None if given.refresh else grant.refresh_ends),
        "user": given.user or grant.user, "scopes": given.scopes or grant.scopes,
    }  # fmt: skip
    return grant.model_copy(update=changes)


def _why(over: str, code: str = "") -> Message:
    if over == "lost":
        return M("the answer to a renewal was lost, and the platform gives it only once.")
    if code:
        return M("the permission was taken back or has ended ({code}).", code=code)
    return M("the permission was taken back or has ended.")
