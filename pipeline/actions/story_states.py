"""`fieldcut status`: where every story of a workspace stands, by its last run."""

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
    """The stories with a record, those that changed last first."""
    found = [StoryState(folder.name, run) for folder in (workspace / "stories").glob("*/") if (run := read_run(folder)) is not None]
    return tuple(sorted(found, key=lambda state: state.run.changed_at, reverse=True))
