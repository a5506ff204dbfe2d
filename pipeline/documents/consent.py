"""Close faces about which a person is asked, and the consents that a person recorded."""

from pydantic import AwareDatetime

from pipeline.documents.base import Document, Frozen


class ConsentRequest(Frozen):
    """One clip's close face: a person says whether it is a child's, and records who agreed.

    Ages are never guessed: a person is asked about every close face, once a clip.
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

    clip_id: str = ""
    """Empty for every clip of the story."""
    shown: str = ""
    """Who is seen, as the recording person wrote it; empty when that person has looked and it is no child."""
    agreed_by: str = ""
    """Who agreed: for a child a parent or guardian. Empty while nobody has."""
    evidence: str = ""
    """Where the agreement is kept: a file name, a place; never the document itself."""
    recorded_by: str
    recorded_at: AwareDatetime
    withdrawn_at: AwareDatetime | None = None
    """When the agreement was taken back."""

    @property
    def newest_at(self) -> AwareDatetime:
        """When it was recorded or withdrawn, whichever is later."""
        return self.withdrawn_at or self.recorded_at


class Consents(Document):
    """All consent records of one story, withdrawn ones too."""

    consents: tuple[Consent, ...] = ()

    def of(self, clip_id: str) -> Consent | None:
        """The newest record about a clip, also when it is a withdrawal; None without any."""
        about_clip = [consent for consent in self.consents if consent.clip_id in ("", clip_id)]
        return max(about_clip, key=lambda consent: consent.newest_at, default=None)
