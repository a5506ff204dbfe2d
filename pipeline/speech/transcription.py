"""Transcribing clips: known speech comes from the store, the rest from one worker process; then names are repaired."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from pipeline.chinese import CONFUSABLE_SOUNDS, SELLER_WORDS
from pipeline.documents.base import Span
from pipeline.documents.clip import Clip
from pipeline.documents.message import M
from pipeline.documents.transcript import Transcript
from pipeline.errors import Fault
from pipeline.media import run_media
from pipeline.resources import PACKAGE
from pipeline.speech import model as models
from pipeline.speech import recognition, repair, vocabulary
from pipeline.speech.worker import RecognisedSpeech, RecognitionJob, RecognitionTask
from pipeline.store import Store, content_key, file_sha256, load_document, save_document, scratch_folder

VERSION = 1
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
) -> dict[str, Transcript]:
    """Return a transcript for every clip, by its id; an empty one for a clip without sound track or speech.

    speech: the voice detector's spans by clip id, seconds on the clip's clock. glossary: names as the product sheet and the note
    write them; what sounds like one is written as it. language: zh, en or auto (detected for each clip). progress: called with
    0..1. threads: processor threads, 0 for one per core.
    Raises Fault when the model is missing or a clip's sound cannot be read, MediaFault when the recogniser fails or hangs.
    """
    spoken = {clip.id: tuple(speech.get(clip.id, ())) for clip in clips if clip.sound is not None}
    talking = [clip for clip in clips if spoken.get(clip.id)]
    progress(0.0)
    heard: dict[str, RecognisedSpeech] = {}
    name = ""
    if talking:
        model = models.find_model(store)
        name = model.name
        heard = _recognise(talking, spoken, language, model, store, progress, threads)
    terms = vocabulary.build_vocabulary(glossary)
    transcripts = {clip.id: _transcript(clip, heard.get(clip.id), terms, glossary, name, store) for clip in clips}
    progress(1.0)
    return transcripts


def _transcript(
    clip: Clip,
    recognised: RecognisedSpeech | None,
    terms: tuple[vocabulary.VocabularyTerm, ...],
    glossary: Sequence[str],
    model: str,
    store: Store,
) -> Transcript:
    if recognised is None:
        return Transcript(clip_id=clip.id, language="", phrases=(), model=model)
    key = content_key(
        hearing=recognised,
        sha256=clip.sha256,
        glossary=sorted(set(glossary)),
        words=file_sha256(SELLER_WORDS),
        sounds=file_sha256(CONFUSABLE_SOUNDS),
        version=[VERSION, repair.VERSION],
        model=model,
        tools=[version("pypinyin"), version("jieba"), version("opencc-python-reimplemented")],
    )

    def write(path: Path) -> None:
        phrases, repairs = repair.repair_phrases(recognised.phrases, terms)
        save_document(path, Transcript(clip_id=clip.id, language=recognised.language, phrases=phrases, repairs=repairs, model=model))

    return load_document(store.make("transcripts", key, ".json", write), Transcript)


def _recognise(
    clips: Sequence[Clip],
    speech: Mapping[str, tuple[Span, ...]],
    language: str,
    model: models.SpeechModel,
    store: Store,
    progress: Callable[[float], None],
    threads: int,
) -> dict[str, RecognisedSpeech]:
    """Return the recognised speech of every clip, from the store where it is known; new results are stored clip by clip."""
    keys = _speech_keys(clips, speech, language, model)
    paths = {clip.id: store.find("hearings", keys[clip.id], ".json") for clip in clips}
    heard = {clip_id: load_document(path, RecognisedSpeech) for clip_id, path in paths.items() if path is not None}
    new = [clip for clip in clips if clip.id not in heard]
    if not new:
        return heard
    known: dict[str, float] = {}
    for clip_id, recognised in heard.items():
        known[recognised.language] = known.get(recognised.language, 0.0) + sum(span.length_s for span in speech[clip_id])
    tasks = tuple(RecognitionTask(clip_id=clip.id, path=clip.path, stream=_stream(clip), speech=speech[clip.id]) for clip in new)

    def store_result(path: Path, clip: Clip) -> None:
        recognised = _read_result(path, clip)
        part = store.part("hearings", keys[clip.id], ".json")
        save_document(part, recognised)
        store.adopt("hearings", keys[clip.id], ".json", part)
        heard[clip.id] = recognised

    job = RecognitionJob(model=str(model.folder), language=language, threads=threads, tasks=tasks, known=known)
    _run_worker(job, new, store_result, progress)
    return heard


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
            beam=recognition.BEAM,
            version=[VERSION, recognition.VERSION],
            tools=[version("faster-whisper"), version("ctranslate2")],
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
    job: RecognitionJob, clips: Sequence[Clip], store_result: Callable[[Path, Clip], None], progress: Callable[[float], None]
) -> None:
    """Recognise the job's clips in a process of their own; `store_result` gets each result at once, so that a broken run resumes."""
    lengths = [sum(span.length_s for span in task.speech) + 0.5 for task in job.tasks]
    with scratch_folder() as scratch:
        job_file, results = scratch / "job.json", scratch / "results"
        job_file.write_text(job.model_dump_json(), encoding="utf-8")

        def follow(line: str) -> None:
            match line.split():
                case ["clip", number, share]:
                    progress(min(0.99, (sum(lengths[: int(number)]) + lengths[int(number)] * float(share)) / sum(lengths)))
                case ["done", number]:
                    store_result(results / f"{number}.json", clips[int(number)])

        run_media(
            [sys.executable, "-P", "-m", "pipeline.speech.worker", str(job_file), str(results)],
            name=", ".join(clip.name for clip in clips[:3]),
            on_line=follow,
            env={"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"},
            stall_s=STALL_S,
        )
