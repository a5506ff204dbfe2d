"""Where the documents of a story lie, and how a story of an earlier release is brought there."""

import json
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from pipeline.documents.job import RenditionSpec
from pipeline.store.disk import disk_fault

RENDITIONS = "renditions"
"""The folder, in the story's, that has one folder for each rendition, by its name."""
RENDITION_DOCUMENTS = (
    "card.json",
    "framing.json",
    "look.json",
    "subtitles.json",
    "plan.json",
    "rendition.json",
    "inspection.json",
    "outbox.json",
)
"""Documents that each rendition has for itself; all others are the story's."""
EDIT_DOCUMENTS = ("edit.json", "last_edit.json", "provenance.json")
"""The story's, too, but for a rendition that may not last as long: it has an edit of its own."""
CUES = "cues.json"
"""The story's cues as subtitles.srt shows them, with what a person corrected; each rendition sets them for its own picture."""


def migrate_story(story: Path) -> None:
    """Move the documents of the first rendition, which earlier releases kept in the story's folder, to a folder of their own.

    The last job says which rendition that was. What was moved before, by a run that died, stays where it is; the story's subtitles
    become its cues, so that no correction is lost. Raises DiskFault when the disk refuses.
    """
    old = [name for name in (*RENDITION_DOCUMENTS, "inspection") if (story / name).exists()]
    spec = _first_of(story / "job.json") if old else None
    if spec is None:
        return
    folder = story / RENDITIONS / spec.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in old:
            with suppress(FileNotFoundError):  # another process was quicker
                _move(story / name, story / CUES if name == "subtitles.json" else folder / name)
    except OSError as error:
        raise disk_fault(folder, error) from error


def _move(path: Path, target: Path) -> None:
    if path.is_dir() and target.is_dir():  # pictures of an inspection, which is held again when it is wanted
        return
    path.replace(target)


def _first_of(job: Path) -> RenditionSpec | None:
    """The first rendition of a job as it stands on the disk; None for a story that was never made."""
    try:
        asked = json.loads(job.read_bytes())
        return RenditionSpec(destination=asked["destination"], width=asked["width"], height=asked["height"])
    except (OSError, ValueError, TypeError, KeyError, ValidationError):
        return None
