"""Whisper models as OpenAI publishes them (a .pt file) by openai-whisper (extra `openai-whisper`, which brings PyTorch)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.documents.transcript import Word
from pipeline.media.decode import RATE_HZ, Samples
from pipeline.speech.recogniser import Segment, language_share

if TYPE_CHECKING:
    from whisper import Whisper

BEAM = 5
TEMPERATURES = (0.0, 0.4, 0.8)
BEFORE_S, AFTER_S = 0.3, 0.3
LONGEST_S = 28.0


def load(folder: Path, threads: int) -> "OpenaiWhisper":
    """Load the .pt file of a folder for the CPU. threads: 0 for one per core."""
    import torch
    import whisper

    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(20261012)
    return OpenaiWhisper(whisper.load_model(str(model_file(folder)), device="cpu"))


def model_file(folder: Path) -> Path:
    """Return the .pt file of a folder; a name that is not there for a folder without one."""
    return next(iter(sorted(folder.glob("*.pt"))), folder / "model.pt")


class OpenaiWhisper:
    """A Whisper model in PyTorch; the number of its mel bands stands in the file."""

    def __init__(self, model: "Whisper") -> None:
        self.model = model

    def spoken_language(self, samples: Samples) -> tuple[str, float]:
        """Return zh or en, and its share."""
        _, shares = self.model.detect_language(self._features(samples))
        return language_share(dict(shares))

    def recognise(self, samples: Samples, language: str) -> list[Segment]:
        """Return the segments of a sound."""
        import whisper

        found = whisper.transcribe(
            self.model,
            np.ascontiguousarray(samples, np.float32),
            language=language,
            beam_size=BEAM,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            word_timestamps=True,
            fp16=False,
            verbose=None,
        )
        return [_segment(segment) for segment in found["segments"]]

    def scores(self, samples: Samples, language: str) -> "TextProbabilities":
        """Return what tells how probable texts are in a clip's sound."""
        return TextProbabilities(self, samples, language)

    def _features(self, samples: Samples) -> Any:
        import whisper

        sound = whisper.pad_or_trim(np.ascontiguousarray(samples, np.float32))
        return whisper.log_mel_spectrogram(sound, self.model.dims.n_mels).to(self.model.device)


class TextProbabilities:
    """Scores texts on a clip's sound by the decoder's own probability of their tokens. The encoder sees a window of 30 s."""

    def __init__(self, recogniser: OpenaiWhisper, samples: Samples, language: str) -> None:
        from whisper.tokenizer import get_tokenizer

        model = recogniser.model
        self.recogniser, self.samples = recogniser, samples
        self.tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=language, task="transcribe")

    def __call__(self, start_s: float, end_s: float, texts: Sequence[str]) -> list[float] | None:
        """Return the natural logarithm of each text's probability; None for a stretch longer than a window."""
        import torch

        if end_s - start_s > LONGEST_S or not texts:
            return None
        first, last = round(max(0.0, start_s - BEFORE_S) * RATE_HZ), round((end_s + AFTER_S) * RATE_HZ)
        with torch.no_grad():
            encoded = self.recogniser.model.encoder(self.recogniser._features(self.samples[first:last])[None])
            return [self._score(encoded, text) for text in texts]

    def _score(self, encoded: Any, text: str) -> float:
        import torch

        tokens = self.tokenizer.encode(text)
        if not tokens:
            return 0.0
        start = [*self.tokenizer.sot_sequence, self.tokenizer.no_timestamps]
        line = torch.tensor([[*start, *tokens]], device=encoded.device)
        logs = self.recogniser.model.decoder(line, encoded).log_softmax(-1)[0, len(start) - 1 : -1]
        return float(logs.gather(-1, line[0, len(start) :, None]).sum())


def _segment(segment: dict[str, Any]) -> Segment:
    words = tuple(
        Word(start_s=float(word["start"]), end_s=float(word["end"]), text=word["word"], probability=round(float(word["probability"]), 4))
        for word in segment.get("words", ())
    )
    return Segment(
        words=words,
        log_probability=round(float(segment["avg_logprob"]), 4),
        no_speech=round(float(segment["no_speech_prob"]), 4),
        compression=round(float(segment["compression_ratio"]), 4),
    )
