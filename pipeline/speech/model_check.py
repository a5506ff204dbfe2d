"""Proving a model on three sentences of the demo that comes with FieldCut: what it writes, how fast, with how much memory."""

import re
import sys
import time
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.chinese import simplified, spell_number
from pipeline.documents.base import Span
from pipeline.media import run_media
from pipeline.resources import ASSETS, PACKAGE
from pipeline.speech.model import SpeechModel
from pipeline.speech.transcription import STALL_S
from pipeline.speech.worker import RecognisedSpeech, RecognitionJob, RecognitionTask
from pipeline.store import load_document, scratch_folder

TALK = ASSETS / "demo" / "story" / "VID_20261018_093000.mp4"
SENTENCES = (
    (9.22, 12.24, "我们的苹果长在海拔两千米的高山上"),
    (14.42, 16.33, "早晚温差大又脆又甜"),
    (24.26, 26.38, "点下面的小黄车就可以买"),
)
"""Seconds of the talk, and what is said; a synthetic voice."""
GOOD_SHARE = 0.75
"""Share of the characters that a model which hears Mandarin gets right; the base gets nine in ten."""


@dataclass(frozen=True)
class CheckedSentence:
    """One sentence as it was said and as the model wrote it, and the share of its characters that are right."""

    said: str
    heard: str
    right: float


@dataclass(frozen=True)
class ModelCheck:
    """What came of a check. seconds: from the start to the end, loading included. speech_s: how long the three sentences last."""

    sentences: tuple[CheckedSentence, ...]
    seconds: float
    speech_s: float

    @property
    def right(self) -> float:
        """The share of characters that are right, in all sentences."""
        return sum(sentence.right * len(sentence.said) for sentence in self.sentences) / sum(
            len(sentence.said) for sentence in self.sentences
        )

    @property
    def is_good(self) -> bool:
        """Whether the model hears Mandarin."""
        return self.right >= GOOD_SHARE


def check_model(model: SpeechModel, threads: int = 0) -> ModelCheck:
    """Let a model write the sentences down, in a process of its own. Raises MediaFault when it fails or hangs."""
    speech = tuple(Span(start_s=start_s, end_s=end_s) for start_s, end_s, _ in SENTENCES)
    task = RecognitionTask(clip_id="check", path=str(TALK), stream=0, speech=speech)
    job = RecognitionJob(model=str(model.folder), library=model.library, language="zh", threads=threads, tasks=(task,))
    begun = time.monotonic()
    with scratch_folder() as scratch:
        (scratch / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
        run_media(
            [sys.executable, "-P", "-m", "pipeline.speech.worker", str(scratch / "job.json"), str(scratch / "results")],
            name=model.name,
            env={"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(PACKAGE.parent), "PYTHONUTF8": "1"},
            stall_s=STALL_S,
        )
        heard = load_document(scratch / "results" / "0.json", RecognisedSpeech)
    words = [word for phrase in heard.phrases for word in phrase.words]
    sentences = []
    for start_s, end_s, said in SENTENCES:
        text = _plain("".join(word.text for word in words if start_s - 0.5 <= (word.start_s + word.end_s) / 2 < end_s + 0.5))
        blocks = SequenceMatcher(None, said, text, autojunk=False).get_matching_blocks()
        sentences.append(CheckedSentence(said, text, sum(block.size for block in blocks) / len(said)))
    return ModelCheck(tuple(sentences), time.monotonic() - begun, sum(span.length_s for span in speech))


def _plain(text: str) -> str:
    """Return a text as it is said: Simplified, numbers in characters, no punctuation."""
    spelt = re.sub(r"\d+", lambda match: spell_number(match[0]) if int(match[0]) < 10_000 else match[0], simplified(text))
    return re.sub(r"[^\w]", "", spelt).replace("二千", "两千")
