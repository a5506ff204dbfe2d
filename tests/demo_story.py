"""The demo story, made once for all tests that want it."""

import hashlib
import pickle
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.cli.screen import Screen
from pipeline.actions.make import make_story
from pipeline.actions.outcome import Outcome
from pipeline.publish.ledger import Actor, Who, open_ledger
from pipeline.resources import ASSETS

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
FOLDER, CATALOG = ASSETS / "demo" / "story", ASSETS / "demo" / "catalog.csv"
HEARD = ("VID_20261018_081200.mp4", "果园 远景.mp4")
SMALL = {"width": 270, "height": 480, "preset": "draft"}
VIDEO = Path("renditions", "shelf-270x480")
"""Where the documents of the small video lie in the story's folder."""
Made = tuple[Outcome, Path, dict[str, str]]
"""Outcome, workspace, and the dropped folder's files before it."""


def make(folder: Path, workspace: Path, **asked: Any) -> Outcome:
    """Make a small video in this process."""
    return make_story(folder, workspace, {**SMALL, **asked}, NOW, "", Screen("zh", quiet=True))


def look_at_faces(workspace: Path, story: str) -> None:
    """A person has looked at the story's close faces and seen no child: the speaker of the demo's talk is drawn."""
    workspace.mkdir(parents=True, exist_ok=True)
    with open_ledger(workspace / "ledger.db") as ledger:
        ledger.consents.record(story, "", "", by=Actor(who=Who.PERSON, name="李老师"), at=NOW)


def make_demo(workspace: Path) -> None:
    """Make the demo in a new workspace and note how it went."""
    before = fingerprints(FOLDER)
    look_at_faces(workspace, FOLDER.name)
    outcome = make(FOLDER, workspace, catalog=str(CATALOG), template="liangshan")
    (workspace / "outcome.pickle").write_bytes(pickle.dumps((outcome, workspace, before)))


def hear_demo(workspace: Path) -> None:
    """Look at and listen to those clips of the demo of which stories without talk are made again and again, in a new workspace."""
    folder = workspace / "dropped" / "果园"
    folder.mkdir(parents=True)
    for name in HEARD:
        shutil.copy2(FOLDER / name, folder / name)
    make_story(folder, workspace, {**SMALL, "catalog": str(CATALOG)}, NOW, "speech", Screen("zh", quiet=True))


def made_demo(workspace: Path) -> Made:
    """What `make_demo` noted."""
    made: Made = pickle.loads((workspace / "outcome.pickle").read_bytes())
    return made


def fingerprints(folder: Path) -> dict[str, str]:
    """Content and time of every file in a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() + str(path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
