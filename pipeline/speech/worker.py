"""The recogniser as a process: `python -m pipeline.speech.worker job.json out`.

It loads the model once, recognises every clip of the job that was not heard before, and reads its words by sound and sense. It prints
`clip <n> <share>` as progress, writes the `RecognisedSpeech` of clip n to `<out>/<n>.json`, prints `heard <n>`, writes its `DecodedSpeech`
to `<out>/<n>-read.json` and prints `done <n>`. Half a gigabyte is freed when it ends. A sound that cannot be read is reported in its
result; only a broken model or a full disk end the process with a code.
"""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from pydantic import Field

from pipeline.documents.base import Document, Frozen, Span
from pipeline.documents.transcript import Phrase
from pipeline.media.decode import Samples, read_sound
from pipeline.speech import hallucinations, recognisers, recognition
from pipeline.speech.hesitations import quiet_spans
from pipeline.speech.phrases import build_phrases
from pipeline.speech.readings import DecodedSpeech, read_phrases
from pipeline.speech.recogniser import Recogniser
from pipeline.speech.recognisers import Library
from pipeline.store import write_atomically

SHORT_S = 2.0
"""Seconds of speech below which a clip's language is that of the other clips: three syllables sound like any language."""
CONFIDENT_SHARE = 0.8
RECOGNITION_SHARE = 0.7
"""How much of a clip's time goes into recognising it; the rest reads its words."""


class RecognisedSpeech(Document):
    """The speech of one clip as it was recognised, before any repair; `problem` says why its sound could not be read."""

    clip_id: str
    language: str
    phrases: tuple[Phrase, ...]
    problem: str = ""


class RecognitionTask(Frozen):
    """One clip to recognise: its sound stream, its speech spans, and what an earlier run heard."""

    clip_id: str
    path: str
    stream: int
    speech: tuple[Span, ...]
    heard: RecognisedSpeech | None = None


class RecognitionJob(Document):
    """Everything that the process needs."""

    model: str
    library: Library = "faster-whisper"
    language: str
    threads: int
    tasks: tuple[RecognitionTask, ...]
    known: dict[str, float] = Field(default_factory=dict)
    """Seconds of speech by language of the story's other clips, recognised in an earlier run."""
    glossary: tuple[str, ...] = ()
    """Names as the product sheet and the note write them."""


def recognise_clips(job: RecognitionJob, report: Callable[[str], None]) -> Iterator[RecognisedSpeech | DecodedSpeech]:
    """Recognise and read the clips of a job one by one: of each first what was heard, then how it is read.

    report: called with the progress lines.
    """
    model = recognisers.load(job.library, Path(job.model), job.threads)
    languages = _languages(model, job)
    for number, task in enumerate(job.tasks):
        samples, problem = _read_samples(task)
        heard = task.heard
        if heard is None:
            phrases: tuple[Phrase, ...] = ()
            if not problem and len(samples):
                progress = partial(_report_share, report, number)
                mixed = job.language == "auto"
                segments = recognition.recognise_speech(model, samples, task.speech, languages[number], progress, mixed=mixed)
                words = hallucinations.remove_hallucinations(segments, task.speech)
                phrases = build_phrases(words, task.speech, recognition.loudness_curve(samples))
            heard = RecognisedSpeech(clip_id=task.clip_id, language=languages[number], phrases=phrases, problem=problem)
        yield heard
        spoken = heard.phrases if heard.language == "zh" else ()
        quiet = quiet_spans(recognition.loudness_curve(samples), task.speech) if heard.phrases else ()
        scorer = model.scores(samples, "zh") if spoken else None
        yield DecodedSpeech(clip_id=task.clip_id, phrases=read_phrases(scorer, spoken, job.glossary), quiet=quiet)


def _report_share(report: Callable[[str], None], number: int, share: float) -> None:
    report(f"clip {number} {RECOGNITION_SHARE * share:.3f}")


def _languages(model: Recogniser, job: RecognitionJob) -> list[str]:
    """Return the language of every clip: as asked for, or as heard; a doubtful clip gets the language of most speech of the others."""
    if job.language != "auto":
        return [job.language for _ in job.tasks]
    heard: list[tuple[str, float, float]] = []
    for task in job.tasks:
        if task.heard is not None:
            heard.append((task.heard.language, 1.0, sum(span.length_s for span in task.speech)))
            continue
        samples, _ = _read_samples(task)
        seconds = sum(span.length_s for span in task.speech)
        heard.append((*recognition.spoken_language(model, samples, task.speech), seconds) if len(samples) else ("zh", 0.0, 0.0))
    seconds_by_language = dict(job.known)
    for language, share, seconds in heard:
        if seconds >= SHORT_S and share >= CONFIDENT_SHARE:
            seconds_by_language[language] = seconds_by_language.get(language, 0.0) + seconds
    most = max(seconds_by_language, key=lambda name: seconds_by_language[name]) if seconds_by_language else ""
    return [language if not most or (seconds >= SHORT_S and share >= CONFIDENT_SHARE) else most for language, share, seconds in heard]


def _read_samples(task: RecognitionTask) -> tuple[Samples, str]:
    try:
        return read_sound(Path(task.path), task.stream), ""
    except (OSError, IndexError, ValueError) as error:
        import numpy as np

        return np.zeros(0, np.float32), f"{type(error).__name__}: {error}"


def main(arguments: list[str]) -> int:
    """Read the job, recognise its clips and write the results. Returns the exit code."""
    job = RecognitionJob.from_json(Path(arguments[0]).read_bytes())
    folder = Path(arguments[1])
    numbers = {task.clip_id: number for number, task in enumerate(job.tasks)}
    for result in recognise_clips(job, lambda line: print(line, flush=True)):
        number = numbers[result.clip_id]
        is_read = isinstance(result, DecodedSpeech)
        write_atomically(folder / (f"{number}-read.json" if is_read else f"{number}.json"), result.model_dump_json())
        print(f"{'done' if is_read else 'heard'} {number}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
