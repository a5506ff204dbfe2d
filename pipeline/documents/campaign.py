"""A campaign: what is posted where and when, planned for weeks ahead, before there are videos for all of it."""

from pydantic import AwareDatetime, Field

from pipeline.documents.base import Document


class PlannedPost(Document):
    """One post of a campaign, as a person planned it."""

    story: str
    destination: str
    account: str = ""
    """Empty where a platform has none, and where a person posts it from an account that FieldCut does not know."""
    by_hand: bool = False
    """Whether a person posts it."""
    at: AwareDatetime
    """Its hour, on the clocks for which it was planned: the co-op's, or those of the account's country."""
    template: str = ""
    """The style; empty for that of the story."""
    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)
    """In pixels; 0 for the story's size."""
    insist: str = ""
    """Why the same story is posted again on that account; empty for the first time."""

    @property
    def channel(self) -> str:
        """Where it goes, as --to writes it."""
        where = f"{self.destination}:{self.account}" if self.account else self.destination
        return f"handoff:{where}" if self.by_hand else where
