"""`fieldcut make` while `fieldcut up` keeps the workspace: the run is ordered there and followed to its end, as if it went on here."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flows.prefect_api import PrefectApi
from flows.story_runs import PrefectStoryRuns
from pipeline import errors
from pipeline.actions.make import leaving_no_ghost
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.run_record import BY_HAND, read_outcome, read_run, stage_share
from pipeline.actions.story_job import job_of
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.documents.story_run import StoryRun
from pipeline.errors import Fault, FieldCutError
from pipeline.stages.registry import load_stage, stages_to

LOOK_EVERY_S, ASK_EVERY_S = 0.3, 1.5
"""Between two looks into the run's record, and two questions to the server."""
QUEUED_S = 3.0
"""After so long it is said that a run waits for its turn."""
MOST_ATTEMPTS = 3
"""So often a run is ordered whose process was killed."""


def make_by_order(
    address: str, folder: Path, workspace: Path, options: Mapping[str, Any], now: datetime, stop_after: str, progress: RunProgress
) -> Outcome:
    """Have a dropped folder's video made by the server at `address`, and follow the run.

    options: as `job_of` takes them. Raises what the run ended with; an exception that `progress` raises leaves the run going on.
    """
    stages = stages_to(stop_after)
    parameters = {**_as_parameters(options), "stop_after": stop_after, "now": now.isoformat()}
    with leaving_no_ghost(folder, workspace), PrefectApi(address) as api:
        job = job_of(folder, workspace, dict(options), now)
        runs = PrefectStoryRuns(api, workspace, job.language)
        name = f"{BY_HAND}{uuid4().hex[:12]}"
        for attempt in range(1, MOST_ATTEMPTS + 1):
            key = f"{name}:{attempt}"
            run = runs.order_by_hand(job, key, parameters)
            record = _Followed(runs, run, key, job, stages, progress).to_the_end()
            if record is not None and record.state != "working":
                return _outcome(record, workspace / "stories" / job.story, key)
    raise Fault(M("The run ended without a word {count} times. Ask whoever looks after FieldCut.", count=MOST_ATTEMPTS))


class _Followed:
    """One run that is looked at until it ends, and shown as the stages of a run in this process would be."""

    def __init__(self, runs: PrefectStoryRuns, run: str, key: str, job: Job, stages: Sequence[str], progress: RunProgress) -> None:
        self._runs, self._run, self._key, self._stages, self._progress = runs, run, key, stages, progress
        self._folder = Path(job.workspace) / "stories" / job.story
        self._shown: list[str] = []
        self._began_s = 0.0
        self._move: Callable[[float], None] = lambda _share: None

    def to_the_end(self) -> StoryRun | None:
        """Return the run's record when it has ended: None when it never began, one that still says working when its process was killed."""
        began_s = asked_s = time.monotonic()
        said = False
        while True:
            now_s = time.monotonic()
            record = self._record()
            if record is not None and record.state != "working":
                self._end_stage()
                return record
            if record is not None:
                self._show(record)
            self._move_bar(record)
            if now_s - asked_s >= ASK_EVERY_S:
                asked_s, state = now_s, self._runs.state(self._run)
                if state == "ended":
                    self._end_stage()
                    return self._record()
                if state == "waiting" and not said and now_s - began_s > QUEUED_S:
                    said = True
                    self._progress.warn(M("It waits for its turn: FieldCut makes one story after the other."))
            time.sleep(LOOK_EVERY_S)

    def _record(self) -> StoryRun | None:
        record = read_run(self._folder)
        return record if record is not None and record.key == self._key else None

    def _show(self, record: StoryRun) -> None:
        """Show every stage that has begun since, and those that went by between two looks."""
        if record.stage not in self._stages or (self._shown and self._shown[-1] == record.stage):
            return
        for name in self._stages[len(self._shown) : self._stages.index(record.stage) + 1]:
            self._end_stage()
            self._shown.append(name)
            self._began_s = time.monotonic()
            self._move = self._progress.begin(len(self._shown), len(self._stages), load_stage(name).title)

    def _end_stage(self) -> None:
        if self._shown:
            name = self._shown[-1]
            self._progress.end(len(self._shown), len(self._stages), load_stage(name).title, time.monotonic() - self._began_s)

    def _move_bar(self, record: StoryRun | None) -> None:
        self._move(stage_share(record, self._stages) if record is not None and record.stage in self._stages else 0.0)


def _as_parameters(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as the flow takes them: several destinations and sizes in one text each."""
    plain = {name: value for name, value in options.items() if name not in ("destinations", "sizes")}
    if options.get("destinations"):
        plain["destination"] = ",".join(options["destinations"])
    if options.get("sizes"):
        plain["sizes"] = ",".join(f"{width}x{height}" for width, height in options["sizes"])
    return plain


def _outcome(record: StoryRun, folder: Path, key: str) -> Outcome:
    """What a run that has ended came to. Raises the error that ended it."""
    if record.error:
        kind = getattr(errors, record.error, Fault)
        raise (kind if issubclass(kind, FieldCutError) else Fault)(record.said[0])
    outcome = read_outcome(folder, key)
    if outcome is None:
        raise Fault(M("What the run of {story} came to cannot be read. Run the same command again.", story=record.story))
    return outcome
