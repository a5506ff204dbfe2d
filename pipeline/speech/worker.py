"""The recogniser as a process: `python -m pipeline.speech.worker job.json out`.

It loads the model once and hears every clip of the job: it prints `clip <n> <share>` as it goes, writes the `Hearing` of clip n to
`<out>/<n>.json` and says `done <n>`. At its end half a gigabyte goes back. A sound that cannot be read is written as such; only a broken
model or a full disk end it with a code.
"""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from pydantic import Field

from pipeline.documents.base import Document, Frozen, Span
from pipeline.documents.transcript import Phrase
from pipeline.media.decode import Samples, read_sound
from pipeline.speech import guards, recognise
from pipeline.speech.phrases import phrases_of
from pipeline.store import write_atomically

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

TINY_S = 2.0
"""Seconds of speech under which a clip's language is taken from its neighbours: three syllables sound like any tongue."""
SURE = 0.8


class HearingTask(Frozen):
    """One clip to hear."""

    clip_id: str
    path: str
    stream: int
    speech: tuple[Span, ...]


class WorkerJob(Document):
    """Everything the process needs."""

    model: str
    language: str
    threads: int
    tasks: tuple[HearingTask, ...]
    known: dict[str, float] = Field(default_factory=dict)
    """Seconds of speech by language of the story's other clips, heard in an earlier run."""


class Hearing(Document):
    """What was heard in one clip, before any repair."""

    clip_id: str
    language: str
    phrases: tuple[Phrase, ...]
    problem: str = ""


def hear(job: WorkerJob, say: Callable[[str], None]) -> Iterator[Hearing]:
    """Hear the clips of a job one by one; `say` gets the progress lines."""
    model = recognise.load(Path(job.model), job.threads)
    languages = _languages(model, job)
    for number, task in enumerate(job.tasks):
        samples, problem = _read(task)
        phrases: tuple[Phrase, ...] = ()
        if not problem and len(samples):
            share = partial(_say_share, say, number)
            segments = recognise.recognise(model, samples, task.speech, languages[number], share, mixed=job.language == "auto")
            words = guards.believable(segments, task.speech)
            phrases = phrases_of(words, task.speech, recognise.loudness_curve(samples))
        yield Hearing(clip_id=task.clip_id, language=languages[number], phrases=phrases, problem=problem)


def _say_share(say: Callable[[str], None], number: int, share: float) -> None:
    say(f"clip {number} {share:.3f}")


def _languages(model: "WhisperModel", job: WorkerJob) -> list[str]:
    """The language of every clip: as asked for, or as heard; a clip that leaves doubt goes with the most speech of the others."""
    if job.language != "auto":
        return [job.language for _ in job.tasks]
    heard: list[tuple[str, float, float]] = []
    for task in job.tasks:
        samples, _ = _read(task)
        seconds = sum(span.length_s for span in task.speech)
        heard.append((*recognise.spoken_language(model, samples, task.speech), seconds) if len(samples) else ("zh", 0.0, 0.0))
    votes = dict(job.known)
    for language, share, seconds in heard:
        if seconds >= TINY_S and share >= SURE:
            votes[language] = votes.get(language, 0.0) + seconds
    most = max(votes, key=lambda name: votes[name]) if votes else ""
    return [language if not most or (seconds >= TINY_S and share >= SURE) else most for language, share, seconds in heard]


def _read(task: HearingTask) -> tuple[Samples, str]:
    try:
        return read_sound(Path(task.path), task.stream), ""
    except (OSError, IndexError, ValueError) as error:
        import numpy as np

        return np.zeros(0, np.float32), f"{type(error).__name__}: {error}"


def main(arguments: list[str]) -> int:
    """Read the job, hear, write the answer."""
    job = WorkerJob.from_json(Path(arguments[0]).read_bytes())
    for number, hearing in enumerate(hear(job, lambda line: print(line, flush=True))):
        write_atomically(Path(arguments[1]) / f"{number}.json", hearing.model_dump_json())
        print(f"done {number}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
