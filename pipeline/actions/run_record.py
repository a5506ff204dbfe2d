"""The record of a story's run, `run.json` in its folder: written while the run goes on, for pages and people that look from outside."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pipeline.actions.outcome import Outcome
from pipeline.documents.base import Document
from pipeline.documents.message import M
from pipeline.documents.story_run import RunState, StoryRun
from pipeline.errors import DiskFault, Fault, FieldCutError, PersonNeeded
from pipeline.store import load_document, save_document

RECORD, OUTCOME = "run.json", "outcome.json"
BY_HAND = "by-hand:"
"""How the key of an order begins that a person gave with `fieldcut make`."""
WEIGHTS = {"analysis": 10.0, "speech": 6.0, "brand": 1.5, "render": 28.0, "inspection": 9.5, "deliver": 1.0, "lesson": 3.5}
"""Parts of a cold run's time that stages take (benchmarks/main_job.py, 30 s of video in 1080x1920); every other stage is short."""
SHORT = 0.2
WRITE_EVERY_S = 1.0
STOPPED = M("It was stopped. It goes on where it stopped when it is begun again.")
GUESS_FROM = 0.05
"""Share of a run after which what is left is told from what has passed."""


def read_run(story: Path) -> StoryRun | None:
    """The record of a story's last run; None when there is none that can be read. story: the story's folder in the workspace."""
    try:
        return load_document(story / RECORD, StoryRun)
    except FieldCutError:
        return None


def save_stopped(story: Path, key: str, began_at: datetime, now: datetime) -> None:
    """Note that a person has ended the run of that order. Raises DiskFault."""
    facts = {"key": key, "state": "failed", "share": 1.0, "began_at": began_at, "changed_at": now, "said": (STOPPED,)}
    save_document(story / RECORD, StoryRun(story=story.name, error=Fault.__name__, **facts))


def read_outcome(story: Path, key: str) -> Outcome | None:
    """The outcome of the run of that order; None when it left none."""
    try:
        kept = load_document(story / OUTCOME, RunOutcome)
    except FieldCutError:
        return None
    return kept.outcome if kept.key == key else None


def stage_share(run: StoryRun, stages: Sequence[str]) -> float:
    """How much of the stage at work is done, 0..1. stages: all of the run, in order."""
    weights = [WEIGHTS.get(name, SHORT) for name in stages]
    index = stages.index(run.stage)
    return min(max((run.share * sum(weights) - sum(weights[:index])) / weights[index], 0.0), 1.0)


def share_before(stage: str, stages: Sequence[str]) -> float:
    """How much of a run is done when a stage begins, 0..1. stages: all of the run, in order."""
    weights = [WEIGHTS.get(name, SHORT) for name in stages]
    return sum(weights[: stages.index(stage)]) / sum(weights)


class RunOutcome(Document):
    """What the run of an order came to."""

    key: str
    outcome: Outcome


class RunRecord:
    """Writes one run's record. A disk that refuses it ends no run."""

    def __init__(self, story: Path, stages: Sequence[str], key: str = "") -> None:
        """story: the story's folder. stages: their names, in order. key: of the order that began the run."""
        now = datetime.now(UTC)
        self._path = story / RECORD
        self._run = StoryRun(story=story.name, key=key, began_at=now, changed_at=now)
        self._weights = [WEIGHTS.get(name, SHORT) for name in stages]
        self._stages = list(stages)
        self._began_s = self._written_s = time.monotonic()
        self._write()

    @property
    def at_work(self) -> str:
        """The stage that began last; empty before the first."""
        return self._run.stage

    def stage(self, name: str) -> Callable[[float], None]:
        """A stage begins. Returns a callback that takes the share of it that is done, 0..1."""
        index = self._stages.index(name)
        before, own, whole = sum(self._weights[:index]), self._weights[index], sum(self._weights)
        self._run = self._run.model_copy(update={"stage": name})

        def progress(part: float, *, at_once: bool = False) -> None:
            if (at_once or time.monotonic() - self._written_s >= WRITE_EVERY_S) and not self._was_stopped():
                self._advance((before + own * min(max(part, 0.0), 1.0)) / whole)

        progress(0.0, at_once=True)
        return progress

    def finish(self, outcome: Outcome) -> None:
        """The run has ended with an outcome, which is kept for whoever ordered it."""
        with suppress(DiskFault):
            save_document(self._path.with_name(OUTCOME), RunOutcome(key=self._run.key, outcome=outcome))
        files = outcome.files
        self._end(
            "ready" if outcome.passed else "needs_person",
            said=(*outcome.failed, *outcome.warnings),
            film_again=tuple(outcome.retake),
            set_aside=tuple(outcome.set_aside),
            video=files.get("video", ""),
            cover=files.get("cover", ""),
            report=files.get("report", ""),
        )

    def stop(self, error: FieldCutError) -> None:
        """The run has ended with an error."""
        state: RunState = "needs_person" if error.exit_code == PersonNeeded.exit_code else "failed"
        self._end(state, said=(error.message,), error=type(error).__name__)

    def interrupt(self) -> None:
        """The run was cancelled."""
        self._end("failed", said=(STOPPED,), error=Fault.__name__)

    def _was_stopped(self) -> bool:
        """Whether a person has ended this run meanwhile: its process has a moment to live."""
        run = read_run(self._path.parent)
        return run is not None and run.key == self._run.key and run.state == "failed"

    def _advance(self, share: float) -> None:
        passed_s = time.monotonic() - self._began_s
        left_s = passed_s * (1 - share) / share if share >= GUESS_FROM else None
        self._run = self._run.model_copy(update={"share": round(share, 4), "left_s": left_s, "changed_at": datetime.now(UTC)})
        self._write()

    def _end(self, state: RunState, **facts: object) -> None:
        self._run = self._run.model_copy(update={"state": state, "share": 1.0, "left_s": None, "changed_at": datetime.now(UTC), **facts})
        self._write()

    def _write(self) -> None:
        self._written_s = time.monotonic()
        with suppress(DiskFault):
            save_document(self._path, self._run)
