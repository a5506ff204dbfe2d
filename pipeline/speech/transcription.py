"""Transcribing clips: known speech and its readings come from the store, the rest from one worker process; then names are repaired."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline.chinese import CONFUSABLE_SOUNDS, SELLER_WORDS
from pipeline.documents.base import Document, Span
from pipeline.documents.clip import Clip
from pipeline.documents.message import M
from pipeline.documents.transcript import Transcript
from pipeline.errors import Fault
from pipeline.media import run_media
from pipeline.resources import PACKAGE
from pipeline.speech import hesitations, readings, recognition, repair, vocabulary
from pipeline.speech import model as models
from pipeline.speech.known_models import DEFAULT
from pipeline.speech.language_model import LANGUAGE_MODEL
from pipeline.speech.readings import DecodedSpeech
from pipeline.speech.recognisers import PACKAGES, SCORING
from pipeline.speech.recognisers.faster_whisper import BEAM
from pipeline.speech.selling_talk import SELLING_TALK
from pipeline.speech.trust import phrase_trusts
from pipeline.speech.worker import RecognisedSpeech, RecognitionJob, RecognitionTask
from pipeline.store import Store, content_key, file_sha256, load_document, save_document, scratch_folder

VERSION = 2
WRITING_VERSION = 1
"""Of what is made of a reading without the recogniser."""
STALL_S = 180.0
"""One window of 28 s takes a slow machine a minute; the worker is ended when its processor time, too, stands still for this long."""


def transcribe(
    clips: Sequence[Clip],
    speech: Mapping[str, Sequence[Span]],
    *,
    glossary: Sequence[str],
    language: str,
    store: Store,
    progress: Callable[[float], None],
    threads: int = 0,
    as_heard: Sequence[str] = (),
    model: str = DEFAULT,
    alive: Callable[[], None] = lambda: None,
) -> dict[str, Transcript]:
    """Return a transcript for every clip, by its id; an empty one for a clip without sound track or speech.

    speech: the voice detector's spans by clip id, seconds on the clip's clock. glossary: names as the product sheet and the note
    write them; what sounds like one is written as it. language: zh, en or auto (detected for each clip). progress: called with
    0..1. threads: processor threads, 0 for one per core. as_heard: words that stay as they were heard, though they would be corrected.
    model: the name of a known model, or a folder. alive: called many times a second; what it raises ends the recogniser.
    Raises Fault when the model is missing or a clip's sound cannot be read, MediaFault when the recogniser fails or hangs.
    """
    spoken = {clip.id: tuple(speech.get(clip.id, ())) for clip in clips if clip.sound is not None}
    talking = [clip for clip in clips if spoken.get(clip.id)]
    progress(0.0)
    recognition_run: _RecognitionRun | None = None
    if talking:
        recognition_run = _RecognitionRun(talking, spoken, tuple(glossary), language, models.find_model(store, model), store)
        recognition_run.finish(progress, threads, alive)
    # the dictionaries behind it take more than a second to load, and a story that is walked again has its transcripts
    expected = cache(lambda: vocabulary.build_vocabulary(glossary))
    transcripts = {clip.id: _transcript(clip, recognition_run, expected, frozenset(as_heard)) for clip in clips}
    progress(1.0)
    return transcripts


class _RecognitionRun:
    """What is known of the clips' speech: heard, and read by sound and sense; the rest is done by one worker process."""

    def __init__(
        self,
        clips: Sequence[Clip],
        speech: Mapping[str, tuple[Span, ...]],
        glossary: tuple[str, ...],
        language: str,
        model: models.SpeechModel,
        store: Store,
    ) -> None:
        self.clips, self.speech, self.glossary, self.language, self.model, self.store = clips, speech, glossary, language, model, store
        self.speech_keys = _speech_keys(clips, speech, language, model)
        self._reader_key = _reader_key(glossary, model)
        self.heard: dict[str, RecognisedSpeech] = {}
        self.read: dict[str, DecodedSpeech] = {}
        for clip in clips:
            if (path := store.find("hearings", self.speech_keys[clip.id], ".json")) is not None:
                self.heard[clip.id] = load_document(path, RecognisedSpeech)
                if (path := store.find("readings", self.reading_key(clip), ".json")) is not None:
                    self.read[clip.id] = load_document(path, DecodedSpeech)

    def reading_key(self, clip: Clip) -> str:
        """Return the store key of how a clip's recognised speech is read."""
        return content_key(
            hearing=self.heard[clip.id],
            sound=clip.sha256,
            stream=_stream(clip),
            reader=self._reader_key,
        )

    def finish(self, progress: Callable[[float], None], threads: int, alive: Callable[[], None]) -> None:
        """Recognise and read in one worker process what is not known yet; new results are stored clip by clip."""
        new = [clip for clip in self.clips if clip.id not in self.read]
        if not new:
            return
        known: dict[str, float] = {}
        for clip_id, recognised in self.heard.items():
            if clip_id in self.read:
                known[recognised.language] = known.get(recognised.language, 0.0) + sum(span.length_s for span in self.speech[clip_id])
        tasks = tuple(
            RecognitionTask(
                clip_id=clip.id, path=clip.path, stream=_stream(clip), speech=self.speech[clip.id], heard=self.heard.get(clip.id)
            )
            for clip in new
        )
        job = RecognitionJob(
            model=str(self.model.folder),
            library=self.model.library,
            language=self.language,
            threads=threads,
            tasks=tasks,
            known=known,
            glossary=self.glossary,
        )
        _run_worker(job, new, self._store_hearing, self._store_reading, progress, alive)

    def _store_hearing(self, path: Path, clip: Clip) -> None:
        if clip.id in self.heard:
            return
        recognised = _read_result(path, clip)
        self._keep("hearings", self.speech_keys[clip.id], recognised)
        self.heard[clip.id] = recognised

    def _store_reading(self, path: Path, clip: Clip) -> None:
        self.read[clip.id] = load_document(path, DecodedSpeech)
        self._keep("readings", self.reading_key(clip), self.read[clip.id])

    def _keep(self, kind: str, key: str, document: Document) -> None:
        part = self.store.part(kind, key, ".json")
        save_document(part, document)
        self.store.adopt(kind, key, ".json", part)


def _transcript(
    clip: Clip, run: _RecognitionRun | None, expected: Callable[[], tuple[vocabulary.VocabularyTerm, ...]], as_heard: frozenset[str]
) -> Transcript:
    if run is None or clip.id not in run.heard:
        return Transcript(clip_id=clip.id, language="", phrases=(), model=run.model.name if run else "")
    recognised, read = run.heard[clip.id], run.read[clip.id]
    key = content_key(
        reading=run.reading_key(clip),
        as_heard=sorted(as_heard),
        hesitations=[hesitations.VERSION, file_sha256(hesitations.HESITATIONS)],
        version=[VERSION, WRITING_VERSION],
    )

    def write(path: Path) -> None:
        phrases, changed = [], []
        trusts = phrase_trusts([reading.evidence for reading in read.phrases])
        for number, phrase in enumerate(recognised.phrases):
            reading = read.phrases[number] if number < len(read.phrases) else readings.PhraseReading()
            written, repairs = readings.apply_reading(phrase, reading, as_heard)
            (repaired,), more = repair.repair_phrases([written], readings.terms_to_repair(reading, expected()), as_heard=as_heard)
            trust = trusts[number] if number < len(trusts) else None
            phrases.append(repair.without_loose_figures(repaired).model_copy(update={"trust": trust}))
            changed += [*repairs, *more]
        transcript = Transcript(
            clip_id=clip.id,
            language=recognised.language,
            phrases=tuple(phrases),
            repairs=tuple(changed),
            model=run.model.name,
            calibrated=run.model.calibrated,
            scored=run.model.library in SCORING,
            hesitations=hesitations.find_hesitations(phrases),
            quiet=read.quiet,
        )
        save_document(path, transcript)

    return load_document(run.store.make("transcripts", key, ".json", write), Transcript)


def _reader_key(glossary: tuple[str, ...], model: models.SpeechModel) -> str:
    """Return the key of all that reads speech, the same for every clip; it hashes the language model, which is large."""
    return content_key(
        glossary=sorted(set(glossary)),
        words=[file_sha256(SELLER_WORDS), file_sha256(SELLING_TALK)],
        sounds=file_sha256(CONFUSABLE_SOUNDS),
        language_model=file_sha256(LANGUAGE_MODEL) if LANGUAGE_MODEL.is_file() else "",
        version=[readings.VERSION, repair.VERSION],
        model=model.name,
        tools=[version(name) for name in ("pypinyin", "jieba", "opencc-python-reimplemented", "ctranslate2")],
    )


def _speech_keys(clips: Sequence[Clip], speech: Mapping[str, tuple[Span, ...]], language: str, model: models.SpeechModel) -> dict[str, str]:
    """Return the store key of every clip's recognised speech, by clip id."""
    # With `auto`, a doubtful clip gets the language of the others, so these belong to its key.
    other_clips = sorted(clip.sha256 for clip in clips) if language == "auto" else []
    return {
        clip.id: content_key(
            sha256=clip.sha256,
            stream=_stream(clip),
            speech=speech[clip.id],
            language=language,
            company=other_clips,
            model=model.name,
            beam=BEAM,
            version=[VERSION, recognition.VERSION],
            tools=[version(package) for package in PACKAGES[model.library]],
        )
        for clip in clips
    }


def _stream(clip: Clip) -> int:
    return clip.sound.stream if clip.sound else 0


def _read_result(path: Path, clip: Clip) -> RecognisedSpeech:
    """Read the worker's result for a clip. Raises Fault when the clip's sound could not be read."""
    recognised = load_document(path, RecognisedSpeech)
    if recognised.problem:
        raise Fault(
            M(
                "{name}: its sound cannot be read ({problem}). "
                "Play it on the phone; if it has no sound there either, take it out of the folder.",
                name=clip.name,
                problem=recognised.problem,
            )
        )
    return recognised


def _run_worker(
    job: RecognitionJob,
    clips: Sequence[Clip],
    store_hearing: Callable[[Path, Clip], None],
    store_reading: Callable[[Path, Clip], None],
    progress: Callable[[float], None],
    alive: Callable[[], None],
) -> None:
    """Recognise the job's clips in a process of their own; each result is stored at once, so that a broken run resumes."""
    lengths = [sum(span.length_s for span in task.speech) + 0.5 for task in job.tasks]
    with scratch_folder() as scratch:
        job_file, results = scratch / "job.json", scratch / "results"
        job_file.write_text(job.model_dump_json(), encoding="utf-8")

        def follow(line: str) -> None:
            match line.split():
                case ["clip", number, share]:
                    progress(min(0.99, (sum(lengths[: int(number)]) + lengths[int(number)] * float(share)) / sum(lengths)))
                case ["heard", number]:
                    store_hearing(results / f"{number}.json", clips[int(number)])
                case ["done", number]:
                    store_reading(results / f"{number}-read.json", clips[int(number)])

        run_media(
            [sys.executable, "-P", "-m", "pipeline.speech.worker", str(job_file), str(results)],
            name=", ".join(clip.name for clip in clips[:3]),
            on_line=follow,
            env={"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"},
            stall_s=STALL_S,
            alive=alive,
        )
