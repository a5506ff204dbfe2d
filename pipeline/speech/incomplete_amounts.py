"""Amounts of which a part was swallowed or misheard, told by what is written alone: nobody says a pack without its number, 斤装十九块九."""

import re

from pipeline.chinese import NUMERALS, read_number

_NUMBER = re.compile(rf"[{NUMERALS}]+(?:点[{NUMERALS}]+)?")
_PACK_WITHOUT_NUMBER = re.compile(rf"(?<![{NUMERALS}半几每整公市])[斤克]装")
_DEAL_WITHOUT_GAIN = re.compile(rf"满[{NUMERALS}]+[斤箱块元件袋盒个]?(?!.*[减送打免包立返])")


def has_incomplete_amount(text: str) -> bool:
    """Tell whether a phrase with its numbers in characters has a pack without a number (斤装 for 七斤装), a threshold without what one
    gets for it (满一百件十块 for 满一百减十块), or numerals that are no number (两百九二十 for 两百减二十)."""
    if _PACK_WITHOUT_NUMBER.search(text) or _DEAL_WITHOUT_GAIN.search(text):
        return True
    return any(len(number) > 1 and read_number(number) is None for number in _NUMBER.findall(text))
