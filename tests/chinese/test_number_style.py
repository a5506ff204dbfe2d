"""Money and measures are written in figures, fixed phrases in characters, or all in characters; no price becomes another one."""

import pytest

from pipeline.chinese import stated_amounts
from pipeline.chinese.number_style import number_rewritings, rewritten, with_number_style

IN_FIGURES = {
    "三斤装二十六块八毛": "3斤装26.8元",
    "26块8一盒": "26.8元一盒",
    "二十六块八三斤": "26.8元3斤",
    "一公斤六十九块九": "1公斤69.9元",
    "一公斤69.9元": "1公斤69.9元",
    "八斤四十块钱": "8斤40元",
    "三块五一斤": "3.5元一斤",
    "七毛一个": "7毛一个",
    "四十多块钱": "40多元",
    "满三百减五十": "满300减50",
    "今天立减八块": "今天立减8元",
    "十斤一百三": "10斤130",
    "四十五枚一箱": "45枚一箱",
    "两百多只羊": "200多只羊",
    "种了二十五年": "种了25年",
    "早上五点摘": "早上5点摘",
    "七月十二号发货": "7月12号发货",
    "二零二五年的新米": "2025年的新米",
    "百分之八十五的蓝莓": "85%的蓝莓",
    "五到八斤": "5到8斤",
    "三斤半重": "3.5斤重",
    "每人二两酒": "每人2两酒",
    "四万斤": "4万斤",
    "两千克五十八块": "2千克58元",
    "海拔一千二百米": "海拔1200米",
}
LEFT_IN_CHARACTERS = (
    "第二件半价",
    "半斤",
    "一箱",
    "一芽一叶",
    "一年四季",
    "一家人",
    "我们在一块干活",
    "三块腊肉",
    "两三斤",
    "三四十块",
    "十几斤",
    "几十年",
    "一斤都没剩",
    "一斤半",
    "半斤八两",
    "百分之百",
    "五常大米",
    "三七粉",
    "两个月",
    "三代人",
    "五五分",
    "万年贡米",
    "十里八乡",
    "一点都不涩",
)


@pytest.mark.parametrize(("said", "written"), IN_FIGURES.items())
def test_money_and_measures_are_written_in_figures(said: str, written: str) -> None:
    assert with_number_style(said, "figures") == written


@pytest.mark.parametrize("text", LEFT_IN_CHARACTERS)
def test_fixed_phrases_rough_numbers_and_small_counts_stay_in_characters(text: str) -> None:
    assert with_number_style(text, "figures") == text


@pytest.mark.parametrize(("heard", "written"), [("2箱90块", "两箱90元"), ("3代人", "三代人"), ("7天", "七天"), ("1号链接", "1号链接")])
def test_a_small_count_that_was_heard_in_figures_is_written_out(heard: str, written: str) -> None:
    assert with_number_style(heard, "figures") == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("5斤35块8毛", "五斤三十五块八"),
        ("1公斤79.9元", "一公斤七十九块九"),
        ("2箱70元", "两箱七十块"),
        ("20.05元", "二十块零五"),
        ("0.8元一个", "八毛一个"),
        ("95%", "百分之九十五"),
        ("2026年6月18号", "二零二六年六月十八号"),
        ("3.5斤", "三点五斤"),
    ],
)
def test_all_numbers_are_written_as_they_are_said_where_that_is_wanted(heard: str, written: str) -> None:
    assert with_number_style(heard, "characters") == written


@pytest.mark.parametrize(
    "text",
    [
        *(text for text in IN_FIGURES if "百分" not in text),
        *LEFT_IN_CHARACTERS,
        "一箱三十六块八两箱七十块",
        "四十两斤",
        "八十五一桶",
        "29块酒",
        "二九九",
    ],
)
def test_what_is_said_of_money_stays_the_same(text: str) -> None:
    def said(written: str) -> list[object]:
        return [(amount.role, amount.amount, amount.low, amount.high, amount.stands) for amount in stated_amounts(written)]

    assert said(with_number_style(text, "figures")) == said(text)
    assert said(with_number_style(text, "characters")) == said(text)


def test_a_text_in_a_style_stays_as_it_is_in_that_style() -> None:
    for text in IN_FIGURES:
        once = with_number_style(text, "figures")
        assert with_number_style(once, "figures") == once


def test_the_numerals_of_names_are_none() -> None:
    assert with_number_style("十八斤酒坊的酒五十斤", "figures", names=["十八斤酒坊"]) == "十八斤酒坊的酒50斤"


def test_rewritings_name_the_characters_that_they_replace() -> None:
    text = "三斤装二十六块八毛包邮"
    (count, money) = number_rewritings(text, "figures")
    assert (text[count.start : count.end], text[money.start : money.end]) == ("三", "二十六块八毛")
    assert rewritten(text, [money]) == "三斤装26.8元包邮"
