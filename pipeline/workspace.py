"""The user's own folders: where a story's documents lie, what was made by us and what a person changed."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from pipeline.documents.base import Document
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.store import Store, file_sha256, load, save, write_atomically
from pipeline.store.disk import disk_fault

D = TypeVar("D", bound=Document)
SETTINGS = ("product", "template", "destination", "max_seconds", "width", "height", "preset", "language", "speech", "music")
"""What story.toml may set; a command-line option goes before it."""


class Bench:
    """One story at work: its documents, its store, its job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.root = Path(job.workspace)
        self.story = self.root / "stories" / job.story
        self.outbox = Path(job.out) if job.out else self.root / "outbox" / job.story
        self.shelf = self.root / "shelf"
        self.store = Store(self.root / "cache")
        self._lock = FileLock(self.story / ".lock")

    def open(self) -> None:
        """Make the folders and take the story for this process. Raises DiskFault for a workspace that cannot be written."""
        folder = self.story
        try:
            for folder in (self.story, self.outbox, self.store.root):
                folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise PersonNeeded(M("Another run is working on the story {story}. Wait until it is done.", story=self.job.story)) from error
        except OSError as error:
            raise disk_fault(folder, error) from error

    def close(self) -> None:
        """Give the story back."""
        self._lock.release()

    def read(self, name: str, kind: type[D]) -> D:
        """A document of the story."""
        return load(self.story / name, kind)

    def write(self, name: str, document: Document) -> None:
        """Write a document and remember its content as ours."""
        save(self.story / name, document)
        self.remember(name)

    def write_text(self, name: str, text: str) -> None:
        """The same for a text file that a person may edit."""
        write_atomically(self.story / name, text)
        self.remember(name)

    def remember(self, name: str) -> None:
        """Note the file's present content as made by us."""
        made = {**self._made(), name: file_sha256(self.story / name)}
        write_atomically(self.story / ".made.json", json.dumps(made, indent=1, ensure_ascii=False))

    def by_hand(self, name: str) -> bool:
        """Whether a person changed the file since we wrote it: such a file wins over what is computed."""
        path = self.story / name
        return path.is_file() and name in self._made() and self._made()[name] != file_sha256(path)

    def _made(self) -> dict[str, str]:
        try:
            made = json.loads((self.story / ".made.json").read_text())
        except (OSError, ValueError):
            return {}
        return made if isinstance(made, dict) else {}


def new_job(source: Path, workspace: Path, asked: Mapping[str, object], now: datetime, *, story: str = "") -> Job:
    """The job for a dropped folder: what was asked on the command line, then story.toml, then the defaults.

    asked: only what was really asked. story: its id, made from the folder's name when empty. Writes story.toml when the story
    is new. Raises UserMistake for a story.toml that is wrong.
    """
    source = source.resolve()
    story = story or story_id(source, workspace)
    path = workspace / "stories" / story / "story.toml"
    settings = _settings(path)
    given = {"story": story, "source": str(source), "workspace": str(workspace.resolve()), "now": now}
    job = Job.model_validate({**settings, **asked, **given})
    if not path.is_file():
        write_atomically(path, _story_toml(job))
    return job


def story_id(source: Path, workspace: Path) -> str:
    """The folder's name, made safe for paths; numbered when another folder of that name already has a story."""
    name = re.sub(r"[^\w\-]+", "-", source.name).strip("-") or "story"
    for number in range(1, 1000):
        story = name if number == 1 else f"{name}-{number}"
        path = workspace / "stories" / story / "story.toml"
        if not path.is_file() or _toml(path).get("source") == str(source):
            return story
    raise UserMistake(M("Too many stories are named {name}. Rename the folder.", name=name))


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = M("{path} cannot be read: {error}. Correct it, or delete it to start afresh.", path=str(path), error=str(error))
        raise UserMistake(reason) from error


def _settings(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    content = _toml(path)
    unknown = sorted(set(content) - set(SETTINGS) - {"source"})
    if unknown:
        raise UserMistake(
            M("{path}: unknown setting {name}. Allowed are: {known}.", path=str(path), name=unknown[0], known=", ".join(SETTINGS))
        )
    return {key: value for key, value in content.items() if key != "source"}


def _story_toml(job: Job) -> str:
    lines = ["# 这个故事的设置。去掉行首的 # 就会生效；命令行上的选项优先。", "# Settings of this story. Remove a leading # to use one."]
    lines.append(f"source = {json.dumps(job.source, ensure_ascii=False)}")
    defaults = Job.model_validate({**job.model_dump(include={"story", "source", "workspace", "now"})})
    lines += [f"# {name} = {json.dumps(getattr(defaults, name), ensure_ascii=False)}" for name in SETTINGS]
    return "\n".join(lines) + "\n"
