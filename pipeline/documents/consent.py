"""Close faces that a person should look at, and what the person recorded about them."""

from datetime import datetime
from typing import Literal

from pipeline.documents.base import Document, Frozen


class ConsentRequest(Frozen):
    """One clip's close face: a person says whether it is a child's, and records who agreed.

    Nothing here guesses an age: every close face is asked about once a clip.
    """

    clip_id: str
    clip: str
    """The file's name, for the person."""
    source_s: float
    """Where the face is largest, seconds on the clip's own clock."""
    timeline_s: float
    """The same moment in the video."""
    share: float
    """Height of the face as a share of the shown picture's height."""
    picture: str = ""
    """A still of that moment, absolute path; empty until one was made."""


class Consent(Frozen):
    """What a person recorded about the people who are seen close in a clip."""

    clip_id: str
    shows: Literal["no_child", "child"]
    agreed_by: str = ""
    """Who agreed for the child: parent or guardian. Needed for a child."""
    evidence: str = ""
    """Where the agreement is kept: a file name, a place; never the document itself."""
    recorded_by: str
    recorded_at: datetime
    """Aware."""


class Consents(Document):
    """All records of one story."""

    consents: tuple[Consent, ...] = ()

    def of(self, clip_id: str) -> Consent | None:
        """The newest record about a clip."""
        found = [consent for consent in self.consents if consent.clip_id == clip_id]
        return max(found, key=lambda consent: consent.recorded_at, default=None)
