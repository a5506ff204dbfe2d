"""What the pages of Prefect show of a run, in words and pictures for a person who plans posts. Nothing of it ever ends a run."""

import base64
import hashlib
import io
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from prefect.artifacts import (
    create_image_artifact,
    create_link_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from pipeline.actions.outcome import Outcome
from pipeline.actions.run_record import share_before
from pipeline.documents.message import M, Message
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.publish.ledger import Entry, state_name
from pipeline.settings import minute_text

PICTURE_PX = 360
"""Longer side of the cover on a page: it travels inside the page's data, which the server keeps."""
log = logging.getLogger("fieldcut.run_artifacts")


class StoryArtifacts:
    """How far a story's run is, and what it came to. stages: all of the run, in order. language: of the people who look."""

    def __init__(self, story: str, stages: Sequence[str], language: str) -> None:
        self._story, self._stages, self._language = story, stages, language
        self._progress: UUID | None = None

    def stage(self, name: str, title: Message) -> None:
        """A stage begins."""
        number = self._stages.index(name) + 1
        self._show(100 * share_before(name, self._stages), f"{self._story}：{number}/{len(self._stages)} {say(title, self._language)}")

    def finish(self, outcome: Outcome) -> None:
        """The run has ended: its picture, a table of its videos, what somebody should look at, and the page where it can be opened."""
        says = [say(part, self._language) for part in outcome.summary_parts()]
        self._show(100.0, f"{self._story}：{says[0]}")
        key = _key(self._story)
        if cover := outcome.files.get("cover"):
            _quietly(lambda: create_image_artifact(picture_data(Path(cover)), key=f"{key}-cover", description=self._story))
        _quietly(lambda: create_table_artifact(self._videos(outcome), key=f"{key}-videos", description="\n\n".join(says)))
        page = outcome.files.get("page", "")
        if urlsplit(page).scheme in ("http", "https"):
            _quietly(lambda: create_link_artifact(page, self._story, key=f"{key}-page"))

    def fail(self, message: Message) -> None:
        """The run has ended without a video."""
        text = say(message, self._language)
        row = {say(M("Story"), self._language): self._story, say(M("What to do"), self._language): text}
        _quietly(lambda: create_table_artifact([row], key=f"{_key(self._story)}-stopped", description=text))

    def _show(self, percent: float, what: str) -> None:
        if self._progress is None:
            self._progress = _quietly(lambda: create_progress_artifact(percent, key=f"{_key(self._story)}-progress", description=what))
        else:
            progress = self._progress
            _quietly(lambda: update_progress_artifact(progress, percent, what))

    def _videos(self, outcome: Outcome) -> list[dict[str, Any]]:
        names = [say(name, self._language) for name in (M("Video"), M("Seconds"), M("Inspection"), M("File"))]
        marks = {True: "✓", False: "✗"}
        rows = [(video.name, video.length_s, marks[video.passed], video.files.get("video", "–")) for video in outcome.videos]
        return [dict(zip(names, row, strict=True)) for row in rows]


def show_releases(entries: Sequence[Entry], language: str) -> None:
    """Show a table of the releases that a run went on with, and the links of those that are public."""
    if not entries:
        return
    rows = [_release_row(entry, language) for entry in entries]
    _quietly(lambda: create_table_artifact(rows))
    for entry in entries:
        if urlsplit(entry.link).scheme in ("http", "https"):
            link, place = entry.link, place_label(entry.release.platform, entry.release.account, language)
            _quietly(partial(create_link_artifact, link, f"{entry.release.story} · {place}"))


def picture_data(path: Path) -> str:
    """A picture, made small, as an address that holds it: pages of the server must load nothing from anywhere. Raises OSError."""
    from PIL import Image

    with Image.open(path) as picture:
        picture.thumbnail((PICTURE_PX, PICTURE_PX))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"


def _release_row(entry: Entry, language: str) -> dict[str, Any]:
    release = entry.release
    cells = (
        (M("Story"), release.story),
        (M("Product"), release.offer.name if release.offer else "–"),
        (M("Place"), place_label(release.platform, release.account, language)),
        (M("State"), say(state_name(entry.state), language)),
        (M("Hour"), minute_text(release.planned_at or entry.since)),
        (M("Link"), entry.link or "–"),
    )
    return {say(name, language): value for name, value in cells}


def _key(story: str) -> str:
    """The lasting name of a story's artifacts: Prefect allows letters, digits and hyphens of ASCII."""
    return f"story-{hashlib.sha256(story.encode()).hexdigest()[:12]}"


def _quietly(show: Callable[[], Any]) -> Any:
    """Show something; what goes wrong is logged, and returns None."""
    try:
        return show()
    except Exception as error:
        log.warning("%s: %s", type(error).__name__, error)
        return None
