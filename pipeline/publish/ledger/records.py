"""The ledger's records: frozen, and safe to print."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, Field, JsonValue, SecretStr

from pipeline.documents.base import Frozen
from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.publish.ledger.states import State, Who


class Actor(Frozen):
    """Who did something. A machine's name says which worker, a person's is what they are called."""

    who: Who
    name: str = Field(min_length=1)


class Entry(Frozen):
    """A release and its state when it was read."""

    release: Release
    state: State
    step: int
    """Number of its moves so far; a move is only made from the step that was read."""
    attempt: int
    """1 for the first."""
    edition: int
    """How many times a person has posted the same once more; 0 for the first post."""
    since: AwareDatetime
    by: Actor
    """Who made the last move."""
    run: str
    """Id of the ledger's opening that made it."""
    reason: Message | None = None
    post_id: str = ""
    """The platform's id of the post."""
    link: str = ""
    """Its public address, without tracking or login parameters."""
    evidence: str = ""
    """Path of the screenshot a person showed."""
    claimed_by: str = ""
    next_at: AwareDatetime | None = None
    """Time before which no worker takes it up; None for at once."""
    created_at: AwareDatetime

    @property
    def id(self) -> str:
        """The release's."""
        return self.release.id

    @property
    def refused(self) -> bool:
        """Whether a person's no has ended it: nothing has failed, and nothing is left to do."""
        return self.state is State.FAILED and self.reason is not None and self.reason.text == refusal("", "").text


def refusal(person: str, reason: str) -> Message:
    """The reason of a release that a person's no has ended."""
    return M("{person} said no: {reason}", person=person, reason=reason)


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
    """The redacted answer; no token and no address beyond host and path."""
    reason: Message | None = None


class Progress(Frozen):
    """Progress of an upload: what a worker needs to resume it, and nobody else may see."""

    session: SecretStr = SecretStr("")
    """Upload token or session address: anybody who has it can upload."""
    facts: dict[str, JsonValue] = Field(default_factory=dict, repr=False)
    """Whatever else the adapter wants back: host, bytes sent, parts with their checksums, part size."""

    def revealed(self) -> Mapping[str, Any]:
        """Return everything in plain text, to be encrypted."""
        return {"session": self.session.get_secret_value(), "facts": self.facts}


ApprovalWay = Literal["command", "link", "prefect"]
"""How a person decided: by the command line, on the page that a signed link opens, or by Prefect's own form."""
ApprovalAnswer = Literal["yes", "no"]


class Approved(Frozen):
    """What a person approves: hashes, where it goes, and when; the caller computes them. None: the approval does not depend on it."""

    picture_sha256: str
    sound_sha256: str = ""
    captions_sha256: str
    offer_sha256: str = ""
    files_sha256: str | None = None
    """Of the covers, the subtitle tracks and the product's photo."""
    place: str | None = None
    """Platform and account, as `--to` writes them."""
    planned: str | None = None
    """The planned hour in UTC, ISO 8601; empty for at once."""

    def question(self, release_id: str, attempt: int) -> str:
        """Return the hash of asking for a yes to exactly this of one release, in one of its attempts: a question is answered once."""
        asked = json.dumps([release_id, attempt, self.model_dump()], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(asked.encode()).hexdigest()


class Approval(Frozen):
    """A person's yes, or no, to exactly these bytes and words. release_id, question: empty where it was for a story's targets."""

    id: str
    story: str
    approved: Approved
    by: Actor
    at: AwareDatetime
    revoked_at: AwareDatetime | None = None
    release_id: str = ""
    question: str = ""
    way: ApprovalWay = "command"
    answer: ApprovalAnswer = "yes"
    reason: str = ""
    """The person's own words; a no has some."""

    def changed(self, now: Approved) -> tuple[str, ...]:
        """Return what has changed since: picture, sound, captions, offer, files, place, planned. Empty: the decision holds."""
        was = {name: value for name in Approved.model_fields if (value := getattr(self.approved, name)) is not None}
        return tuple(name.removesuffix("_sha256") for name, value in was.items() if value != getattr(now, name))


class ApprovalDecision(Frozen):
    """A person's answer to one question. reason: needed for a no."""

    answer: ApprovalAnswer
    approved: Approved
    question: str
    way: ApprovalWay
    reason: str = ""


class Override(Frozen):
    """A rule that a person set aside, and why."""

    id: str
    kind: str
    """Which rule: again, claims, …"""
    story: str
    release_id: str = ""
    subject: str = ""
    """What exactly the rule was set aside for, preferably a hash: another text needs another reason."""
    reason: str
    by: Actor
    at: AwareDatetime


class PersonTask(Frozen):
    """Something only a person can do."""

    id: str
    kind: str
    message: Message
    subject: str = ""
    """What exactly it asks for, as its kind writes it; empty where the kind says it all."""
    release_id: str = ""
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    closed_by: str = ""
    note: str = ""
    told_at: AwareDatetime | None = None
    """When the channels were told; None while they were not."""


class RecordedConsent(Frozen):
    """Permission to show a child's face, or another person's, as somebody recorded it."""

    id: str
    story: str
    clip_sha256: str = ""
    """Empty for the whole story."""
    shown: str
    """Whom the video shows, in the words of who recorded it; empty when that person has looked and it is no child."""
    given_by: str
    """Who gave permission: a parent or guardian; empty while nobody has."""
    evidence: str = ""
    """Where the paper or message is kept."""
    by: Actor
    at: AwareDatetime
    withdrawn_at: AwareDatetime | None = None


PlanState = Literal["planned", "released", "held", "cancelled"]
"""Where a planned post stands: it waits for its time; it became a release; a person must see to it; a person took it back."""


class RecordedPost(Frozen):
    """A planned post and where it stands."""

    id: str
    campaign: str
    post: PlannedPost
    state: PlanState
    step: int
    """Number of its changes so far; a change is only made from the step that was read."""
    release_id: str = ""
    """The release that it became."""
    note: Message | None = None
    """What a person has to know: why it is held, why its video is not made yet."""
    by: Actor
    """Who planned it, or changed the plan last."""
    changed_at: AwareDatetime
