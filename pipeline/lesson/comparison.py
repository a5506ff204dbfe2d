"""The page that puts two edits of the same clips side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.documents.clip import Clip
from pipeline.documents.edit import Role
from pipeline.documents.message import M, Message
from pipeline.lesson.frame_extraction import FrameRequest, clip_frame
from pipeline.lesson.labels import ROLES
from pipeline.lesson.pictures import PagePictures
from pipeline.lesson.report import LANGUAGES, PICTURE_BYTES, page_environment
from pipeline.resources import fieldcut_version
from pipeline.store import Store, write_atomically

LABELS = {
    "both": M("Shown by both"),
    "only": M("Only here"),
    "moved": M("Stands elsewhere in the other"),
    "trimmed": M("Another length"),
    "none": M("not shown"),
}


@dataclass(frozen=True)
class ShotOnPage:
    """One shot: when it is shown (seconds of the video), which stretch of the clip (its own clock), what is said, and why it is there."""

    at_s: float
    clip: Clip
    start_s: float
    end_s: float
    role: Role
    words: str
    reason: Message

    @property
    def frame(self) -> FrameRequest:
        """The picture in its middle."""
        return clip_frame(self.clip, (self.start_s + self.end_s) / 2)


@dataclass(frozen=True)
class EditOnPage:
    """One of the two edits: its name and its figures, each with a label."""

    name: Message
    figures: tuple[tuple[Message, Message], ...]


@dataclass(frozen=True)
class RowOnPage:
    """A shot of the first edit, of the second, or both. difference: `same`, `trimmed`, `moved` or `only`."""

    shots: tuple[ShotOnPage | None, ShotOnPage | None]
    difference: str


def write_comparison(
    path: Path, *, store: Store, story: str, edits: tuple[EditOnPage, EditOnPage], rows: Sequence[RowOnPage], language: str
) -> None:
    """Write the page, in all languages, the reader's shown first. store: keeps the pictures. Raises DiskFault."""
    pictures = PagePictures(PICTURE_BYTES, store)
    pictures.take([shot.frame for row in rows for shot in row.shots if shot is not None])
    pictures.fit()
    page = page_environment(pictures).get_template("comparison.html.j2")
    text = page.render(
        language=language if language in LANGUAGES else "zh",
        story=story,
        edits=edits,
        rows=rows,
        roles=ROLES,
        L=LABELS,
        maker=f"FieldCut {fieldcut_version()}",
    )
    write_atomically(path, text)
