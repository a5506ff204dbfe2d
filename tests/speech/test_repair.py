"""What was misheard is written as it was said; what was said stays."""

import pytest

from pipeline.chinese import character_difference, simplified, syllable_difference, toneless_syllables
from pipeline.documents.transcript import Phrase, Word
from pipeline.speech.amount_corrections import amount_corrections
from pipeline.speech.repair import repair_phrases, without_loose_figures
from pipeline.speech.vocabulary import build_vocabulary

GLOSSARY = ("冕宁土豆", "会理石榴", "石榴", "云岭脐橙", "四川省凉山州冕宁县大桥镇")


def heard(text: str, probability: float = 0.5) -> Phrase:
    words = tuple(Word(start_s=at * 0.2, end_s=at * 0.2 + 0.2, text=letter, probability=probability) for at, letter in enumerate(text))
    return Phrase(start_s=0, end_s=len(text) * 0.2, words=words)


def written(text: str, glossary: tuple[str, ...] = GLOSSARY) -> str:
    phrases, _ = repair_phrases([heard(text)], build_vocabulary(glossary))
    return phrases[0].text


@pytest.mark.parametrize(
    ("misheard", "said"),
    [
        ("我们是免凝陷大桥镇的", "我们是冕宁县大桥镇的"),
        ("第二宽灰里石流", "第二款会理石榴"),
        ("我们的齐成都是现摘的", "我们的脐橙都是现摘的"),
        ("周月文茶大", "昼夜温差大"),
        ("坏国包培", "坏果包赔"),
        ("明天中午到电子体", "明天中午到店自提"),
        ("海拔高的大量山上", "海拔高的大凉山上"),
        ("点小黄撤", "点小黄车"),
    ],
)
def test_a_term_that_was_misheard_is_written_by_its_sound(misheard: str, said: str) -> None:
    assert written(misheard) == said


@pytest.mark.parametrize("spoken", ["免零土豆", "冕林土豆", "免您土豆"])
def test_a_village_tongue_does_not_hide_the_product(spoken: str) -> None:
    assert written(spoken) == "冕宁土豆"


@pytest.mark.parametrize(
    ("misheard", "said"), [("凝土豆10斤", "冕宁土豆10斤"), (" 岭齐成又甜", " 云岭脐橙又甜"), ("李石流来了", "会理石榴来了")]
)
def test_a_names_first_syllable_that_was_swallowed_is_put_back(misheard: str, said: str) -> None:
    phrases, repairs = repair_phrases([heard(misheard)], build_vocabulary(GLOSSARY))
    assert phrases[0].text == said.strip()
    assert [word.start_s for word in phrases[0].words] == [word.start_s for word in heard(misheard).words]
    assert repairs[0].written == said.strip()[:4]


def test_the_rest_of_a_phrase_whose_name_was_put_back_is_mended_on_record() -> None:
    phrases, repairs = repair_phrases([heard("凝土豆10斤29塊酒")], build_vocabulary(GLOSSARY))
    assert phrases[0].text == "冕宁土豆10斤29块9"
    assert [change.why for change in repairs] == ["glossary", "simplified", "price"]


@pytest.mark.parametrize("text", ["宁土豆", "我说凝土豆", "土豆很好", "品土豆", "你石榴"])
def test_no_more_of_a_name_is_written_than_was_said(text: str) -> None:
    assert "冕" not in written(text)
    assert "会理" not in written(text)


@pytest.mark.parametrize(
    "text",
    [
        "母鸡每天都会下蛋",
        "老板你别发火",
        "大家不用今天排队",
        "五金店就在旁边",
        "我舅舅喜欢喝酒",
        "他会里里外外收拾好",
        "这个时间大家都在吃饭",
        "今天天气很好我们出去走走",
        "请大量购买闪闪发光的东西",
    ],
)
def test_words_that_make_sense_are_left_alone(text: str) -> None:
    assert written(text) == text


def test_a_term_that_is_right_is_not_touched() -> None:
    phrases, changes = repair_phrases([heard("冕宁土豆又沙又甜")], build_vocabulary(GLOSSARY))
    assert phrases[0].text == "冕宁土豆又沙又甜"
    assert changes == ()


def test_a_name_is_only_found_where_the_story_has_it() -> None:
    assert written("免凝土豆", glossary=()) == "免凝土豆"


@pytest.mark.parametrize(
    ("misheard", "said"),
    [
        ("10斤29块酒", "10斤29块9"),
        ("十斤二十九快九", "十斤二十九块九"),
        ("使近35块8", "十斤35块8"),
        ("时间29块9", "十斤29块9"),
        ("十斤装只要39块吧", "十斤装只要39块8"),
        ("五金二十块", "五斤二十块"),
        ("一盒25块物", "一盒25块5"),
        ("一盒25块耳", "一盒25块2"),
    ],
)
def test_a_spoken_price_is_written_as_a_price(misheard: str, said: str) -> None:
    assert written(misheard) == said


@pytest.mark.parametrize("text", ["二十块起", "大概35块吧", "这个时间二十块钱", "三十快递费", "已经十八块了", "他喝了两瓶酒", "这25块儿"])
def test_what_is_no_price_is_not_made_one(text: str) -> None:
    assert amount_corrections(text) == []


def test_every_change_is_on_record_with_its_time() -> None:
    _, changes = repair_phrases([heard("我们的石流十斤29块酒")], build_vocabulary(GLOSSARY))
    assert [(change.heard, change.written, change.why) for change in changes] == [("石流", "石榴", "glossary"), ("酒", "9", "price")]
    assert changes[0].at_s == pytest.approx(0.6)


def test_a_repair_keeps_every_words_time() -> None:
    before = heard("免凝陷大桥镇")
    (after,), _ = repair_phrases([before], build_vocabulary(GLOSSARY))
    assert [(word.start_s, word.end_s) for word in after.words] == [(word.start_s, word.end_s) for word in before.words]


def test_a_word_that_two_sources_agree_on_is_trusted_more() -> None:
    (after,), _ = repair_phrases([heard("免凝土豆大", probability=0.3)], build_vocabulary(GLOSSARY))
    assert [word.probability for word in after.words] == [0.8, 0.8, 0.8, 0.8, 0.3]


def test_traditional_characters_come_out_simplified() -> None:
    assert simplified("我們帶著這種蘋果") == "我们带着这种苹果"
    assert simplified("著名的苹果") == "著名的苹果"


def test_dialect_costs_less_than_another_sound() -> None:
    assert syllable_difference("shi", "si") < syllable_difference("shi", "zhi") < syllable_difference("shi", "ma")
    assert character_difference("免", "mian") == 0
    assert toneless_syllables("绿色") == ("lv", "se")


def test_spaces_round_figures_part_no_amount() -> None:
    texts = ["一", "箱", " 36", " 块", " 8", " 两", "箱", " 70", " 块", " order", " 3", " now"]
    words = tuple(Word(start_s=at / 5, end_s=(at + 1) / 5, text=text, probability=0.9) for at, text in enumerate(texts))
    written = without_loose_figures(Phrase(start_s=0, end_s=2.4, words=words))
    assert written.text == "一箱36块8 两箱70块 order 3 now"
    assert [word.start_s for word in written.words] == [word.start_s for word in words]
