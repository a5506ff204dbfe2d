"""What the engine works with: ledger, platforms, accounts, clock, and the rules of this workspace."""

import os
import random
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.documents.base import Frozen
from pipeline.documents.release import Release
from pipeline.documents.rendition import Inspection
from pipeline.network.clock import Clock, SystemClock
from pipeline.publish.engine.account_access import Access
from pipeline.publish.ledger import Approved, Ledger
from pipeline.publish.platforms.base import Platform

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


class RetryPolicy(Frozen):
    """How long and how often anything is tried. Seconds."""

    tries: int = 10
    """Of an upload that gets nowhere; one that gets on begins to count anew. With the waits below, about an hour."""
    restarts: int = 4
    """How often an upload that the platform has forgotten begins from its first byte."""
    attempts: int = 5
    """Of publishing, when each was refused for the moment and had certainly no effect."""
    first_wait_s: float = 2.0
    longest_wait_s: float = 900.0
    """Between two tries: doubled each time, at most this."""
    stay_s: float = 300.0
    """How long one `deliver` waits in all; what takes longer is left for another run, with its hour on record."""
    late_s: float = 12 * HOUR_S
    """A post that is later than this for its planned hour is not published: its words may no longer be true."""
    first_look_s: float = 15.0
    longest_look_s: float = 6 * HOUR_S
    """Between two look-ups: half of the time since publishing, within these."""
    processing_s: float = 3 * DAY_S
    """A post that is still worked on after this is a person's to look at; look-ups go on."""
    stop_s: float = 14 * DAY_S
    """From then on only a person can tell."""
    live_looks_s: tuple[float, ...] = (HOUR_S, DAY_S)
    """When a live post is looked at again, counted from when it was first seen: is it still there, and its cart link?"""
    cart_s: float = 7 * DAY_S
    """So long a missing cart link is looked for again."""


@dataclass(frozen=True)
class PublishRules:
    """What must hold before anything is sent.

    inspection: of the release's file; None where there is none. approved: the hashes that a person's approval must have; None where the
    settings ask for no approval.
    """

    inspection: Callable[[Release], Inspection | None]
    approved: Callable[[Release], Approved] | None = None


def shown(release: Release) -> Approved:
    """What a person approves of a release: its file, picture and sound in one, all its words, and the offer."""
    return Approved(
        picture_sha256=release.video.sha256, captions_sha256=release.captions_sha256, offer_sha256=release.offer_sha256
    )  # fmt: skip


@dataclass(frozen=True)
class EngineContext:
    """Everything the engine needs. platforms: by the name that releases have. worker: how this process is called in the ledger.

    chance: 0 to 1, for jitter.
    """

    ledger: Ledger
    platforms: Mapping[str, Platform]
    access: Access
    rules: PublishRules
    clock: Clock = field(default_factory=SystemClock)
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    chance: Callable[[], float] = random.random
