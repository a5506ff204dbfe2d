"""The declaration of a stage: what it reads and writes, and with that, whether its turn would change anything."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.documents.message import Message
from pipeline.resources import ASSETS, OWN_TEMPLATES, PACKAGE, TEMPLATES
from pipeline.stages.renditions import renditions
from pipeline.store import content_key, file_sha256
from pipeline.workspace import StoryContext

Progress = Callable[[float], None]
"""Told the finished share of the work, 0 to 1."""


def _none(_context: StoryContext) -> Iterable[Path]:
    return ()


@dataclass(frozen=True)
class Stage:
    """One room's turn on a story.

    run: does the work. reads, writes: documents in the story's folder. job_fields: the fields of the job that the work depends on.
    external_inputs, external_outputs: files outside the story's folder that it reads or makes.
    """

    name: str
    title: Message
    run: Callable[[StoryContext, Progress], None]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    job_fields: tuple[str, ...] = ()
    external_inputs: Callable[[StoryContext], Iterable[Path]] = _none
    external_outputs: Callable[[StoryContext], Iterable[Path]] = _none

    def key(self, context: StoryContext) -> str:
        """Return the content key of this turn: with an equal key and what it `made` still there, a second turn would change nothing."""
        return content_key(
            stage=self.name,
            story=context.story.resolve(),
            program=program_mark(),
            reads=_documents(context, self.reads),
            external_inputs=[file_mark(path) for path in self.external_inputs(context)],
            style=[file_mark(path) for path in _style_files(context)] if "template" in self.job_fields else [],
            asked=context.job.model_dump(mode="json", include=set(self.job_fields)),
        )

    def made(self, context: StoryContext) -> dict[str, str]:
        """Return what the turn left: documents with their hashes, external files with their sizes; empty for what is missing or broken."""
        documents = _documents(context, self.writes)
        if not all(documents.values()):
            return documents
        return {**documents, **{str(path): _size(context, path) for path in self.external_outputs(context)}}


def _size(context: StoryContext, path: Path) -> str:
    """Bytes of a file that is there, and whole where the store can tell; what a turn left in the store is used by those after it."""
    present = context.store.holds(path) if path.is_relative_to(context.store.root) else path.is_file()
    return str(path.stat().st_size) if present else ""


def _documents(context: StoryContext, names: Iterable[str]) -> dict[str, str]:
    """The content of documents, those of every video, by where they lie in the story's folder."""
    paths = {video.path(name) for video in renditions(context) for name in names}
    return {str(path.relative_to(context.story)): _content(path) for path in sorted(paths)}


def _content(path: Path) -> str:
    return file_sha256(path) if path.is_file() else ""


def file_mark(path: Path) -> tuple[str, int, int]:
    """A file's name, size and time: enough to see that somebody touched it, and cheap for a folder of long clips."""
    stat = path.stat() if path.is_file() else None
    return str(path), stat.st_size if stat else 0, stat.st_mtime_ns if stat else 0


def _style_files(context: StoryContext) -> Iterable[Path]:
    """The files of a style that lies in the workspace; those of the program change with the program only."""
    folder = context.root / OWN_TEMPLATES / context.job.template
    return sorted(path for path in folder.glob("*") if path.is_file()) if context.job.template else ()


@cache
def program_mark() -> str:
    """What FieldCut itself consists of: a new release, or a changed template, makes every turn a new one."""
    data = (TEMPLATES, *(ASSETS / part for part in ("lexicon", "locale", "music", "fonts", "models")))
    files = {path for part in (PACKAGE, *data) for path in part.rglob("*") if path.suffix != ".pyc" and path.is_file()}
    # A wheel carries the demo's clips inside the package: a story does not depend on them.
    demo = ASSETS / "demo"
    return content_key(files=[file_mark(path) for path in sorted(files) if not path.is_relative_to(demo)])
