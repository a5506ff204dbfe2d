"""A recogniser on a clip's speech: words with approximate times.

Measured with the bundled `base` model (int8, beam 5) on two narrated stories and eight human recordings, character error rate:
no prompt 16 % and 16 %; glossary as hotwords 17 % and 48 %; glossary as initial prompt 15 % and 32 %. Prompts make short clips
repeat the prompt's words after the sentence and cost up to 18 s in retries, so names are corrected afterwards, by sound (`repair`).
"""

from collections.abc import Callable, Sequence

import numpy as np

from pipeline.documents.base import Span
from pipeline.media.decode import RATE_HZ, Samples
from pipeline.speech.recogniser import Recogniser, Segment
from pipeline.speech.windows import Window, pack_windows

VERSION = 1
SURE_LANGUAGE = 0.8
"""Below this share a second pass keeps the clip's language: a cough sounds like any of them."""
UNRECOGNISED_FROM_S = 1.0
"""Speech without words from this length on is recognised again: a breath, a laugh and an "er" are shorter, a sentence is not."""


def spoken_language(recogniser: Recogniser, samples: Samples, speech: Sequence[Span]) -> tuple[str, float]:
    """Return the more probable of the languages that FieldCut writes, and its share of their probability (0.5..1)."""
    return recogniser.spoken_language(pack_windows(samples, speech)[0].samples)


def recognise_speech(
    recogniser: Recogniser,
    samples: Samples,
    speech: Sequence[Span],
    language: str,
    progress: Callable[[float], None],
    *,
    mixed: bool = False,
) -> list[Segment]:
    """Return the segments of a clip in order of time. progress: called with the share of the speech that is done.

    Speech that the first pass left out is recognised again by itself: Whisper skips whole sentences of a window, most often where the
    language changes. mixed: such speech may be in the other language.
    """
    windows = pack_windows(samples, speech)
    total_s = sum(window.length_s for window in windows) or 1.0
    segments: list[Segment] = []
    done_s = 0.0
    for window in windows:
        segments += _recognise_window(recogniser, window, language)
        done_s += window.length_s
        progress(0.95 * done_s / total_s)
    for window in pack_windows(samples, unrecognised_speech(speech, segments)):
        heard, share = recogniser.spoken_language(window.samples) if mixed else (language, 1.0)
        segments += _recognise_window(recogniser, window, heard if share >= SURE_LANGUAGE else language)
    progress(1.0)
    return sorted(segments, key=lambda segment: segment.words[0].start_s if segment.words else 0.0)


def unrecognised_speech(speech: Sequence[Span], segments: Sequence[Segment]) -> list[Span]:
    """Return the speech of `UNRECOGNISED_FROM_S` or more without any word."""
    words = sorted((word.start_s, word.end_s) for segment in segments for word in segment.words)
    gaps = []
    for span in speech:
        at_s = span.start_s
        for start_s, end_s in [word for word in words if word[1] > span.start_s and word[0] < span.end_s] + [(span.end_s, span.end_s)]:
            if start_s - at_s >= UNRECOGNISED_FROM_S:
                gaps.append(Span(start_s=at_s, end_s=start_s))
            at_s = max(at_s, end_s)
    return gaps


def _recognise_window(recogniser: Recogniser, window: Window, language: str) -> list[Segment]:
    return [_segment_on_clip(segment, window) for segment in recogniser.recognise(window.samples, language)]


def _segment_on_clip(segment: Segment, window: Window) -> Segment:
    words = []
    for word in segment.words:
        middle_s = (word.start_s + word.end_s) / 2
        start_s = window.clip_time(word.start_s)
        # A word across two pieces belongs to the one with its middle: its inexact start may lie in the pause that was cut out.
        pieces = [piece for piece in window.pieces if piece.at_s <= middle_s] or list(window.pieces[:1])
        start_s = max(start_s, pieces[-1].start_s)
        end_s = max(start_s, window.clip_time(max(word.end_s - 1e-4, middle_s)))
        words.append(word.model_copy(update={"start_s": round(start_s, 3), "end_s": round(end_s, 3)}))
    return segment.model_copy(update={"words": tuple(words)})


def loudness_curve(samples: Samples, hop_s: float = 0.01, over_s: float = 0.02) -> list[float]:
    """Return the level in dB relative to full scale every `hop_s` seconds, each measured over `over_s` seconds around its time."""
    hop, over = round(hop_s * RATE_HZ), round(over_s * RATE_HZ)
    padded = np.pad(samples.astype(np.float64) ** 2, (over // 2, over))
    running = np.concatenate(([0.0], np.cumsum(padded)))
    starts = np.arange(0, len(samples), hop)
    power = (running[starts + over] - running[starts]) / over
    return [round(float(level), 1) for level in 10 * np.log10(np.maximum(power, 1e-10))]
