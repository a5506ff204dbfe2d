"""The renditions of one run, each with its context: one edit, several sizes, destinations and leaders."""

from collections.abc import Callable, Iterator

from pipeline import publish as publish_room
from pipeline.documents.job import Job, RenditionSpec
from pipeline.workspace import StoryContext


def renditions(context: StoryContext) -> tuple[StoryContext, ...]:
    """A context for every rendition, which reads the story's documents as well.

    The story's edit is as long as its first rendition may be; one that may last longer, or not as long, has an edit of its own.
    """
    job = context.job
    shared_limit = seconds_for(job, job.renditions[0])
    return tuple(context.for_rendition(spec, own_edit=seconds_for(job, spec) != shared_limit) for spec in job.renditions)


def seconds_for(job: Job, spec: RenditionSpec) -> float:
    """How long a video may be at most, seconds: as asked, or what the destination allows."""
    asked = spec.max_seconds or job.max_seconds
    return min(asked, publish_room.load_destination(spec.destination).max_seconds or asked)


def each(context: StoryContext, progress: Callable[[float], None]) -> Iterator[tuple[StoryContext, Callable[[float], None]]]:
    """Every video of the run in turn, with its share of the progress."""
    contexts = renditions(context)
    for index, context_of_video in enumerate(contexts):

        def part(fraction: float, done: int = index) -> None:
            progress((done + fraction) / len(contexts))

        yield context_of_video, part
