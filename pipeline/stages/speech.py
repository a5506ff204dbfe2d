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


def run(bench: StoryContext, progress: Progress) -> None:
    """What is said, in a process of its own."""
    clips = bench.read("clips.json", Clips)
    analyses = bench.read("analyses.json", Analyses).by_clip
    sheet, brief = bench.read("catalog.json", Catalog), bench.read("brief.json", Brief)
    spans: dict[str, tuple[Span, ...]] = {key: facts.sound.speech if facts.sound else () for key, facts in analyses.items()}
    said = speech_room.transcribe(
        clips.clips,
        spans,
        glossary=catalog_room.glossary(sheet, brief, None),
        language=bench.job.speech,
        store=bench.store,
        progress=progress,
    )
    bench.write("transcripts.json", Transcripts(by_clip=dict(said)))


STAGE = Stage(
    name="speech",
    title=M("writing down what is said"),
    run=run,
    reads=("catalog.json", "brief.json", "clips.json", "analyses.json"),
    writes=("transcripts.json",),
    job_fields=("speech",),
)
