"""Phrases begin and end where the sound does."""

import numpy as np
import pytest

from pipeline.documents.base import Span
from pipeline.documents.transcript import Word
from pipeline.media.decode import RATE_HZ
from pipeline.speech.phrases import build_phrases
from pipeline.speech.recognition import loudness_curve, unrecognised_speech
from pipeline.speech.windows import LONGEST_S, pack_windows


def word(text: str, start_s: float, end_s: float) -> Word:
    return Word(start_s=start_s, end_s=end_s, text=text, probability=0.9)


def curve(*loud: tuple[float, float], length_s: float = 10.0, noise: float = 0.001) -> list[float]:
    rng = np.random.default_rng(1)
    samples = rng.normal(0, noise, int(length_s * RATE_HZ)).astype(np.float32)
    for start_s, end_s in loud:
        at = np.arange(int(start_s * RATE_HZ), int(end_s * RATE_HZ))
        samples[at] += (0.2 * np.sin(2 * np.pi * 180 * at / RATE_HZ)).astype(np.float32)
    return loudness_curve(samples)


def test_a_phrase_has_the_edges_of_its_sound_not_of_its_loose_words() -> None:
    loose = [word("土", 0.7, 1.5), word("豆", 1.5, 2.4)]
    (phrase,) = build_phrases(loose, [Span(start_s=1.02, end_s=1.95)], curve((1.0, 2.0)))
    assert phrase.start_s == pytest.approx(1.0, abs=0.06)
    assert phrase.end_s == pytest.approx(2.0, abs=0.08)
    assert phrase.start_s <= 1.0
    assert phrase.end_s >= 2.0


def test_a_pause_of_half_a_second_parts_two_phrases() -> None:
    words = [word("好", 1.0, 1.5), word("土", 1.8, 2.5), word("豆", 2.5, 3.0)]
    speech = [Span(start_s=1.0, end_s=1.5), Span(start_s=2.1, end_s=3.0)]
    phrases = build_phrases(words, speech, curve((1.0, 1.5), (2.1, 3.0)))
    assert [phrase.text for phrase in phrases] == ["好", "土豆"]
    assert phrases[1].words[0].start_s == pytest.approx(2.1, abs=0.05)


def test_a_breath_between_words_keeps_them_together() -> None:
    words = [word("土豆", 1.0, 1.5), word("很甜", 1.8, 2.5)]
    phrases = build_phrases(words, [Span(start_s=1.0, end_s=2.5)], curve((1.0, 1.5), (1.8, 2.5)))
    assert [phrase.text for phrase in phrases] == ["土豆很甜"]


def test_a_soft_last_syllable_under_the_detectors_span_is_not_cut() -> None:
    (phrase,) = build_phrases([word("甜", 1.0, 1.6)], [Span(start_s=1.0, end_s=1.7)], curve((1.0, 1.95)))
    assert phrase.end_s >= 1.95


def test_words_far_from_all_speech_are_dropped() -> None:
    words = [word("土豆", 1.0, 1.5), word("谢谢观看", 6.0, 7.0)]
    phrases = build_phrases(words, [Span(start_s=1.0, end_s=1.5)], curve((1.0, 1.5)))
    assert [phrase.text for phrase in phrases] == ["土豆"]


def test_edges_hold_in_a_noisy_yard() -> None:
    (phrase,) = build_phrases([word("土豆", 0.8, 2.3)], [Span(start_s=1.0, end_s=2.0)], curve((1.0, 2.0), noise=0.02))
    assert phrase.start_s == pytest.approx(1.0, abs=0.1)
    assert phrase.end_s == pytest.approx(2.0, abs=0.1)


def test_word_times_rise_and_stay_in_their_phrase() -> None:
    words = [word(text, 1.0, 1.0) for text in "又沙又甜"]
    (phrase,) = build_phrases(words, [Span(start_s=1.0, end_s=2.0)], curve((1.0, 2.0)))
    times = [moment for item in phrase.words for moment in (item.start_s, item.end_s)]
    assert times == sorted(times)
    assert all(item.end_s > item.start_s for item in phrase.words)
    assert phrase.start_s <= times[0]
    assert times[-1] <= phrase.end_s


def test_long_talk_is_packed_into_windows_that_break_at_pauses() -> None:
    samples = np.zeros(120 * RATE_HZ, np.float32)
    speech = [Span(start_s=at, end_s=at + 5.0) for at in range(1, 100, 7)]
    windows = pack_windows(samples, speech)
    assert all(window.length_s <= LONGEST_S + 0.01 for window in windows)
    assert sum(len(window.pieces) for window in windows) == len(speech)
    assert windows[1].clip_time(0.5) == pytest.approx(windows[1].pieces[0].start_s + 0.5)


def test_a_speech_without_any_pause_is_still_split() -> None:
    windows = pack_windows(np.zeros(90 * RATE_HZ, np.float32), [Span(start_s=0.0, end_s=89.0)])
    assert all(window.length_s <= LONGEST_S + 0.01 for window in windows)
    assert sum(window.length_s for window in windows) == pytest.approx(89.3, abs=0.1)


def test_a_sentence_that_was_passed_over_is_noticed() -> None:
    from pipeline.speech.recognition import Segment

    heard = Segment(words=(word("大家好", 1.0, 2.0),), log_probability=-0.2, no_speech=0.0, compression=1.0)
    assert unrecognised_speech([Span(start_s=1.0, end_s=2.1), Span(start_s=4.0, end_s=6.0)], [heard]) == [Span(start_s=4.0, end_s=6.0)]
