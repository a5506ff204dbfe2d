"""What every room needs to know of Chinese: its words.

`words`: one dictionary, and the seller's own words. Nothing is loaded before it is asked for, so that importing this costs nothing.
"""

from pipeline.chinese.words import SELLER_WORDS, dictionary, dictionary_with, seller_words

__all__ = ["SELLER_WORDS", "dictionary", "dictionary_with", "seller_words"]
