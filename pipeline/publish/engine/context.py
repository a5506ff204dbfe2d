"""What the engine works with: ledger, platforms, accounts, clock, and the rules of this workspace."""

import os
import random
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from pipeline.documents.message import Message
from pipeline.documents.release import Release
from pipeline.documents.rendition import Inspection
from pipeline.network.clock import Clock, SystemClock
from pipeline.publish.engine.account_access import AccountAccess
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import Approved, Ledger
from pipeline.publish.platforms.base import Platform


@dataclass(frozen=True)
class PublishRules:
    """What must hold before anything is sent.

    inspection: the inspection of the release's file; None where there is none. approved: the hashes that a person's approval must have;
    None where the settings ask for no approval. outdated: what the product sheet says otherwise by now. undeclared:
    names of clips that it shows and that were declared as made with AI since. dead_links: why the link of a
    release that has waited for its hour leads nowhere by now; it asks over the network. All are empty where nobody looks.
    """

    inspection: Callable[[Release], Inspection | None]
    approved: Callable[[Release], Approved] | None = None
    outdated: Callable[[Release], tuple[Message, ...]] = lambda _release: ()
    undeclared: Callable[[Release], tuple[str, ...]] = lambda _release: ()
    dead_links: Callable[[Release], tuple[Message, ...]] = lambda _release: ()


def approval_subject(release: Release) -> Approved:
    """What a person approves of a release: the file (picture and sound in one), all words, the offer with its end, covers, place, hour."""
    return Approved(
        picture_sha256=release.video.sha256,
        captions_sha256=release.captions_sha256,
        offer_sha256=release.offer_sha256,
        files_sha256=release.files_sha256,
        place=f"{release.platform}:{release.account}" if release.account else release.platform,
        planned=release.planned_at.astimezone(UTC).isoformat() if release.planned_at else "",
    )


@dataclass(frozen=True)
class EngineContext:
    """Everything the engine needs.

    platforms: by the name that releases have. worker: this process's name in the ledger. chance: a number from 0 to 1, for jitter.
    """

    ledger: Ledger
    platforms: Mapping[str, Platform]
    access: AccountAccess
    rules: PublishRules
    clock: Clock = field(default_factory=SystemClock)
    retry_policy: RetryPolicy = field(default_factory=RetryPolicy)
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    chance: Callable[[], float] = random.random
