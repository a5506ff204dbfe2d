"""What every room needs to know of Chinese, loaded when it is first used.

`words`: one dictionary, and the seller's own words. `characters`: code points and Simplified forms. `phonetics`: syllables and how
alike they sound.
"""

from pipeline.chinese.characters import HAN, HAN_RUN, is_han, simplified, simplified_character
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
    "DIALECT",
    "FAR",
    "HAN",
    "HAN_RUN",
    "NEAR",
    "SELLER_WORDS",
    "Syllable",
    "character_difference",
    "dictionary",
    "dictionary_with",
    "difference",
    "half_alike",
    "is_han",
    "read_syllables",
    "readings",
    "same_in_dialect",
    "seller_words",
    "simplified",
    "simplified_character",
    "spoken_words",
    "syllables",
]
