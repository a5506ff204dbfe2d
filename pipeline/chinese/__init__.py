"""Chinese language functions for every room; dictionaries are loaded when they are first used.

`words`: one dictionary, and the sellers' words. `characters`: code points and Simplified forms. `phonetics`: syllables and how
similar they sound. `numerals`, `quantities`, `amounts`: numbers, quantities and money as they are written and said. `stated_amounts`:
what each amount of a text is: a price and what it buys, a reduction, an old price, a fee. `text_length`, `text_segmentation`,
`text_truncation`: captions of a limited length; `scripts`: letters that join; imported from their own files.
"""

from pipeline.chinese.amount_roles import FILL, AmountRole, is_taken, price_role
from pipeline.chinese.amounts import (
    CURRENCY_SIGNS,
    MoneyAmount,
    currency_code,
    exact_amount,
    foreign_amounts,
    mask_amounts,
    money_amounts,
)
from pipeline.chinese.characters import HAN, HAN_RUN, is_han, simplified, simplified_character
from pipeline.chinese.numerals import (
    DIGITS,
    NUMBER,
    NUMERAL,
    NUMERALS,
    digit_by_sound,
    is_digit_by_digit,
    read_number,
    spell_digits,
    spell_number,
    with_plain_numerals,
)
from pipeline.chinese.phonetics import (
    CONFUSABLE_SOUNDS,
    DIALECT_COST,
    MISHEARD_COST,
    OTHER_SOUND_COST,
    Syllable,
    character_difference,
    read_syllables,
    readings,
    same_in_dialect,
    share_initial_or_final,
    spoken_words,
    syllable_difference,
    toneless_syllables,
)
from pipeline.chinese.quantities import UNIT, Quantity, QuantityMention, counted_quantities, read_quantities
from pipeline.chinese.stated_amounts import PRICE_ROLES, StatedAmount, as_given, plain_text, stated_amounts
from pipeline.chinese.words import SELLER_WORDS, dictionary, dictionary_with, seller_words

__all__ = [
    "CONFUSABLE_SOUNDS",
    "CURRENCY_SIGNS",
    "DIALECT_COST",
    "DIGITS",
    "FILL",
    "HAN",
    "HAN_RUN",
    "MISHEARD_COST",
    "NUMBER",
    "NUMERAL",
    "NUMERALS",
    "OTHER_SOUND_COST",
    "PRICE_ROLES",
    "SELLER_WORDS",
    "UNIT",
    "AmountRole",
    "MoneyAmount",
    "Quantity",
    "QuantityMention",
    "StatedAmount",
    "Syllable",
    "as_given",
    "character_difference",
    "counted_quantities",
    "currency_code",
    "dictionary",
    "dictionary_with",
    "digit_by_sound",
    "exact_amount",
    "foreign_amounts",
    "is_digit_by_digit",
    "is_han",
    "is_taken",
    "mask_amounts",
    "money_amounts",
    "plain_text",
    "price_role",
    "read_number",
    "read_quantities",
    "read_syllables",
    "readings",
    "same_in_dialect",
    "seller_words",
    "share_initial_or_final",
    "simplified",
    "simplified_character",
    "spell_digits",
    "spell_number",
    "spoken_words",
    "stated_amounts",
    "syllable_difference",
    "toneless_syllables",
    "with_plain_numerals",
]
