"""`fieldcut stories` and `stages`: the stories of a workspace, and what each stage of one has left."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.actions.rerender import story_names, unknown_story
from pipeline.actions.run_record import read_run
from pipeline.actions.story_outcome import stage_files
from pipeline.documents.job import Job
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.errors import FieldCutError
from pipeline.settings import minute_text
from pipeline.stages.registry import ORDER, load_stage
from pipeline.stages.renditions import renditions
from pipeline.stages.timings import stage_seconds
from pipeline.store import load_document
from pipeline.story_layout import migrate_story
from pipeline.workspace import StoryContext


@dataclass(frozen=True)
class ListedStory:
    """One story. state: ready, refused (its video did not pass), working, needs_person, failed, or unfinished (stopped before a video).

    length_s: of its first video, 0 without one. video: the finished file, empty without one. changed_at: aware.
    """

    name: str
    state: str
    product: str
    length_s: float
    video: str
    source: str
    changed_at: datetime

    @property
    def line(self) -> Message:
        """The story as a person reads it, but for its name and its paths."""
        return {
            "ready": M("ready, {seconds} s", seconds=round(self.length_s, 1)),
            "refused": M("did not pass its inspection"),
            "working": M("being made"),
            "needs_person": M("waits for a person"),
            "failed": M("did not become a video"),
        }.get(self.state, M("not finished"))

    def facts(self) -> dict[str, object]:
        """The story for scripts."""
        plain = {name: getattr(self, name) for name in ("state", "product", "length_s", "video", "source")}
        return {"story": self.name, **plain, "changed_at": self.changed_at.isoformat()}


def list_stories(workspace: Path) -> tuple[ListedStory, ...]:
    """The stories of a workspace, those that changed last first; one whose documents are broken is listed as not finished."""
    found = [_listed(workspace / "stories" / name, workspace) for name in story_names(workspace)]
    return tuple(sorted(found, key=lambda story: story.changed_at, reverse=True))


def _listed(folder: Path, workspace: Path) -> ListedStory:
    state, length_s, video, product, source = "unfinished", 0.0, "", "", ""
    with contextlib.suppress(FieldCutError, OSError):
        job = load_document(folder / "job.json", Job)
        context = StoryContext(job.model_copy(update={"workspace": str(workspace.resolve())}))
        source = job.source
        offer = context.read("choice.json", Choice).offer
        product = offer.name if offer else ""
        first = renditions(context)[0]
        length_s = round(first.read("rendition.json", Rendition).length_s, 2)
        state = "ready" if first.read("inspection.json", Inspection).passed else "refused"
        file = context.outbox / f"{job.story}-{job.renditions[0].name}.mp4"
        video = str(file) if file.is_file() else ""
    run = read_run(folder)
    if run is not None and run.state != "ready":
        state = run.state
    changed = max((path.stat().st_mtime for path in folder.glob("*.json")), default=0.0)
    return ListedStory(folder.name, state, product, length_s, video, source, datetime.fromtimestamp(changed, UTC))


def story_line(story: ListedStory) -> Message:
    """A story in one line: what it sells, how far it is, since when."""
    product = f" · {story.product}" if story.product else ""
    return M("{name}{product}  {state}  {time}", name=story.name, product=product, state=story.line, time=minute_text(story.changed_at))


@dataclass(frozen=True)
class StageLeft:
    """What one stage has left: paths of its documents; seconds of its last turn, None when it never had one."""

    name: str
    title: Message
    seconds: float | None
    files: tuple[str, ...]


def list_stages(workspace: Path, story: str) -> tuple[StageLeft, ...]:
    """The stages in their order, with what each has left of a story. Raises UserMistake when there is no such story."""
    folder = workspace / "stories" / story
    if not (folder / "job.json").is_file():
        raise unknown_story(story, workspace)
    migrate_story(folder)
    job = load_document(folder / "job.json", Job).model_copy(update={"workspace": str(workspace.resolve())})
    context = StoryContext(job)
    seconds = stage_seconds(context)
    left = {name: tuple(str(path) for path in stage_files(context, name)) for name in ORDER}
    return tuple(StageLeft(name, load_stage(name).title, seconds.get(name), left[name]) for name in ORDER)
