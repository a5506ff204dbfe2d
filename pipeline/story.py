"""The order of the stages: the only file that knows it.

A stage reads documents, writes documents, and leaves what is costly in the content store, so walking all of them again
costs little: `fieldcut make` walks them in process, a Prefect flow walks the same list.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline import stages
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.store import content_key, file_sha256
from pipeline.workspace import Bench

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Stage:
    """One room's turn.

    reads, writes: documents in the story's folder. asks: the fields of the job that it depends on.
    share: its usual share of the whole time, for the estimate.
    """

    name: str
    title: Message
    run: Callable[[Bench, Progress], None]
    share: float
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    version: int = 1

    def key(self, bench: Bench) -> str:
        """Content key of this stage's turn: equal keys need no second turn while its documents are still there."""
        documents = {name: _content(bench, name) for name in self.reads}
        there = [name for name in self.writes if not (bench.story / name).is_file()]
        asked = bench.job.model_dump(mode="json", include=set(self.asks))
        outside = stages.outside(bench) if self.name in ("catalog", "footage") else ""
        return content_key(stage=self.name, version=self.version, reads=documents, asked=asked, missing=there, outside=outside)


def _content(bench: Bench, name: str) -> str:
    path = bench.story / name
    return file_sha256(path) if path.is_file() else ""


STAGES: tuple[Stage, ...] = (
    Stage("catalog", M("product sheet and note"), stages.catalog, 0.01, writes=("catalog.json", "brief.json"), asks=("catalog", "product")),
    Stage("footage", M("looking at the clips"), stages.footage, 0.03, writes=("clips.json",), asks=("source",)),
    Stage("analysis", M("judging picture and sound"), stages.analysis, 0.2, ("clips.json",), ("analyses.json",)),
    Stage(
        "speech",
        M("writing down what is said"),
        stages.speech,
        0.2,
        ("catalog.json", "brief.json", "clips.json", "analyses.json"),
        ("transcripts.json",),
        ("speech",),
    ),
    Stage(
        "commerce",
        M("offer and price"),
        stages.commerce,
        0.01,
        ("catalog.json", "brief.json", "clips.json", "transcripts.json"),
        ("choice.json",),
        ("product", "destination", "language", "now"),
    ),
    Stage(
        "edit",
        M("choosing and cutting"),
        stages.edit,
        0.01,
        ("brief.json", "choice.json", "clips.json", "analyses.json", "transcripts.json"),
        ("edit.json", "framing.json"),
        ("max_seconds", "width", "height", "fps", "template", "destination"),
    ),
    Stage(
        "brand",
        M("drawing title and cards"),
        stages.brand,
        0.08,
        ("brief.json", "choice.json", "edit.json"),
        ("look.json",),
        ("template", "destination", "width", "height", "fps", "language"),
    ),
    Stage(
        "subtitles",
        M("setting subtitles"),
        stages.subtitles,
        0.01,
        ("edit.json", "transcripts.json", "look.json"),
        ("subtitles.json", "subtitles.srt"),
    ),
    Stage(
        "render",
        M("rendering"),
        stages.render,
        0.35,
        ("clips.json", "analyses.json", "edit.json", "framing.json", "look.json", "subtitles.json", "subtitles.srt"),
        ("plan.json", "rendition.json"),
        ("preset", "music", "destination", "template"),
    ),
    Stage(
        "inspection",
        M("checking the finished video"),
        stages.inspection,
        0.08,
        ("edit.json", "look.json", "subtitles.json", "plan.json", "rendition.json"),
        ("inspection.json",),
        ("destination",),
    ),
    Stage(
        "publish",
        M("putting it on the shelf"),
        stages.publish,
        0.01,
        ("choice.json", "rendition.json", "inspection.json"),
        (),
        ("destination", "out", "now"),
    ),
    Stage(
        "lesson",
        M("writing the report"),
        stages.lesson,
        0.03,
        ("choice.json", "edit.json", "prices.json", "subtitles.json", "rendition.json", "inspection.json"),
        ("report.html",),
        ("language",),
    ),
)
NAMES = tuple(stage.name for stage in STAGES)


def stages_to(stop_after: str) -> Sequence[Stage]:
    """The stages up to and with the named one; all of them for an empty name. Raises UserMistake for an unknown name."""
    if not stop_after:
        return STAGES
    if stop_after not in NAMES:
        raise UserMistake(M("There is no stage {name}. The stages are: {known}.", name=stop_after, known=", ".join(NAMES)))
    return STAGES[: NAMES.index(stop_after) + 1]


def run_stage(bench: Bench, stage: Stage, progress: Progress) -> float:
    """One stage's turn on an open bench; returns and notes the seconds it took."""
    begun = time.monotonic()
    stage.run(bench, progress)
    seconds = time.monotonic() - begun
    stages.note_seconds(bench, stage.name, seconds)
    return seconds
