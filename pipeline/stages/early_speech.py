"""What is said is recognised in a process of its own while the pictures of the clips are still being judged: neither fills two cores.

The results go to the content store, where the stage of speech finds them. It alone says what went wrong: here nothing fails.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from pipeline import analysis as analysis_room
from pipeline import system
from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.clip import Clip
from pipeline.documents.offer import Brief, Catalog
from pipeline.media.beside import beside
from pipeline.stages.speech import spans_of, transcribe
from pipeline.stages.stage import Progress
from pipeline.workspace import StoryContext

LEAST_CORES = 2
LEAST_FREE_BYTES = 1_500_000_000
"""Free memory without which the two wait for each other: the recogniser takes 640 MB, and judging a clip of 4K 400."""
LISTENED_FOR = ("catalog.json", "brief.json")
"""Documents whose names are listened for. The stage that judges the pictures does not depend on them: they are there or they are not."""


@contextmanager
def speech_beside(
    context: StoryContext, sounds: Mapping[str, SoundFacts | None], clips: Sequence[Clip]
) -> Iterator[Callable[[Progress], None]]:
    """Recognise the clips' speech while the context lasts. Gives what waits for the rest of it, and tells the share that is done.

    sounds: what was measured on each clip's sound, by clip id; without all of them, or on a small machine, nothing happens.
    """
    if not (
        _machine_has_room() and all(clip.id in sounds for clip in clips) and all(context.path(name).is_file() for name in LISTENED_FOR)
    ):
        yield lambda _progress: None
        return
    sheet, brief = context.read("catalog.json", Catalog), context.read("brief.json", Brief)

    def work(progress: Progress, alive: Callable[[], None]) -> None:
        with suppress(Exception):
            transcribe(context, clips, spans_of(sounds), sheet, brief, "", progress, alive)

    with beside(work) as wait:
        yield wait


def _machine_has_room() -> bool:
    return system.allowed_cores() >= LEAST_CORES and system.memory()[1] >= LEAST_FREE_BYTES


def sounds_of(context: StoryContext, clips: Sequence[Clip]) -> dict[str, SoundFacts | None]:
    """Measure the clips' sound, which takes a hundredth of their length; those whose sound does not decode are left out."""
    sounds: dict[str, SoundFacts | None] = {}
    for clip in clips:
        known = context.store.find("analyses", analysis_room.analysis_key(clip), ".json")
        with suppress(Exception):  # whatever the decoders raise: the judgement of the clip says it
            sounds[clip.id] = Analysis.from_json(known.read_bytes()).sound if known else analysis_room.measure_sound(clip)
    return sounds
