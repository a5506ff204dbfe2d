"""How alike two syllables sound, to an ear that is used to Mandarin spoken with a village's tongue.

Tones are left out: dialects move them first, and a recogniser that was led astray by one gives the wrong tone anyway.
"""

from functools import cache

from pypinyin import Style, lazy_pinyin, pinyin

DIALECT = 0.25
"""Cost of a difference that many speakers do not make."""
NEAR = 0.5
"""Cost of a difference that a recogniser often misses."""
FAR = 1.0

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")


def _pairs(listed: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split("-")) for pair in listed.split())


_SAME_INITIALS = _pairs("z-zh c-ch s-sh n-l f-h r-l")
_NEAR_INITIALS = _pairs("b-p d-t g-k z-c zh-ch j-q z-s zh-sh c-s ch-sh j-zh q-ch x-sh x-s q-c j-z z-ch m-n q-x")
_SAME_FINALS = _pairs("an-ang en-eng in-ing ian-iang uan-uang un-ong eng-ong ue-ie")
_NEAR_FINALS = _pairs(
    "i-v e-uo e-o o-uo ai-ei ao-ou ian-in ian-an an-en ing-eng a-ia ue-uo ian-uan ui-ei un-en u-ou iu-ou e-a ian-ing in-eng "
    "uai-ai ua-a ang-uang iang-ang i-e u-v un-uan ie-ian iao-ao an-uan"
)
_TWO_READINGS = frozenset(
    "长行重乐还都得地着了大好少分当种数为发只干间几切卡弹调传转藏量应兴参差率落薄露给便壳塞尽似系觉朝曾降单石会盛强假角脉模熟削吓约炸涨占载"
)
"""Characters of which people use more than one reading; the rest have others only in dictionaries (家 as gu)."""


@cache
def readings(character: str) -> frozenset[str]:
    """The toneless syllables that a Chinese character is read as; empty for anything else."""
    if not "\u4e00" <= character <= "\u9fff":
        return frozenset()
    every = [_plain(syllable) for syllable in pinyin(character, style=Style.NORMAL, heteronym=True)[0]]
    return frozenset(every if character in _TWO_READINGS else every[:1])


@cache
def syllables(term: str) -> tuple[str, ...]:
    """The toneless syllables of a term of Chinese characters, read as the term is read; empty when it has anything else in it."""
    if not all("\u4e00" <= character <= "\u9fff" for character in term):
        return ()
    return tuple(_plain(syllable) for syllable in lazy_pinyin(term))


@cache
def difference(heard: str, wanted: str) -> float:
    """Cost 0 (the same sound) upward between two syllables; 1 and more is another sound."""
    if heard == wanted:
        return 0.0
    (first_a, last_a), (first_b, last_b) = _parts(heard), _parts(wanted)
    return _cost(first_a, first_b, _SAME_INITIALS, _NEAR_INITIALS) + _cost(last_a, last_b, _SAME_FINALS, _NEAR_FINALS)


def character_difference(character: str, wanted: str) -> float:
    """The least difference between any reading of a character and a syllable."""
    return min((difference(reading, wanted) for reading in readings(character)), default=2 * FAR)


def _plain(syllable: str) -> str:
    return syllable.replace("ü", "v")


def _cost(a: str, b: str, same: frozenset[frozenset[str]], near: frozenset[frozenset[str]]) -> float:
    if a == b:
        return 0.0
    pair = frozenset((a, b))
    return DIALECT if pair in same else NEAR if pair in near else FAR


@cache
def _parts(syllable: str) -> tuple[str, str]:
    """Initial and final as spoken, not as written: yu is v, you is iu, wen is un, jue is j and ue."""
    first = next((initial for initial in _INITIALS if syllable.startswith(initial)), "")
    last = syllable[len(first) :]
    if first == "y":
        spoken = {"u": "v", "ue": "ue", "uan": "van", "un": "vn", "ou": "iu", "i": "i", "in": "in", "ing": "ing", "e": "ie"}
        return "", spoken.get(last, "i" + last)
    if first == "w":
        spoken = {"u": "u", "o": "uo", "ei": "ui", "en": "un", "eng": "ong"}
        return "", spoken.get(last, "u" + last)
    if first in ("j", "q", "x") and last.startswith("u"):
        return first, {"u": "v", "ue": "ue", "uan": "van", "un": "vn"}[last]
    return first, last
