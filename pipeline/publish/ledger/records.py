"""What the ledger gives back: frozen, and safe to print."""

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, Field, JsonValue, SecretStr

from pipeline.documents.base import Frozen
from pipeline.documents.message import Message
from pipeline.documents.release import Release
from pipeline.publish.ledger.states import State, Who


class Actor(Frozen):
    """Who did something. A machine's name says which worker, a person's is what they are called."""

    who: Who
    name: str = Field(min_length=1)


class Entry(Frozen):
    """A release and where it stood when it was read."""

    release: Release
    state: State
    step: int
    """How many moves it has made; a move is only made from the step that was read."""
    attempt: int
    """1 for the first."""
    edition: int
    """0, or how many times a person has insisted on posting the very same again."""
    since: AwareDatetime
    by: Actor
    """Who brought it here."""
    run: str
    """The opening of a ledger that did."""
    reason: Message | None = None
    post_id: str = ""
    """The platform's name for the post."""
    link: str = ""
    """Its public address, without anything that counts or signs in."""
    evidence: str = ""
    """Path of the screenshot a person showed."""
    claimed_by: str = ""
    next_at: AwareDatetime | None = None
    """Not to be touched before; None for at once."""
    created_at: AwareDatetime

    @property
    def id(self) -> str:
        """The release's."""
        return self.release.id


class Transition(Frozen):
    """One move, as it was written before the call it announced."""

    release_id: str
    step: int
    attempt: int
    before: State | None
    """None for the first."""
    after: State
    at: AwareDatetime
    by: Actor
    run: str
    request_id: str = ""
    essence: dict[str, JsonValue] = Field(default_factory=dict)
    """What the answer came to; no token and no address beyond host and path."""
    reason: Message | None = None


class Progress(Frozen):
    """How far an upload has come: what a worker needs to go on with it, and nobody else may see."""

    session: SecretStr = SecretStr("")
    """Upload token or session address: whoever has it can upload."""
    facts: dict[str, JsonValue] = Field(default_factory=dict, repr=False)
    """Whatever else the adapter wants back: host, bytes sent, parts with their checksums, part size."""

    def revealed(self) -> Mapping[str, Any]:
        """Everything in the clear, to be sealed."""
        return {"session": self.session.get_secret_value(), "facts": self.facts}


class Approved(Frozen):
    """The hashes of what a person has looked at; the caller computes them."""

    picture_sha256: str
    sound_sha256: str = ""
    captions_sha256: str
    offer_sha256: str = ""


class Approval(Frozen):
    """A person's yes to exactly these bytes and words."""

    id: str
    story: str
    approved: Approved
    by: Actor
    at: AwareDatetime
    revoked_at: AwareDatetime | None = None

    def changed(self, now: Approved) -> tuple[str, ...]:
        """What is no longer as it was approved: picture, sound, captions, offer. Empty: the approval holds."""
        fields = Approved.model_fields
        return tuple(name.removesuffix("_sha256") for name in fields if getattr(self.approved, name) != getattr(now, name))


class Override(Frozen):
    """A rule that a person set aside, and why."""

    id: str
    kind: str
    """Which rule: again, claims, …"""
    story: str
    release_id: str = ""
    subject: str = ""
    """What exactly it was set aside for, best as a hash: another text needs another reason."""
    reason: str
    by: Actor
    at: AwareDatetime


class PersonTask(Frozen):
    """Something only a person can do."""

    id: str
    kind: str
    message: Message
    release_id: str = ""
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    closed_by: str = ""
    note: str = ""


class RecordedConsent(Frozen):
    """Leave to show a child's face, or another person's, as somebody recorded it."""

    id: str
    story: str
    clip_sha256: str = ""
    """Empty for the whole story."""
    shown: str
    """Whom the video shows, in the words of who recorded it; empty when that person has looked and it is no child."""
    given_by: str
    """Who gave leave: a parent or guardian; empty while nobody has."""
    evidence: str = ""
    """Where the paper or message is kept."""
    by: Actor
    at: AwareDatetime
    withdrawn_at: AwareDatetime | None = None
