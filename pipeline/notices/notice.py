"""A notice, and the protocol of a channel that carries it."""

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
"""Kinds on which a person must act."""
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
    """The destination's name; empty where none is concerned."""
    text: Message
    """What happened, or what a person must do."""
    link: str = ""
    """Address with more about it; sent only when it is a web address."""
    reference: str = ""
    """The release or the run it is about, so that people recognise a notice that comes twice."""
    at: AwareDatetime

    @property
    def id(self) -> str:
        """Hash of the content, so that a receiver recognises a repeat."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def title(self) -> Message:
        """The kind in words."""
        return _TITLES[self.kind]

    @property
    def web_link(self) -> str:
        """The link when another machine can open it, else empty."""
        try:
            parts = urlsplit(self.link)
            return self.link if parts.scheme in ("http", "https") and parts.hostname and not set(self.link) & set(" \n\r\t<>") else ""
        except ValueError:
            return ""


class DeliveryResult(Frozen):
    """The result of sending one message. done: it was accepted. after_s: seconds until a retry makes sense; None when none does."""

    done: bool = False
    after_s: float | None = None
    why: Message | None = None


@dataclass(frozen=True)
class OutgoingMessage:
    """One HTTP message. notice_count: how many of the notices are in it, the first ones."""

    body: bytes
    notice_count: int
    headers: Mapping[str, str]


class Channel(Protocol):
    """A receiver of notices. Its address is a secret: anybody who has it can post there."""

    @property
    def name(self) -> str:
        """Name as in fieldcut.toml: wecom:village."""

    @property
    def address(self) -> Secret:
        """The whole address."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """Kinds of notices that it receives."""

    @property
    def quota(self) -> Quota:
        """Messages it allows in a window of time, over all processes; windows are counted from 1970 UTC."""

    def compose(self, notices: Sequence[Notice], at: datetime) -> OutgoingMessage:
        """Compose one message from the first notices, as many as fit and at least one. at: the present time, aware."""

    def read_answer(self, answer: HttpAnswer) -> DeliveryResult:
        """Return what the answer means. Raises OutcomeUnknown for one that cannot be read."""
