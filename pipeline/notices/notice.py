"""What people are told about, and to whom it may go."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import AwareDatetime

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import M, Message
from pipeline.network.http import HttpAnswer
from pipeline.network.quota import Quota
from pipeline.secrets.secret import Secret
from pipeline.settings import NoticeKind

Kind = NoticeKind
URGENT: frozenset[Kind] = frozenset({"needs_person", "failed"})
"""Somebody has to do something."""
_TITLES: Mapping[Kind, Message] = {
    "finished": M("Finished"),
    "needs_person": M("A person is needed"),
    "live": M("Live"),
    "failed": M("Failed"),
}


class Notice(Document):
    """One thing that happened."""

    kind: Kind
    story: str
    platform: str = ""
    """Its destination's name; empty where none is concerned."""
    text: Message
    """What happened, or what is to be done."""
    link: str = ""
    """Where more is to be seen; what is no web address is not sent."""
    reference: str = ""
    """What people know it again by: the release, or the run. A notice may come twice."""
    at: AwareDatetime

    @property
    def id(self) -> str:
        """The same for the same thing, so that a receiver can tell a repeat."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def title(self) -> Message:
        """Its kind, as a person reads it."""
        return _TITLES[self.kind]

    @property
    def web_link(self) -> str:
        """The link, when it is one that another machine can open."""
        try:
            parts = urlsplit(self.link)
            return self.link if parts.scheme in ("http", "https") and parts.hostname and not set(self.link) & set(" \n\r\t<>") else ""
        except ValueError:
            return ""


class DeliveryResult(Frozen):
    """What an answer means. done: it was taken. after_s: it may be sent again so much later, seconds; None when that is of no use."""

    done: bool = False
    after_s: float | None = None
    why: Message | None = None


@dataclass(frozen=True)
class Post:
    """One message as it leaves. taken: how many of the notices given are in it."""

    body: bytes
    taken: int
    headers: Mapping[str, str]


class Channel(Protocol):
    """One place where notices go. Its address is a secret: whoever has it can speak there."""

    @property
    def name(self) -> str:
        """As in fieldcut.toml: wecom:village."""

    @property
    def address(self) -> Secret:
        """The whole of it."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """What it wants to hear of."""

    @property
    def quota(self) -> Quota:
        """Messages in any window of so many seconds, counted from midnight UTC, over all processes."""

    def compose(self, notices: Sequence[Notice], at: datetime) -> Post:
        """One message of the first of these, as many as fit; at least one is taken."""

    def judge(self, answer: HttpAnswer) -> DeliveryResult:
        """What the answer says. Raises Unclear for one that cannot be read."""
