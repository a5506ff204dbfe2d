"""FieldCut's own work in a process of its own, so that the kernel counts what it costs: `python -m render_parts.work TASK.json`."""

import json
import sys
from datetime import datetime
from pathlib import Path

from pipeline.documents.base import Document
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.render.sound import render_sound
from pipeline.stages.registry import ORDER, load_stage
from pipeline.stages.renditions import renditions
from pipeline.store import Store
from pipeline.workspace import StoryContext, new_job


class Task(Document):
    """Which stages of which story to walk.

    asked: fields of the job. more: further videos, as the variants of leaders are. only_sound: make nothing but the plan's sound track.
    """

    folder: str
    workspace: str
    story: str
    asked: dict[str, object]
    stages: tuple[str, ...]
    more: tuple[RenditionSpec, ...] = ()
    only_sound: bool = False


class Done(Document):
    """The story's own video, and what was made for all videos of the run."""

    file: str = ""
    frames: int = 0
    chunks_made: int = 0
    chunks_reused: int = 0


def job_of(task: Task) -> Job:
    """The job that the command line would make."""
    now = datetime.now().astimezone()
    job = new_job(Path(task.folder), Path(task.workspace), task.asked, now, story=task.story)
    return job.model_copy(update={"more": task.more}) if task.more else job


def do(task: Task) -> Done:
    """Walk the stages, or make the sound."""
    bench = StoryContext(job_of(task))
    bench.open()
    try:
        if task.only_sound:
            render_sound(renditions(bench)[0].read("plan.json", RenderPlan).sound, store=Store(bench.store.root))
            return Done()
        for name in ORDER:
            if name in task.stages:
                load_stage(name).run(bench, lambda _: None)
        return _done(bench) if "render" in task.stages else Done()
    finally:
        bench.close()


def _done(bench: StoryContext) -> Done:
    all_of_them = [video.read("rendition.json", Rendition) for video in renditions(bench)]
    first = all_of_them[0]
    return Done(
        file=first.file,
        frames=first.frames,
        chunks_made=sum(one.chunks_made for one in all_of_them),
        chunks_reused=sum(one.chunks_reused for one in all_of_them),
    )


if __name__ == "__main__":
    print(json.dumps(do(Task.from_json(Path(sys.argv[1]).read_bytes())).model_dump()))
