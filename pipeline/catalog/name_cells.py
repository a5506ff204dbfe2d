"""What a name's cell says beside the name: the line's number, the pack."""

import re

from pipeline.catalog.price_headings import is_about_prices
from pipeline.catalog.sale_units import SaleUnit, unit_or_none, unit_pattern
from pipeline.catalog.spreadsheet import normalize_text
from pipeline.chinese import NUMBER

_NUMBERED = re.compile(r"^\(?\d{1,3}(?:[、)）]|\.(?!\d))\s*(?=\D)")
"""A number that only counts lines: 1、土豆."""
_PACK_AT_END = re.compile(
    rf"(?P<bare>.*?)[\s(（【\[\-·]*(?P<pack>{NUMBER}\s*{unit_pattern()}(?:\s*[/每一]\s*{unit_pattern()})?)[)）】\]]?\s*[(（【\[]?(?:顺丰|全国)?(?:包邮)?[)）】\]]?$",
    re.I,
)

_PART = re.compile(
    r"其中.*|[-–—·•]\s+.+|\([^()]+\)|(?:[特超精小中大巨]+|[特一二三四五优甲乙丙a-d]级?)(?:果|货|号|份|装|个头?|枚)?|[特一二三四优]级|精品果?|统货|次果|散装|(?:礼|精)盒?装?"
)
"""A size, a grade or a remark where the product's name should stand: 大果, 一级, 其中：小果, （超市价）."""


def is_no_name(name: str) -> bool:
    """Tell whether a name's cell names a part of something, or whose price it is, and no product: 大果, - 一级, 超市同款."""
    plain = normalize_text(name)
    part = _PART.fullmatch(plain)
    return bool(part) or is_about_prices(plain)


def without_line_number(name: str) -> str:
    """Return a name without the number that counts its line."""
    return _NUMBERED.sub("", name)


def pack_in_name(name: str) -> SaleUnit | None:
    """Return the pack that a name ends in: 土豆（5斤）, 土豆 5斤包邮; None for a name that ends otherwise."""
    match = _PACK_AT_END.fullmatch(name)
    return unit_or_none(match["pack"]) if match and len(match["bare"]) > 1 else None


def holds_pack(name: str) -> bool:
    """Tell whether a name has a number and a unit anywhere, of which it may be that the price buys them."""
    return bool(re.search(rf"(?<![\d第]){NUMBER}\s*{unit_pattern()}", name, re.I)) and bool(re.search(r"\d", name))


def name_without_pack(name: str) -> str:
    """Return the name as it is said, without the pack that it ends in."""
    match = _PACK_AT_END.fullmatch(name)
    return match["bare"] if match and len(match["bare"]) > 1 else name
