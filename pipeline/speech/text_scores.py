"""Whisper's own probability of texts that may have been said in a stretch of sound."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.media.decode import RATE_HZ, Samples

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

BEFORE_S, AFTER_S = 0.3, 0.3
"""Sound kept around a phrase."""
SILENCE_S = 1.0
"""Silence added at the end, so that the encoder sees the phrase end; Whisper was trained on windows padded to 30 s."""
LONGEST_S = 28.0
LEAST_PROBABILITY = 1e-9


class TextScorer:
    """Scores texts on a clip's sound with the model that recognised it.

    The encoder sees the phrase's own frames and not a window of 30 s, which takes a tenth of the time; each text is aligned in a call
    of its own, since a batch of texts of different length costs more than its parts.
    """

    def __init__(self, model: "WhisperModel", samples: Samples, language: str) -> None:
        from faster_whisper.tokenizer import Tokenizer

        self.model, self.samples = model, samples
        self.tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)

    def scores(self, start_s: float, end_s: float, texts: Sequence[str]) -> list[float] | None:
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
