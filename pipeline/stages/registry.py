"""The order of the stages: the only file that knows it.

A stage reads documents, writes documents, and leaves what is costly in the content store, so walking all of them again
costs little: `fieldcut make` walks them in process, a Prefect flow walks the same list.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.resources import ASSETS, PACKAGE, TEMPLATES
from pipeline.settings import in_zone
from pipeline.stages import external_files as elsewhere
from pipeline.stages.renditions import renditions
from pipeline.stages.timings import save_stage_seconds
from pipeline.store import content_key, file_sha256
from pipeline.workspace import StoryContext

Progress = Callable[[float], None]


def _none(_bench: StoryContext) -> Iterable[Path]:
    return ()


def _body(module: str, name: str) -> Callable[[StoryContext, Progress], None]:
    """A stage's body in `stages/`, whose rooms are loaded when its turn comes: all of them take a second."""

    def run(bench: StoryContext, progress: Progress) -> None:
        getattr(import_module(f"pipeline.stages.{module}"), name)(bench, progress)

    return run


@dataclass(frozen=True)
class Stage:
    """One room's turn.

    reads, writes: documents in the story's folder. takes, leaves: files elsewhere that it reads or makes. asks: the fields of the job
    that it depends on.
    """

    name: str
    title: Message
    run: Callable[[StoryContext, Progress], None]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    job_fields: tuple[str, ...] = ()
    external_inputs: Callable[[StoryContext], Iterable[Path]] = _none
    external_outputs: Callable[[StoryContext], Iterable[Path]] = _none

    def key(self, bench: StoryContext) -> str:
        """Content key of this stage's turn: with an equal key and what it `made` still there, a second turn would change nothing."""
        return content_key(
            stage=self.name,
            story=bench.story.resolve(),
            program=_program(),
            reads=_documents(bench, self.reads),
            external_inputs=[_mark(path) for path in self.external_inputs(bench)],
            asked=bench.job.model_dump(mode="json", include=set(self.job_fields)),
        )

    def made(self, bench: StoryContext) -> dict[str, str]:
        """What the turn left: its documents with their hashes, files elsewhere with their sizes; empty for what is not there or broken."""
        documents = _documents(bench, self.writes)
        if not all(documents.values()):
            return documents
        return {**documents, **{str(path): _size(bench, path) for path in self.external_outputs(bench)}}


def _size(bench: StoryContext, path: Path) -> str:
    """Of a file that is there, and whole where the store can tell; what a turn left in the store is used by those after it."""
    there = bench.store.holds(path) if path.is_relative_to(bench.store.root) else path.is_file()
    return str(path.stat().st_size) if there else ""


def _documents(bench: StoryContext, names: Iterable[str]) -> dict[str, str]:
    """The content of documents, those of every video, by where they lie in the story's folder."""
    paths = {one.path(name) for one in renditions(bench) for name in names}
    return {str(path.relative_to(bench.story)): _content(path) for path in sorted(paths)}


def _content(path: Path) -> str:
    return file_sha256(path) if path.is_file() else ""


def _mark(path: Path) -> tuple[str, int, int]:
    """A file's name, size and time: enough to see that somebody touched it, and cheap for a folder of long clips."""
    stat = path.stat() if path.is_file() else None
    return str(path), stat.st_size if stat else 0, stat.st_mtime_ns if stat else 0


@cache
def _program() -> str:
    """What FieldCut itself consists of: a new release, or a changed template, makes every turn a new one."""
    data = (TEMPLATES, *(ASSETS / part for part in ("lexicon", "locale", "music", "fonts", "models")))
    files = {path for part in (PACKAGE, *data) for path in part.rglob("*") if path.suffix != ".pyc" and path.is_file()}
    # A wheel carries the demo's clips inside the package: a story does not depend on them.
    demo = ASSETS / "demo"
    return content_key(files=[_mark(path) for path in sorted(files) if not path.is_relative_to(demo)])


STAGES: tuple[Stage, ...] = (
    Stage(
        "catalog",
        M("product sheet and note"),
        _body("understanding", "catalog"),
        writes=("catalog.json", "brief.json"),
        job_fields=("source", "catalog", "product", "timezone", "now"),
        external_inputs=elsewhere.dropped_files,
    ),
    Stage(
        "footage",
        M("looking at the clips"),
        _body("understanding", "footage"),
        writes=("clips.json",),
        job_fields=("source", "timezone"),
        external_inputs=elsewhere.dropped_files,
    ),
    Stage("analysis", M("judging picture and sound"), _body("understanding", "analysis"), ("clips.json",), ("analyses.json",)),
    Stage(
        "speech",
        M("writing down what is said"),
        _body("understanding", "speech"),
        ("catalog.json", "brief.json", "clips.json", "analyses.json"),
        ("transcripts.json",),
        ("speech",),
    ),
    Stage(
        "commerce",
        M("offer and price"),
        _body("understanding", "commerce"),
        ("catalog.json", "brief.json", "clips.json", "transcripts.json"),
        ("choice.json", "card.json"),
        ("product", "timezone", "now", "destination", "width", "height", "language", "more"),
    ),
    Stage(
        "edit",
        M("choosing and cutting"),
        _body("composing", "edit"),
        ("catalog.json", "brief.json", "choice.json", "clips.json", "analyses.json", "transcripts.json"),
        ("edit.json", "framing.json", "prices.json", "provenance.json"),
        ("max_seconds", "width", "height", "fps", "template", "destination", "more"),
        elsewhere.own_music,
    ),
    Stage(
        "brand",
        M("drawing title and cards"),
        _body("composing", "brand"),
        ("brief.json", "choice.json", "card.json", "edit.json", "provenance.json"),
        ("look.json",),
        ("template", "destination", "width", "height", "fps", "language", "more"),
        elsewhere.product_photo,
        elsewhere.layer_files,
    ),
    Stage(
        "subtitles",
        M("setting subtitles"),
        _body("composing", "subtitles"),
        ("edit.json", "transcripts.json", "look.json"),
        ("subtitles.json", "subtitles.srt"),
        ("template", "more"),
    ),
    Stage(
        "render",
        M("rendering"),
        _body("producing", "render"),
        ("clips.json", "analyses.json", "edit.json", "framing.json", "provenance.json", "look.json", "subtitles.json"),
        ("plan.json", "rendition.json", "notices.json"),
        ("preset", "music", "destination", "template", "encoder", "more"),
        elsewhere.own_music,
        elsewhere.finished_videos,
    ),
    Stage(
        "inspection",
        M("checking the finished video"),
        _body("producing", "inspection"),
        ("edit.json", "look.json", "subtitles.json", "plan.json", "rendition.json"),
        ("inspection.json",),
        ("destination", "more"),
    ),
    Stage(
        "deliver",
        M("putting it in the outbox"),
        _body("delivering", "deliver"),
        ("subtitles.json", "rendition.json", "inspection.json"),
        ("outbox.json",),
        ("destination", "width", "height", "out", "more"),
        external_outputs=elsewhere.outbox_files,
    ),
    Stage(
        "lesson",
        M("writing the report"),
        _body("delivering", "lesson"),
        (
            "clips.json",
            "analyses.json",
            "transcripts.json",
            "choice.json",
            "edit.json",
            "prices.json",
            "look.json",
            "subtitles.json",
            "rendition.json",
            "inspection.json",
        ),
        ("report.html",),
        ("language", "out"),
        external_outputs=elsewhere.report_copy,
    ),
)
NAMES = tuple(stage.name for stage in STAGES)


def stages_to(stop_after: str) -> Sequence[Stage]:
    """The stages up to and with the named one; all of them for an empty name. Raises UserMistake for an unknown name."""
    if not stop_after:
        return STAGES
    if stop_after not in NAMES:
        raise UserMistake(M("There is no stage {name}. The stages are: {known}.", name=stop_after, known=", ".join(NAMES)))
    return STAGES[: NAMES.index(stop_after) + 1]


def run_stage(bench: StoryContext, stage: Stage, progress: Progress) -> float:
    """One stage's turn on an open bench; returns and notes the seconds it took."""
    begun = time.monotonic()
    with in_zone(bench.job.timezone):
        stage.run(bench, progress)
    seconds = time.monotonic() - begun
    save_stage_seconds(bench, stage.name, seconds)
    return seconds
