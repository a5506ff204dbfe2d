"""The workspace, a user's own folder: where a story's documents lie, which of them FieldCut wrote and which a person changed."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pipeline.documents.base import Document
from pipeline.documents.inbox import DROPPED_SETTINGS
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.message import M
from pipeline.errors import DiskFault, UserMistake
from pipeline.other_machines import OtherMachines
from pipeline.settings import StoreSettings, StorySettings, read_settings, read_story_settings, story_source
from pipeline.store import Store, delete_leftovers, delete_store_leftovers, file_sha256, load_document, stat_signature, write_atomically
from pipeline.store.disk import disk_fault, document_text, require_writable
from pipeline.store.story_lock import StoryLock, running_since, workspace_gate
from pipeline.story_layout import EDIT_DOCUMENTS, RENDITION_DOCUMENTS, RENDITIONS, migrate_story
from pipeline.system import file_name

D = TypeVar("D", bound=Document)
STORY_SETTINGS = tuple(name for name in StorySettings.model_fields if name != "source")
"""Names of the settings in story.toml; command-line options override them."""


class StoryContext:
    """One story during a run: its job, its folders, its documents and the content store."""

    def __init__(self, job: Job, own_paths: Mapping[str, Path] | None = None) -> None:
        """own_paths: by name, the documents that do not lie in the story's folder."""
        self.job = job
        self._own_paths = own_paths or {}
        self.root = Path(job.workspace)
        self.story = self.root / "stories" / job.story
        self.outbox = Path(job.out) if job.out else self.root / "outbox" / job.story
        self.shelf = self.root / "shelf"
        self.store = Store(self.root / "cache")
        self.machines: OtherMachines | None = None
        """Machines that may take a part of the work; none unless whoever runs the story knows some."""
        self._story_lock = StoryLock(self.root, job.story)
        self._cached_documents: dict[Path, tuple[tuple[int, ...], Document]] = {}

    def open(self) -> None:
        """Lock the story for this process, make its folders, migrate it, and remove what killed runs left.

        Raises PersonNeeded when another process holds the story, DiskFault for a workspace that cannot be written, UserMistake for a
        [store] in fieldcut.toml that is wrong. A shared store that is not there now is gone without.
        """
        folder, shared = self.story, read_settings(self.root).store
        try:
            self._story_lock.acquire()
            for folder in (self.outbox, self.store.root):
                folder.mkdir(parents=True, exist_ok=True)
                require_writable(folder)
            migrate_story(self.story)
        except DiskFault:
            self._story_lock.release()
            raise
        except OSError as error:
            self._story_lock.release()
            raise disk_fault(folder, error) from error
        self.store = _open_store(self.store.root, shared)  # opened anew, so that what this run uses counts as used now
        self._sweep()

    def close(self) -> None:
        """Release the story's lock."""
        self._story_lock.release()

    def _sweep(self) -> None:
        oldest_run = running_since(self.root)
        if oldest_run is None:
            return
        delete_store_leftovers(self.store, oldest_run)
        delete_leftovers(self.story, oldest_run, deep=True)
        delete_leftovers(self.outbox, oldest_run, deep=not self.job.out)
        for folder in (self.shelf, *self.shelf.glob("*/")):
            delete_leftovers(folder, oldest_run)

    def for_rendition(self, spec: RenditionSpec, *, own_edit: bool = False) -> "StoryContext":
        """The context of a rendition of this story: its own documents in its own folder, the story's for the rest.

        own_edit: whether the rendition has an edit of its own.
        """
        folder = self.story / RENDITIONS / spec.name
        names = (*RENDITION_DOCUMENTS, *EDIT_DOCUMENTS) if own_edit else RENDITION_DOCUMENTS
        crf = spec.crf or self.job.crf
        changes = {"destination": spec.destination, "width": spec.width, "height": spec.height, "crf": crf, "more": ()}
        changes |= {"max_seconds": spec.max_seconds} if spec.max_seconds else {}
        context = StoryContext(self.job.model_copy(update=changes), {name: folder / name for name in names})
        context.store, context._cached_documents = self.store, self._cached_documents
        return context

    def path(self, name: str) -> Path:
        """The path of a document."""
        return self._own_paths.get(name, self.story / name)

    def read(self, name: str, model: type[D]) -> D:
        """Read a document of the story. It is cached, whatever rendition asks for it, and read again when the file has changed.

        Raises what `load_document` raises for a missing or broken file.
        """
        path = self.path(name)
        if not path.is_file():
            return load_document(path, model)
        signature, (cached_signature, document) = stat_signature(path), self._cached_documents.get(path, ((), None))
        if cached_signature == signature and isinstance(document, model):
            return document
        fresh = load_document(path, model)
        self._cached_documents[path] = signature, fresh
        return fresh

    def write(self, name: str, document: Document) -> None:
        """Write a document and note its hash as written by FieldCut."""
        self.write_text(name, document_text(document))

    def write_by_hand(self, name: str, document: Document) -> None:
        """Write a document as a person would: it wins over what is computed, until it is as FieldCut wrote it."""
        self._cached_documents.pop(self.path(name), None)
        write_atomically(self.path(name), document_text(document))

    def write_text(self, name: str, text: str) -> None:
        """Write a text file that a person may edit, and note its hash as written by FieldCut."""
        self._cached_documents.pop(self.path(name), None)  # two writes within one tick of the file system's clock have the same signature
        if name in self._own_paths:
            write_atomically(self.path(name), text)
            return
        # Noted before the file is written: after a kill in between, the next run must not take the file for a person's.
        hashes, new_hash = self._written_hashes().get(name, []), hashlib.sha256(text.encode()).hexdigest()
        if hashes != [new_hash]:
            self._remember(name, [*hashes, new_hash])
        write_atomically(self.path(name), text)
        if hashes != [new_hash]:
            self._remember(name, [new_hash])

    def _remember(self, name: str, hashes: list[str]) -> None:
        """Note the hashes of a file's contents that FieldCut wrote; only for the story's own documents, which a person may edit."""
        write_atomically(self.story / ".made.json", json.dumps({**self._written_hashes(), name: hashes}, indent=1, ensure_ascii=False))

    def edited_by_hand(self, name: str) -> bool:
        """Whether a person changed the file since FieldCut wrote it: such a file wins over what is computed."""
        if name in self._own_paths:
            return False
        path, written = self.path(name), self._written_hashes()
        return path.is_file() and name in written and file_sha256(path) not in written[name]

    def has_written(self, name: str, text: str) -> bool:
        """Whether FieldCut's last version of a file that a person may edit was this text, or was to be."""
        return hashlib.sha256(text.encode()).hexdigest() in self._written_hashes().get(name, [])

    def _written_hashes(self) -> dict[str, list[str]]:
        """The hashes of what FieldCut wrote, by document: one, or two while it is being written."""
        try:
            hashes_by_name = json.loads((self.story / ".made.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(hashes_by_name, dict):
            return {}
        # an earlier release noted one hash without a list
        return {name: [hashes] if isinstance(hashes, str) else list(hashes) for name, hashes in hashes_by_name.items()}


def _open_store(root: Path, shared: StoreSettings) -> Store:
    """The store of a workspace, with what other machines share where the settings name a place."""
    if not shared.shared:
        return Store(root)
    from pipeline.store.shared import SharedStore
    from pipeline.store.shared_files import SharedStoreUnreachable, open_shared_files

    try:
        return SharedStore(root, open_shared_files(shared.shared, shared.endpoint_url, shared.region))
    except SharedStoreUnreachable as error:
        store = Store(root)
        store.trouble = error.message
        return store


def new_job(source: Path, workspace: Path, options: Mapping[str, object], now: datetime, *, story: str = "") -> Job:
    """Make the job for a dropped folder: options of the command line, then a story.toml beside the clips, then the story's own, then the
    defaults.

    options: fields of `Job`, only those that were given. story: its id, made from the folder's name when empty. Writes story.toml when
    the story is new. Raises UserMistake for a story.toml, or a [coop] in fieldcut.toml, that is wrong.
    """
    source, named = source.resolve(), bool(story)
    # Looked up once: a story.toml that appears a moment later belongs to another folder of the same name.
    story, exists = (story, _settings_path(story, workspace).is_file()) if named else _story_id(source, workspace)
    settings = read_story_settings(_settings_path(story, workspace)).model_dump(exclude_unset=True, exclude={"source"}) if exists else {}
    settings |= _dropped_settings(source)
    workspace_settings = read_settings(workspace)
    coop = workspace_settings.coop
    fixed = {"story": story, "source": str(source), "workspace": str(workspace.resolve()), "timezone": coop.timezone, "now": now}
    fixed |= {"coop": coop.brand_in(workspace.resolve()), "speech_model": workspace_settings.speech.model_in(workspace.resolve())}
    job = Job.model_validate({**settings, **options, **fixed})
    return job if exists else _begin_story(job, named=named)


def story_of(source: Path, workspace: Path) -> str:
    """The id of a dropped folder's story; empty while it has none."""
    story, exists = _story_id(source.resolve(), workspace)
    return story if exists else ""


def _dropped_settings(source: Path) -> dict[str, object]:
    """What a story.toml beside the clips sets. Raises UserMistake for one that is wrong."""
    path = source / DROPPED_SETTINGS
    return read_story_settings(path).model_dump(exclude_unset=True, exclude={"source"}) if path.is_file() else {}


def _begin_story(job: Job, *, named: bool) -> Job:
    """Write a new story's story.toml and return its job.

    named: whether the caller chose the id; otherwise it is chosen again under the workspace's lock, so that two folders of one name
    that are begun at the same time get two ids. Raises DiskFault when the file cannot be written.
    """
    workspace = Path(job.workspace)
    try:
        with workspace_gate(workspace):
            if not named:
                job = job.model_copy(update={"story": _story_id(Path(job.source), workspace)[0]})
            path = _settings_path(job.story, workspace)
            if not path.is_file():
                write_atomically(path, _story_toml(job))
    except OSError as error:
        raise disk_fault(workspace, error) from error
    return job


def _story_id(source: Path, workspace: Path) -> tuple[str, bool]:
    """The id of a folder's story, and whether the story exists.

    The id is the folder's name, made safe for paths, and numbered when another folder with that name, or one that differs only in
    case, has a story. Raises UserMistake when there are too many.
    """
    name = file_name(source.name) or "story"
    # The id in earlier releases, longer and not safe on every system: a story keeps its id.
    for story in _numbered_names(re.sub(r"[^\w\-]+", "-", source.name).strip("-") or "story"):
        path = _settings_path(story, workspace)
        if not path.is_file():
            break
        if story_source(path) == str(source):
            return story, True
    taken = {path.name.casefold() for path in (workspace / "stories").glob("*/") if (path / "story.toml").is_file()}
    for story in _numbered_names(name):
        path = _settings_path(story, workspace)
        if path.is_file() and story_source(path) == str(source):
            return story, True
        if story.casefold() not in taken:
            return story, False
    raise UserMistake(M("Too many stories are named {name}. Rename the folder.", name=name))


def _numbered_names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in range(2, 1000))


def _settings_path(story: str, workspace: Path) -> Path:
    return workspace / "stories" / story / "story.toml"


def _story_toml(job: Job) -> str:
    lines = ["# 这个故事的设置。去掉行首的 # 就会生效；命令行上的选项优先。", "# Settings of this story. Remove a leading # to use one."]
    lines.append(f"source = {json.dumps(job.source, ensure_ascii=False)}")
    defaults = Job.model_validate({**job.model_dump(include={"story", "source", "workspace", "now"})})
    lines += [f"# {name} = {json.dumps(getattr(defaults, name), ensure_ascii=False)}" for name in STORY_SETTINGS]
    return "\n".join(lines) + "\n"
