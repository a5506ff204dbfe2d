"""Rewrites libime's language model as plain arrays: `python assets/language_model/make.py zh_CN.lm` makes `zh_cn.npz` beside this script.

The source is a KenLM binary (model type 5: a trie, quantised, with pointers compressed as arrays), which only KenLM's compiled library
reads. The arrays hold the same n-grams with the same probabilities, sorted for binary search; no n-gram is left out. Layout after
KenLM's `lm/search_trie.cc`, `lm/trie.cc`, `lm/bhiksha.cc` and `lm/quantize.hh`. The readings of the words are added, since a program
that searches by sound needs them and looking them up takes ten seconds.
"""

import hashlib
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.chinese import is_han, toneless_syllables

SOURCE_SHA256 = "e4097ca9ca1082928c2ea7d5e368080a696611efa0714dfe563c769f26a415d2"
"""zh_CN.lm of Debian's libime-data-language-model 1.0.16-1."""
MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
COUNTS_AT, VOCABULARY_AT = 0x6C, 0x88
QUANTISED_ARRAY_TRIE = 5

Integers = NDArray[np.int64]


@dataclass
class KenlmTrie:
    """The n-grams of a model of order three. Words are numbers, in KenLM's order; a record stands under its last word.

    unigrams: probability, back-off weight and first bigram. bigrams: word before, codes of back-off and probability, first trigram.
    trigrams: word before both, code of the probability. tables: what the codes mean, in log10.
    """

    words: list[str]
    unigrams: NDArray[np.void]
    bigrams: tuple[Integers, Integers, Integers, Integers]
    trigrams: tuple[Integers, Integers]
    tables: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def bit_fields(data: bytes, base: int, first_bit: int, width: int, count: int, stride: int) -> Integers:
    """Return `count` numbers of `width` bits, the first at `first_bit` after `base`, the next ones `stride` bits on."""
    raw = np.frombuffer(data, np.uint8)
    bit = np.arange(count, dtype=np.int64) * stride + first_bit
    value = np.zeros(count, np.uint64)
    for byte in range(8):
        value |= raw[np.minimum(base + (bit >> 3) + byte, len(raw) - 1)].astype(np.uint64) << np.uint64(8 * byte)
    return ((value >> (bit & 7).astype(np.uint64)) & np.uint64((1 << width) - 1)).astype(np.int64)


def chopped_bits(entries: int, most: int, allowed: int) -> int:
    """Return how many high bits of a pointer KenLM keeps in a table: as many as make the file smallest."""
    needed = most.bit_length()
    return min(range(min(needed, allowed) + 1), key=lambda bits: (most >> (needed - bits)) * 64 - entries * bits)


def read_trie(data: bytes) -> KenlmTrie:
    """Read the n-grams of a KenLM binary. Raises ValueError for any other kind of model."""
    if not data.startswith(MAGIC) or struct.unpack_from("<I", data, 0x60)[0] != QUANTISED_ARRAY_TRIE or data[0x58] != 3:
        raise ValueError("not a KenLM model of order three, type 5")
    words_count, bigram_count, trigram_count = struct.unpack_from("<3Q", data, COUNTS_AT)
    at = VOCABULARY_AT + 8 + 8 * words_count
    _, probability_bits, backoff_bits = data[at : at + 3]
    at += 8
    tables = []
    for bits in (probability_bits, backoff_bits, probability_bits):
        tables.append(np.frombuffer(data, "<f4", 1 << bits, at))
        at += 4 << bits
    unigrams = np.frombuffer(data, np.dtype([("probability", "<f4"), ("backoff", "<f4"), ("first", "<u8")]), words_count + 1, at)
    at += 16 * (words_count + 2)
    inline = trigram_count.bit_length() - chopped_bits(bigram_count + 1, trigram_count, data[at + 1])
    table_length = (trigram_count >> inline) + 1
    high_bits = np.frombuffer(data, "<u8", table_length, (at + 7) // 8 * 8 + 8)
    at += 8 * (1 + table_length) + 7
    word_bits = words_count.bit_length()
    codes = probability_bits + backoff_bits
    stride = word_bits + codes + inline
    low = bit_fields(data, at, word_bits + codes, inline, bigram_count + 1, stride)
    high = np.searchsorted(high_bits, np.arange(bigram_count + 1), side="right") - 1
    bigrams = (
        bit_fields(data, at, 0, word_bits, bigram_count, stride),
        bit_fields(data, at, word_bits, backoff_bits, bigram_count, stride),
        bit_fields(data, at, word_bits + backoff_bits, probability_bits, bigram_count, stride),
        (high << inline) | low,
    )
    at += ((1 + bigram_count) * stride + 7) // 8 + 8
    stride = word_bits + probability_bits
    trigrams = (
        bit_fields(data, at, 0, word_bits, trigram_count, stride),
        bit_fields(data, at, word_bits, probability_bits, trigram_count, stride),
    )
    at += ((1 + trigram_count) * stride + 7) // 8 + 8
    words = data[at:].decode("utf-8").split("\0")[:-1]
    if len(words) != words_count or words[0] != "<unk>":
        raise ValueError("the list of words does not follow the n-grams")
    return KenlmTrie(words, unigrams, bigrams, trigrams, (tables[0], tables[1], tables[2]))


def sorted_arrays(trie: KenlmTrie) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the file: words the commonest first, n-grams in the order of their words."""
    count = len(trie.words)
    probability = -np.abs(trie.unigrams["probability"][:count])
    order = np.argsort(-probability, kind="stable")
    number = np.empty(count, np.int64)
    number[order] = np.arange(count)
    before, backoff, code, first_trigram = trie.bigrams
    last = np.repeat(np.arange(count), np.diff(trie.unigrams["first"].astype(np.int64)))
    bigram_keys = number[before] * count + number[last]
    bigram_order = np.argsort(bigram_keys)
    place = np.empty(len(bigram_keys), np.int64)
    place[bigram_order] = np.arange(len(bigram_keys))
    second_before, trigram_code = trie.trigrams
    parent = np.repeat(np.arange(len(before)), np.diff(first_trigram))
    # A trigram's context is a bigram itself, found by its two words.
    context_keys = number[second_before] * count + number[before[parent]]
    context = np.searchsorted(bigram_keys[bigram_order], context_keys)
    if not np.array_equal(bigram_keys[bigram_order][context], context_keys):
        raise ValueError("a trigram's context is no bigram")
    last_of_three = number[last[parent]]
    trigram_order = np.lexsort((last_of_three, context))
    syllables, lengths, readings = word_readings([trie.words[index] for index in order])
    keys = bigram_keys[bigram_order]
    return {
        "words": np.frombuffer("\n".join(trie.words[index] for index in order).encode(), np.uint8),
        "syllables": np.frombuffer("\n".join(syllables).encode(), np.uint8),
        "reading_lengths": lengths,
        "readings": readings,
        "probability": probability[order].astype(np.float16),
        "backoff": trie.unigrams["backoff"][:count][order].astype(np.float16),
        "bigram_counts": np.bincount(keys // count, minlength=count).astype(np.uint16),
        "bigram_words": (keys % count).astype(np.uint32),
        "bigram_probability": code[bigram_order].astype(np.uint8),
        "bigram_backoff": backoff[bigram_order].astype(np.uint8),
        "bigram_probabilities": trie.tables[0],
        "bigram_backoffs": trie.tables[1],
        "trigram_counts": np.bincount(context, minlength=len(keys)).astype(np.uint16),
        "trigram_words": last_of_three[trigram_order].astype(np.uint32),
        "trigram_probability": trigram_code[trigram_order].astype(np.uint8),
        "trigram_probabilities": trie.tables[2],
    }


def word_readings(words: list[str]) -> tuple[list[str], NDArray[np.uint8], NDArray[np.uint16]]:
    """Return all syllables, and of every word how many it has (0 for what is not Chinese) and their numbers, one word after the other."""
    read = [toneless_syllables(word) if is_han(word) else () for word in words]
    syllables = sorted({sound for sounds in read for sound in sounds})
    number = {sound: index for index, sound in enumerate(syllables)}
    lengths = np.array([len(sounds) for sounds in read], np.uint8)
    return syllables, lengths, np.array([number[sound] for sounds in read for sound in sounds], np.uint16)


def main(source: Path) -> None:
    """Write the arrays. Raises SystemExit for another source than the one that is described in README.md."""
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise SystemExit(f"{source} is not the file that README.md names")
    target = Path(__file__).parent / "zh_cn.npz"
    np.savez_compressed(target, **sorted_arrays(read_trie(data)))
    print(target, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
