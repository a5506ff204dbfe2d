"""SenseVoice and Paraformer models by sherpa-onnx (extra `sherpa`). They give tokens with their beginnings, and no text's probability."""

import mmap
import re
from collections.abc import Sequence
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.documents.transcript import Word
from pipeline.media.decode import RATE_HZ, Samples
from pipeline.speech.recogniser import NO_PROBABILITY, Segment

if TYPE_CHECKING:
    from sherpa_onnx import OfflineRecognizer

MODEL_FILES = ("model.int8.onnx", "model.onnx")
"""The smaller one first."""
TOKENS = "tokens.txt"
LONGEST_TOKEN_S = 0.4
"""A token lasts until the next one, or so long."""
_SPECIAL = re.compile(r"<[^>]*>")
_LATIN_PIECE = "▁"
"""SenseVoice: a word begins."""
_LATIN_CONTINUES = "@@"
"""Paraformer: the word goes on in the next token."""


def load(folder: Path, threads: int) -> "SherpaOnnx":
    """Load a model for the CPU. threads: 0 for one per core. Raises ValueError for a kind of model that is not known."""
    import os

    from sherpa_onnx import OfflineRecognizer

    model, tokens = str(model_file(folder)), str(folder / TOKENS)
    count = threads or os.cpu_count() or 1
    kind = model_kind(folder)
    if kind == "paraformer":
        return SherpaOnnx(OfflineRecognizer.from_paraformer(model, tokens, num_threads=count))
    if kind == "sense_voice":
        return SherpaOnnx(OfflineRecognizer.from_sense_voice(model, tokens, num_threads=count, language="auto", use_itn=False))
    raise ValueError(f"{model}: neither SenseVoice nor Paraformer")


def model_file(folder: Path) -> Path:
    """Return the weights in a folder; the first name for a folder without any."""
    return next((folder / name for name in MODEL_FILES if (folder / name).is_file()), folder / MODEL_FILES[0])


def model_kind(folder: Path) -> str:
    """Return sense_voice or paraformer as the model's own metadata say; "" for anything else."""
    path = model_file(folder)
    if not path.is_file() or path.stat().st_size == 0:
        return ""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return next((kind for kind in ("sense_voice", "paraformer") if content.find(kind.encode()) >= 0), "")


class SherpaOnnx:
    """A model that sherpa-onnx runs on whole sounds."""

    def __init__(self, recogniser: "OfflineRecognizer") -> None:
        self.recogniser = recogniser

    def spoken_language(self, samples: Samples) -> tuple[str, float]:
        """Return what SenseVoice says itself; for Paraformer, which says nothing, whether there is any Chinese in the text."""
        result = self._result(samples)
        said = str(getattr(result, "lang", "")).strip("<|>")
        chinese = said in ("zh", "yue") or (not said and (not result.text.strip() or not result.text.isascii()))
        return ("zh" if chinese else "en"), 1.0

    def recognise(self, samples: Samples, language: str) -> list[Segment]:  # noqa: ARG002 - these models hear all their languages at once
        """Return one segment with the tokens of a sound."""
        words = token_words(self._result(samples), len(samples) / RATE_HZ)
        return [Segment(words=tuple(words))] if words else []

    def scores(self, samples: Samples, language: str) -> None:  # noqa: ARG002 - see the class
        """Return nothing: sherpa-onnx cannot say how probable a given text is."""
        return

    def _result(self, samples: Samples) -> Any:
        stream = self.recogniser.create_stream()
        stream.accept_waveform(RATE_HZ, samples)
        self.recogniser.decode_stream(stream)
        return stream.result


def token_words(result: Any, length_s: float) -> list[Word]:
    """Return the tokens of a result as words. result: tokens, timestamps (seconds of their beginnings), perhaps ys_log_probs."""
    tokens: Sequence[str] = result.tokens
    starts: Sequence[float] = result.timestamps
    if len(starts) != len(tokens):  # a model without times of its own: spread over the sound
        starts = [length_s * at / max(1, len(tokens)) for at in range(len(tokens))]
    logs: Sequence[float] = getattr(result, "ys_log_probs", ())
    words: list[Word] = []
    continues, marks_beginnings = False, any(_LATIN_PIECE in token for token in tokens)
    for at, token in enumerate(tokens):
        text, goes_on = _written(token)
        if not text.strip():
            continue
        end_s = min(starts[at + 1] if at + 1 < len(tokens) else length_s, starts[at] + LONGEST_TOKEN_S)
        probability = min(1.0, exp(logs[at])) if len(logs) == len(tokens) else NO_PROBABILITY
        latin_after_latin = text.isascii() and bool(words) and words[-1].text.isascii()
        if latin_after_latin and (continues or (marks_beginnings and text[0] != " ")):
            last = words.pop()
            words.append(last.model_copy(update={"text": last.text + text.strip(), "end_s": max(end_s, last.start_s)}))
        else:
            spaced = text if text[0] == " " or not text.isascii() else f" {text}"
            words.append(Word(start_s=starts[at], end_s=max(end_s, starts[at]), text=spaced, probability=round(probability, 4)))
        continues = goes_on
    return words


def _written(token: str) -> tuple[str, bool]:
    """Return what a token writes, and whether its word goes on in the next one."""
    text = _SPECIAL.sub("", token).replace(_LATIN_PIECE, " ")
    return text.removesuffix(_LATIN_CONTINUES), text.endswith(_LATIN_CONTINUES)
