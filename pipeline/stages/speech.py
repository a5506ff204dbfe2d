"""What is said in the clips, written down."""

from pipeline import catalog as catalog_room
from pipeline import speech as speech_room
from pipeline.documents.base import Span
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Transcribe the clips, in a process of its own."""
    clips = context.read("clips.json", Clips)
    analyses = context.read("analyses.json", Analyses).by_clip
    sheet, brief = context.read("catalog.json", Catalog), context.read("brief.json", Brief)
    spans: dict[str, tuple[Span, ...]] = {key: facts.sound.speech if facts.sound else () for key, facts in analyses.items()}
    transcripts = speech_room.transcribe(
        clips.clips,
        spans,
        glossary=catalog_room.glossary(sheet, brief, None, sku=context.job.product),
        language=context.job.speech,
        store=context.store,
        progress=progress,
        as_heard=context.job.as_heard,
    )
    context.write("transcripts.json", Transcripts(by_clip=dict(transcripts)))


STAGE = Stage(
    name="speech",
    title=M("writing down what is said"),
    run=run,
    reads=("catalog.json", "brief.json", "clips.json", "analyses.json"),
    writes=("transcripts.json",),
    job_fields=("speech", "as_heard", "product"),
)
