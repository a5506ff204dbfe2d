"""Headings of price columns, read word by word: what kind of price, of which unit, in which money."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.catalog.sale_units import is_container, unit_or_none, unit_pattern
from pipeline.catalog.spreadsheet import normalize_text
from pipeline.catalog.vocabulary import column_vocabulary, plain_heading
from pipeline.chinese import NUMBER

UNKNOWN = "unknown"
"""A heading that is a price's but has a word that columns.yaml does not know: 大果价."""
_CHANGES_NOTHING = re.compile(r"[请填写必]|数字|格式|[例如]|小数|公式|自动|单位|币|运费|邮|快递|包装|打包|箱费|冷链|泡沫|示|y/n")
"""What brackets behind a price's heading may say without making it another price: how to fill it in, and what comes with the goods."""
_OF_A_MONTH = re.compile(r"(?:20\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?的?(?:价|价格|售价)")
_RARE_UNITS = frozenset("台对头尾羽匹朵支片排板卷组桌席杯盆挂次亩")
"""Letters that are units of few goods, and as often the first of a word: 对公, 头茬, 组团, 次果."""


@dataclass(frozen=True)
class PriceHeading:
    """A price column's meaning.

    kind: a key of `prices` in columns.yaml, or UNKNOWN. unit: what the heading says it buys, empty when it does not. scale: yuan in one
    of the column's numbers. currency: of another country, where the heading names one.
    """

    kind: str
    unit: str = ""
    scale: Decimal = Decimal(1)
    currency: str = ""


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """Every word that a price's heading may hold, with the roles it may have."""
    vocabulary = column_vocabulary()
    words: dict[str, tuple[str, ...]] = {}
    for kind, synonyms in vocabulary["prices"].items():
        for word in synonyms:
            words[_key(word)] = (*words.get(_key(word), ()), kind)
    for word in vocabulary["beside_prices"]:
        words.setdefault(_key(word), ())
    for word in vocabulary["price_words"]:
        words[_key(word)] = ("price",)
    for word in vocabulary["money_words"]:
        words.setdefault(_key(word), (f"money:{word}",))
    return words


@cache
def _word_pattern() -> re.Pattern[str]:
    words = sorted(_words(), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) + (r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "") for word in words))


@cache
def _unit_at() -> re.Pattern[str]:
    return re.compile(rf"(?:{NUMBER})?{unit_pattern()}(?:\({NUMBER}{unit_pattern()}\))?", re.I)


def _key(text: str) -> str:
    return re.sub(r"[\s_*:#·?]+", "", normalize_text(text))


def read_price_heading(title: str) -> PriceHeading | None:
    """Return what a heading says of the prices under it; None for a heading that is no price's.

    原价, 活动价(元), 价格(元/10斤), 5斤装售价, 元/斤 and 10斤 are read; a heading with 价 and an unknown word has the kind UNKNOWN.
    """
    if _OF_A_MONTH.fullmatch(plain_heading(title)):
        return PriceHeading("past")  # or the future: another month's price is never shown
    currency, bare = _foreign_money(plain_heading(title))
    text, remarks = _apart(bare)
    roles, units, rest = _read(text)
    beside = ""
    for remark in remarks:
        more_roles, more_units, more_rest = _read(remark)
        roles, units = roles + more_roles, units + more_units
        beside += more_rest if not _CHANGES_NOTHING.search(remark) else ""
    priced = "price" in roles or any(role.startswith("money:") for role in roles) or bool({"total"} & set(roles))
    implied = bool({"list", "now", "coupon"} & set(roles)) and not rest and text not in ("before", "now", "old") and len(text) > 1
    counted = [unit for unit in units if re.match(NUMBER, unit)]
    counted = [unit for unit in counted if not is_container(unit)] or counted  # 一份5斤
    if not (priced or implied or (counted and not rest and set(roles) <= {"beside"})):
        return None
    if len(set(units)) > 1 and len(set(counted)) == 1:
        units = counted  # 20斤礼盒价
    if rest or len(set(units)) > 1:
        return PriceHeading(_kind_despite(roles, rest, text)) if _ends_in_price(text) else None
    if not units and not set(roles) - {"price"} and "price" not in roles:
        return None
    names_a_price = any(role in column_vocabulary()["prices"] for role in roles)
    if not units and "price" not in roles and not implied and not (names_a_price and priced):
        return None  # 元 alone
    if beside:
        return PriceHeading(_kind_despite(roles, beside, f"{text}{beside}"), _unit(units), _scale(roles), currency)
    contradicts = "零售" in text and bool({"purchase", "wholesale"} & set(roles))  # 供应零售价
    kind = UNKNOWN if contradicts else _kind(roles)
    if kind == "each" and units and is_container(units[0]):
        kind = "selling"  # 单份售价 is what one buys, not the price of a part of it
    return PriceHeading(kind, _unit(units), _scale(roles), currency)


def is_about_prices(text: str) -> bool:
    """Tell whether a text is made of words of prices alone and says whose or of when they are: 超市价, 市场参考, 超市同款."""
    roles, units, rest = _read(text)
    return not rest and not units and bool(set(roles) & {"list", "past", "future", "purchase", "wholesale", "inexact"}) and len(text) > 1


def _is_one_measure(text: str) -> bool:
    unit = unit_or_none(text)
    return unit is not None and unit.is_one and unit.is_measure


def _kind_despite(roles: list[str], rest: str, text: str) -> str:
    """Return the kind of a heading with an unknown word: one that is never shown stays so, any other is unknown."""
    kind = _kind(roles)
    if re.search(r"[非不无除外]", rest):
        return UNKNOWN  # 非会员价
    if kind == "purchase" and not any(len(word) > 1 and word in text for word in column_vocabulary()["prices"]["purchase"]):
        return UNKNOWN  # 丰收节价 has but a letter of 收购价
    return kind if kind in ("purchase", "wholesale", "member", "past", "future") else UNKNOWN


def _ends_in_price(text: str) -> bool:
    vocabulary = column_vocabulary()
    key = _key(text)
    return key.endswith(tuple(vocabulary["price_words"])) and not key.endswith(tuple(vocabulary["no_prices"]))


def kind_without_price_word(title: str) -> PriceHeading | None:
    """Return the kind of a heading that is made of words of prices but has none for the price itself: 秒杀, 批发, 直播间, 到手.

    Whether it is a price's, what stands under it must say.
    """
    roles, units, rest = _read(plain_heading(title))
    kinds = set(roles) - {"beside", "price"}
    if "past" in kinds and not units:
        return PriceHeading("past")  # 去年这时候
    if len(units) == 1 and not rest and kinds <= {"each"} and _is_one_measure(units[0]):
        return PriceHeading("each" if kinds else "selling", _unit(units))  # 每市斤, 折合每斤
    if not kinds or rest or len(units) > 1 or kinds & {"channel", "each", "total", "inexact", "average"}:
        return None  # under 快递 stands what the parcel costs
    return PriceHeading(_kind(roles), _unit(units))


def _foreign_money(title: str) -> tuple[str, str]:
    """Return the currency of another country that a heading names, and the heading without it."""
    for word, code in sorted(column_vocabulary()["foreign_money"].items(), key=lambda item: -len(item[0])):
        if word in title:
            return code, title.replace(word, "")
    return "", title


def _apart(text: str) -> tuple[str, list[str]]:
    """Return a heading without its brackets, and what stands in them."""
    remarks = [re.sub(rf"{NUMBER}位(?:小数)?", "小数", remark) for remark in re.findall(r"[(\[【](.*?)[)\]】]", text)]
    bare = re.sub(r"[(\[【].*?[)\]】]", "", text)
    return bare.strip(), [remark.strip() for remark in remarks]


def _read(text: str) -> tuple[list[str], list[str], str]:
    """Return the roles of a text's words, its units, and what is neither."""
    text = re.sub(r"(?<=[^\W\da-z])\s+(?=[^\W\da-z])", "", text)  # 零 售 价
    text = re.sub(r"(?<!\d)[.]|[\s_\-*:#·?/,、&+]+", " ", text).strip()
    roles: list[str] = []
    units: list[str] = []
    rest = ""
    at = 0
    while at < len(text):
        word, unit = _word_pattern().match(text, at), _unit_at().match(text, at)
        if unit and (not word or unit.end() > word.end()) and not _begins_another_word(text, unit):
            units.append(unit[0])
            at = unit.end()
        elif word:
            roles += _words()[word[0]] or ("beside",)
            at = word.end()
        else:
            rest += text[at].strip()
            at += 1
    return roles, units, rest


def _begins_another_word(text: str, unit: re.Match[str]) -> bool:
    """Whether a letter that may be a unit is the first of another word: 对公价 is no pair's price. 每对价, 对/价 and 一对价格 are."""
    if unit[0] not in _RARE_UNITS or text[: unit.start()].endswith(("每", "一", "/", " ")):
        return False
    after = _word_pattern().match(text, unit.end())
    roles = _words()[after[0]] if after else ()
    return (
        unit.end() < len(text) and not (roles == () and after) and not any(role == "price" or role.startswith("money:") for role in roles)
    )


def _kind(roles: list[str]) -> str:
    return next((kind for kind in column_vocabulary()["prices"] if kind in roles), "selling")


def _unit(units: list[str]) -> str:
    unit = unit_or_none(units[0]) if units else None
    return unit.text if unit else ""


def _scale(roles: list[str]) -> Decimal:
    money = [role.removeprefix("money:") for role in roles if role.startswith("money:")]
    return Decimal(str(column_vocabulary()["money_words"][money[0]])) if money else Decimal(1)
