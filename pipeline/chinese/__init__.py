"""What every room needs to know of Chinese, loaded when it is first used.

`words`: one dictionary, and the seller's own words. `characters`: code points and Simplified forms. `phonetics`: syllables and how
alike they sound. `numerals`, `measures`, `amounts`: numbers, quantities and money as they are written and said.
"""

from pipeline.chinese.amounts import (
    CURRENCY_SIGNS,
    MoneyAmount,
    currency_code,
    exact_amount,
    foreign_amounts,
    money_amounts,
    without_amounts,
)
from pipeline.chinese.characters import HAN, HAN_RUN, is_han, simplified, simplified_character
from pipeline.chinese.measures import UNIT, Quantity, QuantityMention, counted_quantities, read_quantities
from pipeline.chinese.numerals import DIGITS, NUMBER, NUMERALS, digit_by_sound, read_number
from pipeline.chinese.phonetics import (
    CONFUSABLE_SOUNDS,
    DIALECT,
    FAR,
    NEAR,
    Syllable,
    character_difference,
    difference,
    half_alike,
    read_syllables,
    readings,
    same_in_dialect,
    spoken_words,
    syllables,
)
from pipeline.chinese.words import SELLER_WORDS, dictionary, dictionary_with, seller_words

__all__ = [
    "CONFUSABLE_SOUNDS",
    "CURRENCY_SIGNS",
    "DIALECT",
    "DIGITS",
    "FAR",
    "HAN",
    "HAN_RUN",
    "NEAR",
    "NUMBER",
    "NUMERALS",
    "SELLER_WORDS",
    "UNIT",
    "MoneyAmount",
    "Quantity",
    "QuantityMention",
    "Syllable",
    "character_difference",
    "counted_quantities",
    "currency_code",
    "dictionary",
    "dictionary_with",
    "difference",
    "digit_by_sound",
    "exact_amount",
    "foreign_amounts",
    "half_alike",
    "is_han",
    "money_amounts",
    "read_number",
    "read_quantities",
    "read_syllables",
    "readings",
    "same_in_dialect",
    "seller_words",
    "simplified",
    "simplified_character",
    "spoken_words",
    "syllables",
    "without_amounts",
]
