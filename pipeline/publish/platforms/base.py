"""The protocol of a platform's adapter, and the values it exchanges with the engine.

An adapter makes calls and reads answers. It keeps no state of its own and never repeats a call that publishes: the engine writes the
ledger before each step and decides what follows. How a call can fail: `network/errors.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import httpx
from pydantic import Field

from pipeline.documents.base import Frozen
from pipeline.documents.message import Message
from pipeline.documents.release import Release
from pipeline.network.quota import Quota


class Capabilities(Frozen):
    """What a platform can do."""

    resumes: bool
    """A broken upload goes on where it broke, else it starts again at the part that broke."""
    schedules: bool
    """The platform itself keeps a post until its hour; otherwise our own clock does."""
    cart: Literal["none", "url", "product_id"]
    """What can be hung on a post to buy."""
    reads_cart: bool = False
    """A look-up tells whether the cart link stuck."""
    repeats_harmlessly: bool = False
    """The call that publishes names the post that it makes public, so that a second one cannot make a second post."""
    looks_up: bool = True
    """An unknown outcome can be settled by asking."""
    by_person: bool = False
    """A person posts: the release is a hand-off pack."""
    own_page: bool = False
    """It is a page of the seller's own, with room for what other platforms have no place for."""


class Limits(Frozen):
    """What a platform takes. None where it does not say."""

    max_bytes: int | None = None
    max_seconds: float | None = None
    min_seconds: float | None = None
    video_codecs: tuple[str, ...] = ("h264",)
    shapes: tuple[str, ...] = ()
    """9:16, 1:1, 16:9; empty for any."""
    quotas: tuple[Quota, ...] = ()
    first_look_s: float | None = None
    """So long after publishing a first look-up is worth its call; None for the engine's own patience."""
    listed_within_s: float = 86_400.0
    """A new post may be missing so long when one looks for it: only then is `absent` believed. A person may know sooner."""


class UploadProgress(Protocol):
    """What an upload needs to resume after a crash: upload tokens, session addresses, parts that arrived. Stored encrypted.

    It outlives an attempt; UploadExpired clears all of it but `for_good`. An upload makes progress when it keeps something new.
    """

    def recall(self) -> Mapping[str, Any]:
        """Return what was kept, `session` among it."""

    def keep(self, *, session: str = "", for_good: Mapping[str, Any] | None = None, **facts: Any) -> None:
        """Add to what is kept; it is on disk when this returns.

        session: the upload token or session address, under this name, so that the ledger withholds it wherever it might be repeated; it is
        recalled as `session`. facts: anything JSON has. for_good: the same, kept also when the upload begins anew.
        """


class Spend(Protocol):
    """Counts calls against a quota."""

    def __call__(self, name: str, cost: int = 1) -> None:
        """Count `cost` calls before they are made. When too few are left, counts nothing and raises RetryableError with the wait."""


def _unsigned(_text: bytes) -> str:
    raise ValueError("no account, so there is no secret to sign with")


@dataclass(frozen=True)
class PlatformSession:
    """What the engine gives an adapter for its calls.

    http: the client, with time-outs and redacted logs; use it through `network.http.send`. token: returns an access token that lives at
    least that many seconds; during `publish` it is the one that was fetched before. settings: the account's,
    from fieldcut.toml. now, wait: the clock. spend: counts calls (or units) of a quota; raises RetryableError when none are left.
    check_lease: raises when this worker lost the release; call it between the parts of a long upload. sign: returns the HMAC-SHA256 of a
    text under the app's secret, in hex; raises ActionRequired where this machine has no secret. No adapter sees the secret itself.
    """

    http: httpx.Client
    token: Callable[[float], str]
    settings: Mapping[str, Any]
    now: Callable[[], datetime]
    wait: Callable[[float], None]
    spend: Spend
    check_lease: Callable[[], None] = field(default=lambda: None)
    sign: Callable[[bytes], str] = field(default=_unsigned)


class PublishResult(Frozen):
    """A platform's answer that it accepted a post. response: the redacted answer, for the ledger."""

    post_id: str
    request_id: str = ""
    response: dict[str, Any] = Field(default_factory=dict)


class LookupResult(Frozen):
    """What a look-up found. response: the redacted answer, for the ledger."""

    state: Literal["live", "processing", "refused", "absent", "unknown"]
    """absent: the platform is sure that there is no such post; unknown: it cannot tell."""
    post_id: str = ""
    address: str = ""
    """Where the public finds it; empty when it does not say."""
    cart: Literal["there", "missing", "unknown"] = "unknown"
    reason: Message | None = None
    request_id: str = ""
    response: dict[str, Any] = Field(default_factory=dict)


class Platform(Protocol):
    """One platform's adapter."""

    name: str
    capabilities: Capabilities

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """Return what the platform accepts from this account."""

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """Return what the platform would refuse of the release, as far as it is known before anything is sent."""

    def upload(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        """Upload all bytes; resumes where an earlier call broke. Nothing is public when it returns. May be repeated."""

    def publish(self, release: Release, session: PlatformSession, progress: UploadProgress) -> PublishResult:
        """Make the one call that publishes. Every error leaves the outcome in doubt, whatever the platform said, but one whose
        `had_no_effect` is set: by NotSent, by `before_the_call`, or because the contract proves it (`answer_table`)."""

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """Ask what became of the release's post; makes nothing public and changes no post. post_id: empty when no answer gave one.

        since: when `publish` was about to be called for the first time, by our clock, also in an earlier attempt. A post that existed
        before, or that may belong to another release, is not this one's: the result is `unknown` where that cannot be told.
        """


class TakesDown(Platform, Protocol):
    """An adapter that can take its own post away: a page of the seller's own."""

    def take_down(self, release: Release, session: PlatformSession) -> bool:
        """Remove the page of the release and every mention of it; what is gone already stays gone. Returns False, and removes nothing, when
        another release has taken the page's place. Raises PlatformError when it may still be there."""


class LeavesHiddenPosts(Platform, Protocol):
    """An adapter whose upload makes a post before it is public, which stays there hidden when the release comes to nothing."""

    def hidden_posts(self, session: PlatformSession, progress: UploadProgress) -> tuple[str, ...]:
        """Return the ids of the posts made of a release that nobody can see. Changes nothing there."""

    def remove_hidden(self, session: PlatformSession, post_id: str) -> None:
        """Remove a post that nobody can see. Raises Rejected for one that somebody can; one that is gone already is removed."""
