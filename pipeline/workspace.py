"""The user's own folders: where a story's documents lie, what was made by us and what a person changed."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pipeline.documents.base import Document
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.settings import StorySettings, read_settings, read_story_settings, story_source
from pipeline.store import Store, delete_leftovers, delete_store_leftovers, file_sha256, load_document, stat_signature, write_atomically
from pipeline.store.disk import disk_fault, document_text
from pipeline.store.story_lock import StoryLock, running_since, workspace_gate
from pipeline.system import file_name

D = TypeVar("D", bound=Document)
OF_ONE_VIDEO = (
    "card.json",
    "framing.json",
    "look.json",
    "subtitles.json",
    "plan.json",
    "rendition.json",
    "inspection.json",
    "outbox.json",
)
"""Documents that each video of a story has for itself; all others are the story's."""
OF_ONE_EDIT = ("edit.json", "provenance.json")
"""The story's, too, but for a video that may not last as long: it has an edit of its own."""
SETTINGS = tuple(name for name in StorySettings.model_fields if name != "source")
"""What story.toml may set; a command-line option goes before it."""


class StoryContext:
    """One story at work: its documents, its store, its job."""

    def __init__(self, job: Job, own: Mapping[str, Path] | None = None) -> None:
        """own: where documents lie that do not lie in the story's folder."""
        self.job = job
        self._own = own or {}
        self.root = Path(job.workspace)
        self.story = self.root / "stories" / job.story
        self.outbox = Path(job.out) if job.out else self.root / "outbox" / job.story
        self.shelf = self.root / "shelf"
        self.store = Store(self.root / "cache")
        self._story_lock = StoryLock(self.root, job.story)
        self._shared: dict[str, tuple[tuple[int, ...], Document]] = {}

    def open(self) -> None:
        """Take the story for this process, make its folders, and sweep up what runs that died left.

        Raises PersonNeeded when another process has the story, DiskFault for a workspace that cannot be written.
        """
        folder = self.story
        try:
            self._story_lock.acquire()
            for folder in (self.outbox, self.store.root):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._story_lock.release()
            raise disk_fault(folder, error) from error
        self.store = Store(self.store.root)  # what this run uses counts as used by it
        self._sweep()

    def close(self) -> None:
        """Give the story back."""
        self._story_lock.release()

    def _sweep(self) -> None:
        began = running_since(self.root)
        if began is None:
            return
        delete_store_leftovers(self.store, began)
        delete_leftovers(self.story, began, deep=True)
        delete_leftovers(self.outbox, began, deep=not self.job.out)
        for folder in (self.shelf, *self.shelf.glob("*/")):
            delete_leftovers(folder, began)

    def beside(self, wanted: RenditionSpec, *, own_edit: bool = False) -> "StoryContext":
        """The bench of a further video of this story: its own documents in a folder of its own, the story's for the rest."""
        folder = self.story / "renditions" / wanted.name
        names = (*OF_ONE_VIDEO, *OF_ONE_EDIT) if own_edit else OF_ONE_VIDEO
        there = {"destination": wanted.destination, "width": wanted.width, "height": wanted.height, "crf": wanted.crf, "more": ()}
        there |= {"max_seconds": wanted.max_seconds} if wanted.max_seconds else {}
        bench = StoryContext(self.job.model_copy(update=there), {name: folder / name for name in names})
        bench.store, bench._shared = self.store, self._shared
        return bench

    def path(self, name: str) -> Path:
        """Where a document lies."""
        return self._own.get(name, self.story / name)

    def read(self, name: str, kind: type[D]) -> D:
        """A document of the story. One that all its videos share is read once, and again when the file is another."""
        path = self.path(name)
        if name in self._own or not path.is_file():
            return load_document(path, kind)
        mark, (known, document) = stat_signature(path), self._shared.get(name, ((), None))
        if known == mark and isinstance(document, kind):
            return document
        read = load_document(path, kind)
        self._shared[name] = mark, read
        return read

    def write(self, name: str, document: Document) -> None:
        """Write a document and remember its content as ours."""
        self.write_text(name, document_text(document))

    def write_text(self, name: str, text: str) -> None:
        """The same for a text file that a person may edit."""
        if name in self._own:
            write_atomically(self.path(name), text)
            return
        self._shared.pop(name, None)  # two writings within one tick of the file system's clock leave the same mark
        # Noted before it is written: a run that dies in between must not find its own file and take it for a person's.
        ours, new = self._made().get(name, []), hashlib.sha256(text.encode()).hexdigest()
        if ours != [new]:
            self._remember(name, [*ours, new])
        write_atomically(self.path(name), text)
        if ours != [new]:
            self._remember(name, [new])

    def _remember(self, name: str, ours: list[str]) -> None:
        """Note the contents of the file that are ours; of the story's own documents only, which a person may edit."""
        write_atomically(self.story / ".made.json", json.dumps({**self._made(), name: ours}, indent=1, ensure_ascii=False))

    def by_hand(self, name: str) -> bool:
        """Whether a person changed the file since we wrote it: such a file wins over what is computed."""
        if name in self._own:
            return False
        path, made = self.path(name), self._made()
        return path.is_file() and name in made and file_sha256(path) not in made[name]

    def _made(self) -> dict[str, list[str]]:
        """The hashes of what we wrote, by document: one, or two while it is being written."""
        try:
            made = json.loads((self.story / ".made.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        # an earlier release noted one hash without a list
        return {name: [ours] if isinstance(ours, str) else list(ours) for name, ours in made.items()} if isinstance(made, dict) else {}


def new_job(source: Path, workspace: Path, asked: Mapping[str, object], now: datetime, *, story: str = "") -> Job:
    """The job for a dropped folder: what was asked on the command line, then story.toml, then the defaults.

    asked: only what was really asked. story: its id, made from the folder's name when empty. Writes story.toml when the story
    is new. Raises UserMistake for a story.toml, or a [coop] in fieldcut.toml, that is wrong.
    """
    source, named = source.resolve(), bool(story)
    # Looked at once: a story.toml that comes up a moment later is that of another folder of the same name.
    story, begun = (story, _settings_of(story, workspace).is_file()) if named else _story_of(source, workspace)
    settings = read_story_settings(_settings_of(story, workspace)).model_dump(exclude_unset=True, exclude={"source"}) if begun else {}
    timezone = read_settings(workspace).coop.timezone
    given = {"story": story, "source": str(source), "workspace": str(workspace.resolve()), "timezone": timezone, "now": now}
    job = Job.model_validate({**settings, **asked, **given})
    return job if begun else _begin(job, named=named)


def _begin(job: Job, *, named: bool) -> Job:
    """Write a new story's settings. named: the id was asked for; else it is found again, so that of two folders of one name that are
    begun at the same time each gets its own."""
    workspace = Path(job.workspace)
    try:
        with workspace_gate(workspace):
            if not named:
                job = job.model_copy(update={"story": _story_of(Path(job.source), workspace)[0]})
            path = _settings_of(job.story, workspace)
            if not path.is_file():
                write_atomically(path, _story_toml(job))
    except OSError as error:
        raise disk_fault(workspace, error) from error
    return job


def _story_of(source: Path, workspace: Path) -> tuple[str, bool]:
    """The story of a folder, and whether it was begun: the folder's name, made safe for paths; numbered when another folder of that
    name already has a story, or one that differs in case only."""
    name = file_name(source.name) or "story"
    # What an earlier release called it: longer, and fit for fewer systems. A story keeps its name.
    for story in _numbered(re.sub(r"[^\w\-]+", "-", source.name).strip("-") or "story"):
        path = _settings_of(story, workspace)
        if not path.is_file():
            break
        if story_source(path) == str(source):
            return story, True
    begun = {path.name.casefold() for path in (workspace / "stories").glob("*/") if (path / "story.toml").is_file()}
    for story in _numbered(name):
        path = _settings_of(story, workspace)
        if path.is_file() and story_source(path) == str(source):
            return story, True
        if story.casefold() not in begun:
            return story, False
    raise UserMistake(M("Too many stories are named {name}. Rename the folder.", name=name))


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in range(2, 1000))


def _settings_of(story: str, workspace: Path) -> Path:
    return workspace / "stories" / story / "story.toml"


def _story_toml(job: Job) -> str:
    lines = ["# 这个故事的设置。去掉行首的 # 就会生效；命令行上的选项优先。", "# Settings of this story. Remove a leading # to use one."]
    lines.append(f"source = {json.dumps(job.source, ensure_ascii=False)}")
    defaults = Job.model_validate({**job.model_dump(include={"story", "source", "workspace", "now"})})
    lines += [f"# {name} = {json.dumps(getattr(defaults, name), ensure_ascii=False)}" for name in SETTINGS]
    return "\n".join(lines) + "\n"
