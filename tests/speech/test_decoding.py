"""Phrases read by sound and sense: the lattice proposes, Whisper's score decides, every change can be undone."""

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.documents.transcript import Phrase, Word
from pipeline.speech import decoding
from pipeline.speech.decoding import DecodedPhrase, decode_phrase, in_figures, spoken_terms
from pipeline.speech.incomplete_amounts import has_incomplete_amount
from pipeline.speech.language_model import NOWHERE, language_model
from pipeline.speech.lattice import PhraseLattice, Slot
from pipeline.speech.lattice_search import best_texts
from pipeline.speech.lexicon import lexicon
from pipeline.speech.number_grammar import NumberGrammar
from pipeline.speech.readings import PhraseReading, apply_reading, is_cantonese, reading_of, terms_to_repair
from pipeline.speech.selling_talk import AMOUNT, selling_talk
from pipeline.speech.spoken_text import Replacement, changes, replaced_words, spoken_phrase
from pipeline.speech.trust import Evidence, evidence_of, phrase_trusts
from pipeline.speech.vocabulary import build_vocabulary, story_units
from pipeline.subtitles.cues import MIN_TRUST

GLOSSARY = ("泾源牛肉", "泾源县")


def heard(*words: str, probability: float = 0.6) -> Phrase:
    timed = [Word(start_s=at * 0.2, end_s=at * 0.2 + 0.2, text=text, probability=probability) for at, text in enumerate(words)]
    return Phrase(start_s=0.0, end_s=len(words) * 0.2, words=tuple(timed))


def every_text_alike(texts: Sequence[str]) -> list[float]:
    return [-5.0] * len(texts)


def decoded(text: str, scores: object = every_text_alike, glossary: Sequence[str] = GLOSSARY, probability: float = 0.6) -> DecodedPhrase:
    words = lexicon()
    return decode_phrase(heard(*text, probability=probability), words, spoken_terms(build_vocabulary(glossary), words), scores)  # type: ignore[arg-type]


def written(text: str, scores: object = every_text_alike, glossary: Sequence[str] = GLOSSARY, probability: float = 0.6) -> str:
    return apply_reading(heard(*text), reading_of(decoded(text, scores, glossary, probability)), frozenset())[0].text


def test_an_n_gram_that_is_missing_backs_off_to_shorter_ones() -> None:
    model = language_model()
    we, of, apple = (model.numbers[word] for word in ("我们", "的", "苹果"))
    context = [(NOWHERE, NOWHERE), (NOWHERE, we), (we, of)]
    before, last = (np.array(numbers) for numbers in zip(*context, strict=True))
    scores = model.scores(before, last, np.array([apple, of]))
    assert scores[0].tolist() == pytest.approx(model.unigram_scores[np.array([apple, of])].tolist())
    assert scores[1, 1] > scores[0, 1], "我们 的 is a frequent pair"
    assert scores[1, 0] == pytest.approx(model.unigram_backoffs[we] + model.unigram_scores[apple], abs=0.01)


@pytest.mark.parametrize(
    ("written_as", "spoken"),
    [
        ("10斤49块5", "十斤四十九块五"),
        ("2.5公斤", "二点五公斤"),
        ("2026年", "二零二六年"),
        ("2斤", "两斤"),
        ("三箱,包邮。", "三箱包邮"),
        ("我們的蘋果", "我们的苹果"),
    ],
)
def test_a_phrase_is_spelt_out_as_it_is_said(written_as: str, spoken: str) -> None:
    assert "".join(one.character for run in spoken_phrase(heard(written_as)).runs for one in run) == spoken


@pytest.mark.parametrize("code", ["GPS", "13800138000", "8:30", "50%"])
def test_codes_and_large_numbers_are_no_syllables(code: str) -> None:
    assert [len(run) for run in spoken_phrase(heard("看" * 3, code, "听" * 2)).runs] == [3, 2]


def test_a_number_in_figures_stays_in_figures_when_it_is_another() -> None:
    spoken = spoken_phrase(heard("5", "斤", "18", "块"))
    found = changes(spoken, spoken.runs[0], "五斤十九块")
    assert found == [Replacement(2, 4, "19")]
    assert [word.text for word in replaced_words(spoken, found)] == ["5", "斤", "19", "块"]


@pytest.mark.parametrize(
    ("misheard", "said"),
    [
        ("经原牛肉炖萝卜", "泾源牛肉炖萝卜"),
        ("六金四十九块酒", "六斤四十九块九"),
        ("请大家揪证我的错误", "请大家纠正我的错误"),
        ("两香只要三十快", "两箱只要三十块"),
    ],
)
def test_what_makes_sense_and_sounds_alike_is_written(misheard: str, said: str) -> None:
    assert written(misheard) == said


@pytest.mark.parametrize("right", ["今天天气很好我们去地里看看", "这个枕头睡着很舒服", "十六个人一起采茶", "恩师教我的手艺"])
def test_a_right_sentence_that_was_heard_surely_stays(right: str) -> None:
    assert written(right, probability=0.95) == right


def test_nothing_changes_without_the_recognisers_score() -> None:
    assert written("经原牛肉六金四十九块酒", lambda _: None) == "经原牛肉六金四十九块酒"


def test_the_recogniser_takes_back_what_the_sound_does_not_bear() -> None:
    def only_as_heard(texts: Sequence[str]) -> list[float]:
        return [-5.0 if "揪证" in text else -80.0 for text in texts]

    assert written("请大家揪证我的错误", only_as_heard) == "请大家揪证我的错误"


@pytest.mark.parametrize(("as_heard", "turned"), [("这个腰练坏了", "好"), ("我们不卖给他", "买")])
def test_opposites_are_not_swapped_unless_the_sound_itself_is_for_it(as_heard: str, turned: str) -> None:
    assert turned not in written(as_heard)


def test_a_negation_is_written_where_nothing_else_makes_sense() -> None:
    assert written("我们步打农药") == "我们不打农药"


def test_a_negation_must_be_better_than_every_other_text_by_a_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "TURN_MARGIN", 30.0)
    assert written("我们步打农药") == "我们步打农药"


def test_every_change_is_on_record_and_can_be_undone_alone() -> None:
    phrase = heard(*"经原牛肉六金四十九块酒")
    reading = reading_of(decoded(phrase.text))
    assert [(change.heard, change.written, change.why) for change in reading.changes] == [
        ("经原牛肉", "泾源牛肉", "glossary"),
        ("六金", "六斤", "unit"),
        ("四十九块酒", "四十九块九", "price"),
    ]
    assert all(change.score_written > change.score_heard for change in reading.changes)
    undone, repairs = apply_reading(phrase, reading, frozenset({"六金"}))
    assert undone.text == "泾源牛肉六金四十九块九"
    assert [repair.heard for repair in repairs] == ["经原牛肉", "四十九块酒"]
    assert [word.start_s for word in undone.words] == [word.start_s for word in phrase.words]


def test_a_story_without_names_has_none_put_into_it() -> None:
    assert "泾源" not in written("经原牛肉很香", glossary=())


def test_cantonese_is_left_alone() -> None:
    assert is_cantonese([heard(*"佢哋嘅荔枝好甜")])
    assert not is_cantonese([heard(*"他们的荔枝很甜")])


def test_amounts_are_put_into_figures_as_recognisers_write_them() -> None:
    assert in_figures("十斤三十九块九，五斤装二十二块八") == "10斤39块9，5斤装22块8"


def test_the_best_text_comes_first_and_all_are_different() -> None:
    lattice = PhraseLattice([Slot({character: 1.0}, 0.5) for character in "金天下单明天发祸"], lexicon(), [])
    texts = best_texts(lattice, 5)
    assert texts[0].text == "今天下单明天发货"
    assert len({text.text for text in texts}) == len(texts) == 5
    assert [text.score for text in texts] == sorted((text.score for text in texts), reverse=True)


@pytest.mark.parametrize(
    ("misheard", "said"),
    [
        ("八金装量像一起买在减六快", "八斤装两箱一起买再减六块"),
        ("今年的新米干干打下来", "今年的新米刚刚打下来"),
    ],
)
def test_selling_talk_knows_what_follows_an_amount(misheard: str, said: str) -> None:
    assert written(misheard) == said


@pytest.mark.parametrize(("misheard", "said"), [("满一百减二时", "满一百减二十"), ("拍两份减五时", "拍两份减五十")])
def test_an_amount_off_may_be_said_without_its_unit(misheard: str, said: str) -> None:
    assert written(misheard) == said


def test_a_number_is_found_behind_another_initial() -> None:
    assert written("白块钱一斤") == "八块钱一斤"


def amounts_of(characters: str) -> set[str]:
    words, slots = lexicon(), [Slot({character: 1.0}, 0.5) for character in characters]
    likelihood = PhraseLattice(slots, words, ()).likelihood
    return {amount.text for amount in NumberGrammar(words.by_character).amounts(likelihood, 0)}


@pytest.mark.parametrize("number", ["五千五百斤", "五千零五斤", "五千零五十斤", "一百五十斤", "两千斤", "十五斤"])
def test_places_follow_one_another_downwards(number: str) -> None:
    assert number in amounts_of(number)


@pytest.mark.parametrize("number", ["五千五十斤", "五百五百斤", "五十五百斤"])
def test_no_place_is_left_out_without_a_zero(number: str) -> None:
    assert number not in amounts_of(number)


def test_the_recogniser_decides_among_five_texts_of_the_lattice_and_what_was_heard() -> None:
    texts = sorted(decoded("他门在山上种查", glossary=()).rivals[0], key=lambda text: -text.lattice)
    assert len(texts) == 6

    def only_the_fourth(wholes: Sequence[str]) -> list[float]:
        return [0.0 if whole == texts[3].text else -90.0 for whole in wholes]

    assert written("他门在山上种查", only_the_fourth, glossary=()) == texts[3].text


def test_what_was_weighed_on_the_sound_is_not_written_over_by_sound_alone() -> None:
    terms = build_vocabulary(GLOSSARY)
    weighed = terms_to_repair(reading_of(decoded("熬粥有一层米油")), terms)
    assert {term.text for term in weighed} >= {"泾源", "牛肉"}
    assert all(term.from_story for term in weighed)
    assert terms_to_repair(PhraseReading(), terms) == list(terms)


def test_the_probabilities_of_selling_talk_are_probabilities() -> None:
    talk = selling_talk()
    sums = talk.probabilities.sum(axis=1)
    assert sums.min() > 0.999
    assert sums.max() < 1.001
    assert talk.probabilities[talk.number("减"), talk.number(AMOUNT)] > 0.3


def evidence(**given: float) -> Evidence:
    usual = {"lattice": -1.2, "margin": 4.0, "amount_margin": 6.0, "sound": -0.4, "mean": 0.9, "least": 0.6}
    return Evidence.model_validate({**usual, "changed": 0.0, "unit_changed": False, "incomplete_amount": False, "pace": 4.5} | given)


@pytest.mark.parametrize("worse", [{"margin": 0.1}, {"mean": 0.6}, {"lattice": -3.6}, {"sound": -2.0}, {"pace": 3.0}])
def test_trust_falls_with_every_sign_of_doubt(worse: dict[str, float]) -> None:
    sure, doubtful, *_ = phrase_trusts([evidence(), evidence(**worse), evidence(), evidence()])
    assert sure is not None
    assert doubtful is not None
    assert sure > 0.9
    assert doubtful < sure - 0.02


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"unit_changed": True, "amount_margin": 1.5}, True),
        ({"unit_changed": True, "amount_margin": 4.0}, False),
        ({"unit_changed": False, "amount_margin": 1.5}, False),
        ({"incomplete_amount": True}, True),
    ],
)
def test_a_doubtful_amount_is_held_however_well_it_was_heard(given: dict[str, float], held: bool) -> None:
    (trust,) = phrase_trusts([evidence(**given)])
    assert trust is not None
    assert (trust < MIN_TRUST) is held


@pytest.mark.parametrize("text", ["五斤装十九块九", "满一百减十块", "满两百包邮", "买二送一", "一百二十块", "两三斤", "公斤装"])
def test_an_amount_that_is_whole_is_not_held(text: str) -> None:
    assert not has_incomplete_amount(text)


@pytest.mark.parametrize("text", ["斤装三十六块六", "我们的克装六块", "满一百件十块", "满两百九二十", "满两百几二十"])
def test_an_amount_that_lacks_a_part_is_held(text: str) -> None:
    assert has_incomplete_amount(text)


def test_a_unit_written_for_another_sound_is_evidence() -> None:
    changed, same = evidence_of(decoded("两香只要三十快")), evidence_of(decoded("两箱只要三十块", probability=0.95))
    assert changed is not None
    assert same is not None
    assert changed.unit_changed
    assert not same.unit_changed


def test_a_phrase_without_chinese_has_no_trust_of_its_own() -> None:
    assert phrase_trusts([None, evidence()])[0] is None
    assert evidence_of(decoded("OK")) is None


def test_rivals_with_another_amount_are_close_where_the_amount_is_doubtful() -> None:
    def torn(texts: Sequence[str]) -> list[float]:
        return [-4.0 if "七" in text or "一" in text or "17" in text or "71" in text else -5.0 for text in texts]

    found = evidence_of(decoded("一箱七十块", torn, probability=0.3))
    assert found is not None
    assert found.amount_margin < 6.0


def test_the_units_of_the_storys_pack_are_known_and_its_price_is_not() -> None:
    assert story_units(["泾源牛肉", "3斤", "斤", "箱(30枚)", "八角"]) == {"斤", "枚"}


def test_an_amount_in_the_storys_own_unit_is_likelier() -> None:
    words, slots = lexicon(), [Slot({character: 1.0}, 0.5) for character in "五间"]
    likelihood = PhraseLattice(slots, words, ()).likelihood

    def better(units: Sequence[str]) -> float:
        grammar = {amount.text: amount.grammar for amount in NumberGrammar(words.by_character, units).amounts(likelihood, 0)}
        return grammar["五斤"] - grammar["五件"]

    assert better(["斤"]) > better([])
