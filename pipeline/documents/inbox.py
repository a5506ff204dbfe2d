"""The folders in the inbox: what in them is FieldCut's own, and what was begun, so that nothing is made twice after a restart."""

from pathlib import PurePath

from pipeline.documents.base import Document, Frozen

STATUS_PAGES = ("进度.html", "status.html")
"""What FieldCut itself writes beside the clips, in Chinese and in English."""
DONE_MARKS = ("好了", "done")
"""Names, with any ending, of a file by which a person says that everything has been copied."""


DROPPED_SETTINGS = "story.toml"
"""Settings for a story beside its clips."""


def is_done_mark(path: PurePath) -> bool:
    """Whether a file says that everything has been copied. path: within the dropped folder."""
    return len(path.parts) == 1 and path.stem.strip().casefold() in DONE_MARKS


def is_dropped_settings(path: PurePath) -> bool:
    """Whether a file sets how the story is made. path: within the dropped folder."""
    return len(path.parts) == 1 and path.name == DROPPED_SETTINGS


def is_status_page(path: PurePath) -> bool:
    """Whether a file is a page that FieldCut wrote beside the clips. path: within the dropped folder."""
    return len(path.parts) == 1 and path.name in STATUS_PAGES


class InboxEntry(Frozen):
    """One folder of the inbox and the story that is made of it.

    folder: its name. fingerprint: of its files when the last run was ordered; empty before the first. done_mark: the person's mark that
    was there then. sheet: the state of the product sheet then. run: the id of the flow run; empty while none is under way. attempt: how
    often a run of these files was ordered, from 1. settled: whether its end was seen.
    """

    folder: str
    story: str
    fingerprint: str = ""
    done_mark: int = 0
    sheet: str = ""
    run: str = ""
    attempt: int = 0
    settled: bool = True

    @property
    def key(self) -> str:
        """The name of the order: the same one is never carried out twice."""
        return f"{self.story}:{self.fingerprint}:{self.attempt}"


class InboxRecord(Document):
    """All folders that were seen to be complete."""

    entries: tuple[InboxEntry, ...] = ()
