"""What is said in the clips, written down."""

from collections.abc import Callable, Mapping, Sequence

from pipeline import catalog as catalog_room
from pipeline import speech as speech_room
from pipeline.documents.analysis import SoundFacts
from pipeline.documents.base import Span
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog
from pipeline.documents.transcript import Transcript
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext

FIRST_READING_SHARE = 0.7
"""Share of the time that hearing and the first reading take where there are two."""


def run(context: StoryContext, progress: Progress) -> None:
    """Transcribe the clips, in a process of its own."""
    clips = context.read("clips.json", Clips)
    analyses = context.read("analyses.json", Analyses).by_clip
    sheet, brief = context.read("catalog.json", Catalog), context.read("brief.json", Brief)
    spans = spans_of({clip_id: facts.sound for clip_id, facts in analyses.items()})

    def reading(spoken: str, report: Progress) -> dict[str, Transcript]:
        return transcribe(context, clips.clips, spans, sheet, brief, spoken, report)

    if catalog_room.leaves_words_out(sheet, brief, sku=context.job.product):
        # Neither note nor order says what is sold, and not all of a long sheet can be listened for: the first reading says of what.
        first = reading("", lambda share: progress(FIRST_READING_SHARE * share))
        spoken = "\n".join(phrase.text for transcript in first.values() for phrase in transcript.phrases)
        transcripts = reading(spoken, lambda share: progress(FIRST_READING_SHARE + (1 - FIRST_READING_SHARE) * share))
    else:
        transcripts = reading("", progress)
    context.write("transcripts.json", Transcripts(by_clip=dict(transcripts)))


def spans_of(sounds: Mapping[str, SoundFacts | None]) -> dict[str, tuple[Span, ...]]:
    """Return where somebody speaks, by clip id."""
    return {clip_id: facts.speech if facts else () for clip_id, facts in sounds.items()}


def transcribe(
    context: StoryContext,
    clips: Sequence[Clip],
    spans: Mapping[str, Sequence[Span]],
    sheet: Catalog,
    brief: Brief,
    spoken: str,
    progress: Progress,
    alive: Callable[[], None] = lambda: None,
) -> dict[str, Transcript]:
    """Transcribe the clips, listening for the names of the sheet. spoken: what a first reading heard. alive: what it raises ends it."""
    return speech_room.transcribe(
        clips,
        spans,
        glossary=catalog_room.glossary(sheet, brief, None, sku=context.job.product, spoken=spoken),
        language=context.job.speech,
        store=context.store,
        progress=progress,
        alive=alive,
        as_heard=context.job.as_heard,
        model=context.job.speech_model,
    )


STAGE = Stage(
    name="speech",
    title=M("writing down what is said"),
    run=run,
    reads=("catalog.json", "brief.json", "clips.json", "analyses.json"),
    writes=("transcripts.json",),
    job_fields=("speech", "speech_model", "as_heard", "product"),
)
