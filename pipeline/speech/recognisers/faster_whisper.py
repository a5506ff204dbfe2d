"""Whisper models of any size by faster-whisper (CTranslate2)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.documents.transcript import Word
from pipeline.media.decode import RATE_HZ, Samples
from pipeline.speech.recogniser import Segment, language_share

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

BEAM = 5
TEMPERATURES = (0.0, 0.4, 0.8)
"""The first pass and the retries of a window whose text is repetitive or unlikely; each retry costs as much as the first."""
BEFORE_S, AFTER_S = 0.3, 0.3
"""Sound kept around a phrase that is scored."""
SILENCE_S = 1.0
"""Silence added at the end, so that the encoder sees the phrase end; Whisper was trained on windows padded to 30 s."""
LONGEST_S = 28.0
LEAST_PROBABILITY = 1e-9


def load(folder: Path, threads: int) -> "FasterWhisper":
    """Load a model for the CPU with 8-bit weights. threads: 0 for one per core."""
    import ctranslate2  # type: ignore[import-untyped]
    from faster_whisper import WhisperModel

    ctranslate2.set_random_seed(20261012)
    return FasterWhisper(WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True))


class FasterWhisper:
    """A Whisper model; 80 and 128 mel bands alike, as its folder states."""

    def __init__(self, model: "WhisperModel") -> None:
        self.model = model

    def spoken_language(self, samples: Samples) -> tuple[str, float]:
        """Return zh or en, and its share."""
        _, _, ranked = self.model.detect_language(samples)
        return language_share(dict(ranked))

    def recognise(self, samples: Samples, language: str) -> list[Segment]:
        """Return the segments of a sound."""
        segments, _ = self.model.transcribe(
            samples,
            language=language,
            beam_size=BEAM,
            temperature=list(TEMPERATURES),
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
        )
        return [
            Segment(
                words=tuple(
                    Word(start_s=word.start, end_s=word.end, text=word.word, probability=round(float(word.probability), 4))
                    for word in segment.words or ()
                ),
                log_probability=round(float(segment.avg_logprob), 4),
                no_speech=round(float(segment.no_speech_prob), 4),
                compression=round(float(segment.compression_ratio), 4),
            )
            for segment in segments
        ]

    def scores(self, samples: Samples, language: str) -> "TextScorer":
        """Return what tells how probable texts are in a clip's sound."""
        return TextScorer(self.model, samples, language)


class TextScorer:
    """Scores texts on a clip's sound with the model that recognised it.

    The encoder sees the phrase's own frames and not a window of 30 s, which takes a tenth of the time; each text is aligned in a call
    of its own, since a batch of texts of different length costs more than its parts.
    """

    def __init__(self, model: "WhisperModel", samples: Samples, language: str) -> None:
        from faster_whisper.tokenizer import Tokenizer

        self.model, self.samples = model, samples
        self.tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)

    def __call__(self, start_s: float, end_s: float, texts: Sequence[str]) -> list[float] | None:
        """Return the natural logarithm of each text's probability; None for a stretch too long to be encoded at once."""
        from faster_whisper.transcribe import get_ctranslate2_storage

        if end_s - start_s > LONGEST_S or not texts:
            return None
        first, last = round(max(0.0, start_s - BEFORE_S) * RATE_HZ), round((end_s + AFTER_S) * RATE_HZ)
        sound = np.concatenate((self.samples[first:last], np.zeros(round(SILENCE_S * RATE_HZ), np.float32)))
        features = self.model.feature_extractor(sound)
        features = features[:, : features.shape[1] // 2 * 2]
        encoded = self.model.model.encode(get_ctranslate2_storage(np.ascontiguousarray(features[None])))
        return [self._score(encoded, features.shape[1], text) for text in texts]

    def _score(self, encoded: object, frames: int, text: str) -> float:
        tokens = self.tokenizer.encode(text)
        if not tokens:
            return 0.0
        (result,) = self.model.model.align(encoded, self.tokenizer.sot_sequence, [tokens], frames)
        return float(np.log(np.maximum(result.text_token_probs, LEAST_PROBABILITY)).sum())
