"""The claims check keeps its promise on sentences that its rules were not written on."""

from pathlib import Path

import pytest

from benchmarks.quality.claims import GOALS, judge, measure, read_examples, score


@pytest.mark.system
def test_the_held_half_is_read_as_well_as_promised() -> None:
    reached = measure("held")
    assert {name: share for name, share in reached.items() if share < GOALS[name]} == {}


def test_the_halves_are_large_enough_to_tell() -> None:
    examples = read_examples(("words", "prices", "times"))
    assert len(examples) >= 400
    assert len({(example.text, example.given) for example in examples}) == len(examples)
    harmless = sum(not example.must_be_found for example in examples)
    assert 0.4 <= harmless / len(examples) <= 0.6
    for half in ("tuned", "held"):
        assert sum(example.half == half for example in examples) > len(examples) / 3
    assert sum(example.must_be_found for example in read_examples(("evasions",))) >= 100


def test_a_fixed_sample_of_the_held_half_is_read_right() -> None:
    sample = [example for example in read_examples() if example.half == "held"][::7]
    wrong = [one.example.text for one in map(judge, sample) if one.found != one.example.must_be_found]
    assert len(sample) > 40
    assert len(wrong) <= len(sample) * (1 - GOALS["recall"])


def test_a_sentence_that_is_found_wrongly_costs_precision() -> None:
    examples = [example for example in read_examples(("words",)) if example.half == "tuned"][:40]
    counted = score([judge(example) for example in examples])
    assert counted.must + counted.harmless == 40
    assert counted.found / (counted.found + counted.false) == counted.precision


def test_no_rule_file_has_a_sentence_of_the_benchmark() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in Path("pipeline/commerce/claims/rules").glob("*.yaml"))
    assert not [example.text for example in read_examples() if len(example.text) > 8 and example.text in rules]
