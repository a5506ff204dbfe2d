"""The last run of a story, kept so that the same command over unchanged files tells its outcome again without loading a stage.

What a run depends on is marked when it ends: the request, the program, the clips, the sheet, settings, styles, the story's documents, the
ledger, and what the run left in outbox, shelf and cache. Any of them touched, another day, or an offer that began or ended meanwhile, and
the stages are walked as ever; what is kept here saves time and decides nothing.
"""

import contextlib
import hashlib
import json
import os
import sysconfig
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.actions.outcome import Outcome
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.documents.offer import Catalog
from pipeline.errors import FieldCutError
from pipeline.resources import OWN_TEMPLATES
from pipeline.settings import MODEL_VARIABLE, read_settings
from pipeline.stages.external_files import dropped_files
from pipeline.stages.registry import ORDER, load_stage
from pipeline.stages.stage import file_mark, program_mark
from pipeline.store import content_key, load_document, write_atomically
from pipeline.workspace import StoryContext, story_of

FILE = ".last_run.json"
"""In the story's folder."""
CLOCK_TICK_S = 2.0
"""File times are no finer on some disks: what was touched so shortly before a run may have been touched in it."""
_OUTCOME = TypeAdapter(Outcome)


@dataclass(frozen=True)
class Repeated:
    """What the last run came to, and its story."""

    context: StoryContext
    outcome: Outcome


class LastRun:
    """What one command asks, held against the run before it."""

    def __init__(self, folder: Path, workspace: Path, options: Mapping[str, object], now: datetime, story: str = "") -> None:
        """As `make_story` takes them."""
        self._folder, self._workspace, self._now, self._story = folder, workspace, now, story
        self._request = json.loads(json.dumps({**options, "folder": str(folder.resolve())}, default=str, sort_keys=True))
        self._begun_s = time.time()

    def repeated(self) -> Repeated | None:
        """Return the last run's outcome where nothing has changed since; None where the stages must be walked."""
        with contextlib.suppress(OSError, ValueError, ValidationError, FieldCutError, KeyError):
            return self._repeated()
        return None

    def _repeated(self) -> Repeated | None:
        story = self._story or (story_of(self._folder, self._workspace) if self._folder.is_dir() else "")
        folder = self._workspace / "stories" / story
        if not story or not (folder / FILE).is_file():
            return None
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if kept["request"] != self._request or not self._same_offers(folder, datetime.fromisoformat(kept["now"])):
            return None
        job = load_document(folder / "job.json", Job).model_copy(update={"now": self._now})
        if Path(job.workspace) != self._workspace.resolve():
            return None
        context = StoryContext(job)
        context.open()
        try:
            if kept["state"] != _state(context, map(Path, kept["files"])):
                return None
        finally:
            context.close()
        return Repeated(context, _as_reused(_OUTCOME.validate_python(kept["outcome"])))

    def _same_offers(self, folder: Path, then: datetime) -> bool:
        """Whether the sheet says the same at both times: on one day, with no offer that began or ended between them."""
        if not then <= self._now or then.astimezone(self._now.tzinfo).date() != self._now.date():
            return False
        offers = load_document(folder / "catalog.json", Catalog).offers
        bounds = (bound for offer in offers for bound in (offer.offer_begins, offer.offer_ends) if bound is not None)
        return not any(then <= bound <= self._now for bound in bounds)

    def keep(self, context: StoryContext, outcome: Outcome) -> None:
        """Keep a whole run that ended well. Keeps nothing where a file may have changed while it ran, and never fails."""
        kept = context.story / FILE
        with contextlib.suppress(OSError, FieldCutError):
            kept.unlink(missing_ok=True)
            if outcome.passed and not self._touched_meanwhile(context):
                files = sorted({str(path) for path in _external_files(context)})
                facts = {"request": self._request, "now": self._now.isoformat(), "files": files}
                facts |= {"state": _state(context, map(Path, files)), "outcome": _OUTCOME.dump_python(outcome, mode="json")}
                write_atomically(kept, json.dumps(facts, ensure_ascii=False))

    def _touched_meanwhile(self, context: StoryContext) -> bool:
        inputs = {path for name in ORDER for path in load_stage(name).external_inputs(context)}
        inputs |= {Path(context.job.source), *_settings_files(context)}
        inputs = {path for path in inputs if not path.is_relative_to(context.story)}
        if any(_touched_s(path) >= self._begun_s - CLOCK_TICK_S for path in inputs):
            return True
        return any(context.edited_by_hand(path.name) and _touched_s(path) >= self._begun_s for path in _files_in(context.story))


def _external_files(context: StoryContext) -> Iterator[Path]:
    for name in ORDER:
        yield from load_stage(name).external_inputs(context)
        yield from load_stage(name).external_outputs(context)


def _state(context: StoryContext, files: Iterable[Path]) -> str:
    """The hash of everything the run depends on and has left. files: those outside the story's folder that its stages read and made."""
    page = context.shelf / context.job.story
    places: tuple[Path, ...] = (context.story, context.outbox, page, context.root / OWN_TEMPLATES)
    ledger = read_settings(context.root).publish.ledger_in(context.root)
    paths = {*files, *dropped_files(context), *_settings_files(context), context.shelf / "index.html"}
    if model := os.environ.get(MODEL_VARIABLE):  # its files may be exchanged where they lie
        places = (*places, Path(model))
    paths |= {path for place in places for path in _files_in(place)}
    if isinstance(ledger, Path):
        paths |= {ledger, ledger.with_name(ledger.name + "-wal")}
    return content_key(
        program=program_mark(),
        packages=Path(sysconfig.get_path("purelib")).stat().st_mtime_ns,
        environment={name: value for name, value in os.environ.items() if name.startswith("FIELDCUT_")},
        ledger=str(ledger) if isinstance(ledger, Path) else hashlib.sha256(os.urandom(16)).hexdigest(),  # a server's is not watched
        files=[file_mark(path) for path in sorted(paths)],
    )


def _settings_files(context: StoryContext) -> list[Path]:
    """fieldcut.toml, the co-op's own sheet, and whatever else a person put at the top of the workspace, but not the ledger."""
    return [path for path in context.root.iterdir() if path.suffix in (".toml", ".csv", ".xlsx") and path.is_file()]


def _files_in(folder: Path) -> Iterator[Path]:
    """All files in a folder and those in it, without hidden ones: locks and notes of the program."""
    return (path for path in folder.rglob("*") if not path.name.startswith(".") and path.is_file())


def _touched_s(path: Path) -> float:
    if not path.exists():
        return 0.0
    stat = path.stat()
    return max(stat.st_mtime, stat.st_ctime)


def _as_reused(outcome: Outcome) -> Outcome:
    """The outcome as the same run tells it now: it took no time and made nothing."""
    same = M("nothing has changed since the last run")
    videos = [
        replace(
            video,
            chunks=(0, sum(video.chunks)),
            fates=tuple(fate.model_copy(update={"made": False, "why": same}) for fate in video.fates),
        )
        for video in outcome.videos
    ]
    return replace(outcome, videos=videos, seconds=dict.fromkeys(outcome.seconds, 0.0))
