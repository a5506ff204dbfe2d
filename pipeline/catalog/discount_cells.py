"""Cells that say what is taken off, and whether that makes another price of the one beside them."""

import re

from pipeline.catalog.spreadsheet import normalize_text

_CHANGES_PRICE = re.compile(r"\d(?:\.\d+)?\s*折|[一二三四五六七八九]折|\d\s*%|^0?\.\d+$|(?:立减|直降|降价?|减|优惠)\s*\d|现价|特价")
_AMOUNT = re.compile(r"¥?\d+(?:\.\d+)?元?")
_OF_SEVERAL = re.compile(r"满|第[二三23]|两件|2件|买|无|不打|券")
"""What holds for several, or with a coupon, leaves the price of one as it is."""
_NOTHING_OFF = ("10折", "100%", "0%", "0折")


def changes_price(text: str, title: str) -> bool:
    """Tell whether a cell under a heading such as 折扣 may make the price beside it the one before: 8折, 直降10元, a bare amount."""
    plain = normalize_text(text)
    if _OF_SEVERAL.search(plain) or plain in _NOTHING_OFF:
        return False
    return bool(_CHANGES_PRICE.search(plain)) or (bool(_AMOUNT.fullmatch(plain)) and "券" not in title and plain not in ("0", "0元"))
