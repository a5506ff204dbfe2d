"""The videos of one run, each with its bench: one edit, several sizes, destinations and leaders."""

from collections.abc import Callable, Iterator

from pipeline import publish as publish_room
from pipeline.documents.job import Job, RenditionSpec
from pipeline.workspace import StoryContext


def renditions(bench: StoryContext) -> tuple[StoryContext, ...]:
    """A bench for every video; the first is the story's own, on which the shared documents lie.

    A video that may not last as long as the first one has an edit of its own.
    """
    first, *more = bench.job.renditions
    usual = seconds_for(bench.job, first)
    return (bench, *(bench.beside(wanted, own_edit=seconds_for(bench.job, wanted) != usual) for wanted in more))


def seconds_for(job: Job, wanted: RenditionSpec) -> float:
    """How long a video may be at most, seconds: as asked, or what the destination allows."""
    asked = wanted.max_seconds or job.max_seconds
    return min(asked, publish_room.load_destination(wanted.destination).max_seconds or asked)


def each(bench: StoryContext, progress: Callable[[float], None]) -> Iterator[tuple[StoryContext, Callable[[float], None]]]:
    """Every video of the run in turn, with its share of the progress."""
    benches = renditions(bench)
    for place, one in enumerate(benches):

        def part(fraction: float, done: int = place) -> None:
            progress((done + fraction) / len(benches))

        yield one, part
