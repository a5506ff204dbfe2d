"""`fieldcut status`: where every story of a workspace stands, by its last run."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from pipeline.actions.run_record import read_run
from pipeline.documents.message import Message
from pipeline.documents.story_run import StoryRun
from pipeline.inbox import Settled, StoryStatus


@dataclass(frozen=True)
class StoryState:
    """One story and the record of its last run."""

    story: str
    run: StoryRun

    @property
    def says(self) -> tuple[Message, ...]:
        """Where it stands, and what a person should know."""
        status = StoryStatus(name=self.story, at=self.run.changed_at, verdict=Settled(), run=self.run)
        left = (status.left,) if status.left is not None else ()
        return (status.headline, *left, *(self.run.said if self.run.state != "ready" else ()))

    def facts(self) -> dict[str, object]:
        """The same for scripts."""
        run = self.run
        return {
            "story": self.story,
            "state": run.state,
            "stage": run.stage,
            "error": run.error,
            "share": run.share,
            "left_s": run.left_s,
            "began_at": run.began_at.isoformat(),
            "changed_at": run.changed_at.isoformat(),
            "video": run.video,
            "report": run.report,
        }


def story_states(workspace: Path) -> tuple[StoryState, ...]:
    """The stories with a record, and those that have a video without one, those that changed last first."""
    folders = tuple((workspace / "stories").glob("*/"))
    found = [StoryState(folder.name, run) for folder in folders if (run := read_run(folder)) is not None]
    if len(found) < len(folders):
        known = {state.story for state in found}
        found += _without_record(workspace, known)
    return tuple(sorted(found, key=lambda state: state.run.changed_at, reverse=True))


def _without_record(workspace: Path, known: Set[str]) -> Iterator[StoryState]:
    """The stories with a video that no record tells of: made by an earlier FieldCut, for example."""
    from pipeline.actions.story_list import list_stories  # the stages: only where there is such a story

    for story in list_stories(workspace):
        if story.name not in known and story.state in ("ready", "refused"):
            at = {"began_at": story.changed_at, "changed_at": story.changed_at}
            state = "ready" if story.state == "ready" else "needs_person"
            report = workspace / "outbox" / story.name / "report.html"
            facts = {"share": 1.0, "video": story.video, "report": str(report.resolve()) if report.is_file() else ""}
            yield StoryState(story.name, StoryRun.model_validate({"story": story.name, "state": state, **facts, **at}))
