"""The benchmark of spoken prices reaches its goals on a fixed sample of all parts, every third sentence, alone and in a talk."""

import pytest

from benchmarks.quality.prices import MOST_ASKED, PARTS, PAUSES_S, Sentence, is_well_judged, outcome, outcome_in_talk, sentences

SAMPLE = [(part, sentence) for part in PARTS for sentence in list(sentences(part))[::3]]


@pytest.mark.parametrize("sentence", [sentence for _, sentence in SAMPLE], ids=lambda sentence: sentence.text)
def test_a_wrong_price_never_passes_and_a_right_one_never_stops(sentence: Sentence) -> None:
    assert is_well_judged(sentence, outcome(sentence))
    assert all(is_well_judged(sentence, outcome_in_talk(sentence, pause_s)) for pause_s in PAUSES_S)


@pytest.mark.parametrize("part", PARTS)
def test_a_right_price_is_rarely_asked_about(part: str) -> None:
    right = [sentence for of_part, sentence in SAMPLE if of_part == part and sentence.right]
    assert sum(outcome(sentence) == "asked" for sentence in right) <= MOST_ASKED * len(right)


def test_the_benchmark_has_two_hundred_sentences_and_both_halves() -> None:
    every = [sentence for part in PARTS for sentence in sentences(part)]
    assert len(every) >= 200
    assert 0.4 <= sum(sentence.right for sentence in every) / len(every) <= 0.6
