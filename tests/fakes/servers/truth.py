"""What really happened at a platform, whatever its answers said."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from pipeline.documents.base import Frozen

State = Literal["processing", "live", "refused", "deleted"]


class Post(Frozen):
    """A post that came to exist.

    sha256, size_bytes: of the video as the platform holds it. product: what was asked for; `link_stuck` False means that
    reading back shows none. processing_for: how many look-ups are told "processing"; looks: how many there were. refusal: why
    the platform refuses it in the end, empty when it does not. fields: all that was sent with it, by the platform's own names.
    """

    id: str
    account: str
    upload: str
    sha256: str
    size_bytes: int
    created_at: datetime
    title: str = ""
    caption: str = ""
    product: str = ""
    link_stuck: bool = True
    privacy: str = "public"
    scheduled_at: datetime | None = None
    cover_sha256: str = ""
    captions: tuple[str, ...] = ()
    processing_for: int = 0
    looks: int = 0
    refusal: str = ""
    deleted: bool = False
    fields: dict[str, Any] = Field(default_factory=dict)

    @property
    def state(self) -> State:
        """What the last look-up was told, or would have been."""
        if self.deleted:
            return "deleted"
        if self.looks <= self.processing_for:
            return "processing"
        return "refused" if self.refusal else "live"


class Upload(Frozen):
    """A transfer. bytes_received: body bytes that came over the wire for it, sent again or not; bytes_kept: what the platform holds."""

    id: str
    account: str
    started_at: datetime
    bytes_received: int = 0
    bytes_kept: int = 0
    requests: int = 0
    state: Literal["open", "complete", "used", "gone"] = "open"


class Call(Frozen):
    """One request. status: what was sent, 0 when no answer was; effect: whether the platform acted on it; code: the platform's own.

    cut: who ended the line before the answer was through ("plan", "client"), empty when nobody did. connection: number of the
    line it came on. Queries are left out: they hold tokens.
    """

    number: int
    at: datetime
    endpoint: str
    nth: int
    method: str
    path: str
    connection: int
    status: int = 0
    code: str = ""
    effect: bool = False
    cut: str = ""
    bytes_in: int = 0
    faults: tuple[str, ...] = ()


class Truth(Frozen):
    """Everything a test may want to hold a client against. objects: sha256 by key (a store); messages: what was sent (a robot)."""

    platform: str
    posts: tuple[Post, ...] = ()
    uploads: tuple[Upload, ...] = ()
    calls: tuple[Call, ...] = ()
    messages: tuple[dict[str, Any], ...] = ()
    objects: dict[str, str] = Field(default_factory=dict)

    def of(self, endpoint: str) -> tuple[Call, ...]:
        """The calls of one endpoint, in order."""
        return tuple(call for call in self.calls if call.endpoint == endpoint)
