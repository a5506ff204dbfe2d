"""Where in a sound somebody speaks, by the voice detector Silero."""

from itertools import pairwise

from pipeline.documents.base import Span
from pipeline.media.decode import RATE_HZ, Samples

SPEECH_THRESHOLD = 0.5
LEAST_SPEECH_MS = 200
PAUSE_MS = 300


def speech_spans(samples: Samples) -> list[Span]:
    """Where somebody speaks, seconds, in mono samples at 16 kHz."""
    if len(samples) < RATE_HZ // 10:
        return []
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=SPEECH_THRESHOLD, min_speech_duration_ms=LEAST_SPEECH_MS, min_silence_duration_ms=PAUSE_MS, speech_pad_ms=60
    )
    stamps = get_speech_timestamps(samples, options)
    spans = [Span(start_s=round(s["start"] / RATE_HZ, 3), end_s=round(s["end"] / RATE_HZ, 3)) for s in stamps]
    assert all(earlier.end_s <= later.start_s + 1e-6 for earlier, later in pairwise(spans))
    return spans
