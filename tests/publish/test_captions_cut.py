"""A caption is cut where a reader expects it, whatever the text and however the platform counts."""

import re
import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.destination import Counting
from pipeline.publish.captions import text_length, truncate, unbreakable_pieces

COUNTINGS: list[Counting] = ["characters", "utf16", "bytes", "half_width"]
NAMES = ("冕宁土豆", "大桥镇王家", "盐源丑苹果", "Sunny Slope Farm")
WORDS = [
    "土豆",
    "海拔",
    "昼夜温差",
    "坏果包赔",
    "现摘现发",
    "种植户",
    "又沙又甜",
    "合作社",
    "potatoes",
    "sun-dried",
    "farmer's",
    "COVID-19",
]
PRICES = ["¥29.9/10斤", "十斤二十九块九", "29.9元/10斤", "35.80元5斤", "二十九块九", "$4.99 per box", "第二件半价", "满两箱减十块"]
AMOUNTS = ["2000米", "两千五百米", "11月30日", "22:00", "100%", "3.5kg"]
LINKS = ["#大凉山", "#助农#", "@village_coop", "https://shop.example.com/p/1?a=1&b=2"]
EMOJI = ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "🥔", "❤️", "é", "5️⃣"]
WHOLE = [*WORDS, *PRICES, *AMOUNTS, *LINKS, *EMOJI, *NAMES]
SEPARATORS = ["，", "。", " ", "！", "\n", "、", ", ", "；"]
SETTINGS = settings(max_examples=400, deadline=None, database=None, derandomize=True)

texts = st.lists(st.tuples(st.sampled_from(WHOLE), st.sampled_from(SEPARATORS)), min_size=1, max_size=12)
"""Words that must stay whole, parted by marks, so that it is known where each of them ends."""
wild = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=80)


def counted(text: str, counting: Counting) -> float:
    """Another way to count than the code's own."""
    if counting == "bytes":
        return sum(1 if ord(c) < 0x80 else 2 if ord(c) < 0x800 else 3 if ord(c) < 0x10000 else 4 for c in text)
    if counting == "utf16":
        return sum(2 if ord(c) > 0xFFFF else 1 for c in text)
    if counting == "half_width":
        return sum(1 if unicodedata.east_asian_width(c) in "FW" else 0.5 for c in text)
    return sum(1 for _ in text)


def kept(whole: str, short: str) -> int:
    """How many characters of the text a cut one holds."""
    body = short.removesuffix("…")
    assert whole.strip().startswith(body)
    return len(body)


@SETTINGS
@given(wild, st.sampled_from(COUNTINGS))
def test_texts_are_counted_as_the_platform_does(text: str, counting: Counting) -> None:
    assert text_length(text, counting) == counted(text, counting)


@SETTINGS
@given(wild, st.integers(0, 60), st.sampled_from(COUNTINGS))
def test_no_text_is_longer_than_its_limit_and_none_is_cut_inside_what_a_reader_sees_as_one_character(
    text: str, most: int, counting: Counting
) -> None:
    short = truncate(text, most, counting)
    assert counted(short, counting) <= most
    ends = {0}
    for cluster in regex.findall(r"\X", text.strip()):
        ends.add(max(ends) + len(cluster))
    assert kept(text, short) in ends


@SETTINGS
@given(texts, st.integers(4, 120), st.sampled_from(COUNTINGS))
def test_a_cut_never_falls_inside_a_word_a_price_a_name_a_topic_or_an_emoji(
    parts: list[tuple[str, str]], most: int, counting: Counting
) -> None:
    text = "".join(word + mark for word, mark in parts)
    at = kept(text, truncate(text, most, counting, names=NAMES))
    start = 0
    for word, mark in parts:
        assert not start < at < start + len(word), (text[:at], word)
        start += len(word) + len(mark)


@SETTINGS
@given(wild, st.lists(st.sampled_from(NAMES), max_size=3))
def test_pieces_are_the_text_again(text: str, names: list[str]) -> None:
    assert "".join(unbreakable_pieces(text, names)) == text


@pytest.mark.system
@SETTINGS
@given(texts)
def test_a_text_that_fits_is_left_alone(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + mark for word, mark in parts).strip()
    assert truncate(text, len(text), "characters") == text


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("我们的土豆长在大凉山上。昼夜温差大，又沙又甜。", 16, "我们的土豆长在大凉山上。"),
        ("冕宁土豆长在海拔2000米的大凉山", 12, "冕宁土豆长在…"),
        ("冕宁土豆，大桥镇王家自己种的好东西", 13, "冕宁土豆，大桥镇王家自己…"),
        ("¥29.9/10斤", 6, ""),
        ("好吃👨‍👩‍👧‍👦好看", 5, "好吃…"),
        ("Grown at 2,000 metres by our family", 14, "Grown at…"),
    ],
)
def test_a_cut_ends_where_a_sentence_or_a_word_does(text: str, most: int, short: str) -> None:
    assert truncate(text, most, "characters", names=NAMES) == short


def test_a_name_of_the_story_stays_whole_though_no_dictionary_knows_it() -> None:
    assert truncate("今天去阿依木呷家里看看土豆", 7, "characters", names=("阿依木呷",)) in ("今天去…", "今天去")


@pytest.mark.parametrize("counting", COUNTINGS)
def test_nothing_fits_into_no_room(counting: Counting) -> None:
    assert truncate("土豆", 0, counting) == ""


def test_a_price_and_its_amount_are_one_piece() -> None:
    for price in ("¥29.9/10斤", "十斤二十九块九", "29.9元一箱（10斤）", "10斤 29.9元", "$4.99 per box", "二十九块九一箱"):
        found = [piece for piece in unbreakable_pieces(f"现摘现发，{price}，包邮") if re.search(r"\d|块|元", piece)]
        assert [piece.rstrip("，") for piece in found] == [price]
