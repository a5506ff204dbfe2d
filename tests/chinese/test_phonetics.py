"""How Chinese sounds: one reading of a text, one table of what is taken for what, and degrees of strictness over it."""

import subprocess
import sys

import pytest
import yaml

from pipeline.chinese import (
    CONFUSABLE_SOUNDS,
    DIALECT_COST,
    MISHEARD_COST,
    OTHER_SOUND_COST,
    character_difference,
    read_syllables,
    readings,
    same_in_dialect,
    share_initial_or_final,
    spoken_words,
    syllable_difference,
    toneless_syllables,
)
from pipeline.resources import ROOT


def test_every_chinese_character_of_a_text_has_its_place_sound_and_tone() -> None:
    assert [(syllable.offset, syllable.sound, syllable.tone) for syllable in read_syllables("10斤，石榴的abc女")] == [
        (2, "jin", 1),
        (4, "shi", 2),
        (5, "liu", 2),
        (6, "de", 5),
        (10, "nv", 3),
    ]


def test_a_character_is_read_as_the_words_around_it_have_it_read() -> None:
    assert toneless_syllables("银行") == ("yin", "hang")
    assert toneless_syllables("行走") == ("xing", "zou")


def test_a_character_without_a_known_reading_disturbs_no_others() -> None:
    """Rare characters in names: every character still has its own syllable at its own place."""
    spoken = read_syllables("\U0002a6d6\U0002ffff好")
    assert [(syllable.offset, syllable.sound) for syllable in spoken][2] == (2, "hao")
    assert len(spoken) == 3
    assert readings("\U0002ffff") == frozenset()
    assert character_difference("\U0002ffff", "hao") > OTHER_SOUND_COST


def test_only_characters_with_two_readings_in_use_have_both() -> None:
    assert readings("长") == {"chang", "zhang"}
    assert readings("家") == {"jia"}
    assert readings("a") == readings("") == readings("，") == frozenset()


def test_what_is_said_leaves_punctuation_out_and_keeps_latin_words() -> None:
    assert spoken_words("Corn，10斤 冕宁土豆！") == ("corn", "10", "jin", "mian", "ning", "tu", "dou")
    assert toneless_syllables("冕宁，土豆") == toneless_syllables("A级") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shi", "si"),
        ("zhang", "zan"),
        ("nan", "lan"),
        ("huang", "fang"),
        ("hui", "fei"),
        ("hu", "fu"),
        ("huan", "fang"),
        ("lve", "lie"),
        ("yin", "ying"),
        ("wang", "wan"),
    ],
)
def test_what_a_dialect_does_not_tell_apart_is_the_same_there(one: str, other: str) -> None:
    assert same_in_dialect(one, other)
    assert same_in_dialect(other, one)
    assert share_initial_or_final(one, other)
    assert 0 < syllable_difference(one, other) <= 2 * DIALECT_COST


@pytest.mark.parametrize(("one", "other"), [("ba", "pa"), ("shi", "zhi"), ("liu", "lao"), ("yi", "wu"), ("mian", "tu"), ("hao", "fan")])
def test_what_a_dialect_tells_apart_is_another_sound_there(one: str, other: str) -> None:
    assert not same_in_dialect(one, other)


def test_the_degrees_lie_in_order() -> None:
    assert (
        syllable_difference("shi", "shi")
        == 0
        < DIALECT_COST
        == syllable_difference("shi", "si")
        < MISHEARD_COST
        == syllable_difference("shi", "zhi")
        < OTHER_SOUND_COST
    )
    assert syllable_difference("shi", "ma") == 2 * OTHER_SOUND_COST


def test_syllables_are_compared_as_they_are_spoken_not_as_they_are_written() -> None:
    assert syllable_difference("you", "liu") == OTHER_SOUND_COST  # you is iu: only its beginning differs
    assert syllable_difference("yu", "ju") == OTHER_SOUND_COST
    assert syllable_difference("jue", "jie") == DIALECT_COST
    assert share_initial_or_final("wei", "bei")


def test_half_of_a_syllable_may_be_misheard_but_not_both() -> None:
    assert share_initial_or_final("cui", "zui")
    assert share_initial_or_final("nong", "lan")
    assert not share_initial_or_final("da", "cui")


def test_the_table_holds_each_pair_once_and_only_sounds_that_exist() -> None:
    table = yaml.safe_load(CONFUSABLE_SOUNDS.read_text(encoding="utf-8"))
    initials = {"zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw"}
    for part in ("initials", "finals", "syllables"):
        pairs = [frozenset(pair.split("-")) for listed in table[part].values() for pair in listed.split()]
        assert all(len(pair) == 2 for pair in pairs), part
        assert len(pairs) == len(set(pairs)), part
        if part == "initials":
            assert set().union(*pairs) <= initials


def test_nothing_of_chinese_is_loaded_before_it_is_used() -> None:
    """The dictionary, the readings and the Traditional characters cost seconds that nobody who types `fieldcut --help` has asked for."""
    code = "import sys, pipeline.chinese; print([name for name in ('jieba', 'pypinyin', 'opencc', 'pydantic') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
