"""A grammar of spoken numbers with their measures and money: which of them may have been said from one place of a phrase on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

START = -1.2
DIGIT, PLACE = -0.75, -0.25
STORY_UNIT, UNIT, RARE_UNIT = -0.3, -0.9, -1.3
DIMES = -0.5
BARE = -1.5
"""log10 probabilities of the parts of an amount, set by hand: that one begins, a digit, a place (十 百 千 点), a unit, the digit after
the money word, and that there is no unit."""
LEAST = -2.6
"""log10 likelihood of a character's sound below which no path goes on."""
LEAST_NUMERAL = -3.6
"""The same for digits and places, which are few and short: 八 is heard as 白."""
ANY_PLACE = 100_000
"""The limit of a number that begins: any place may follow its first digit, later ones only the next lower (五千零五, not 五千五十)."""
SHORTEST_BARE = 2
"""Characters of a number without a unit; a shorter one is a word of the language model."""
MOST = 24
"""Amounts that are kept at a place."""
LONGEST_NUMBER = 8

COMMON_UNITS = ("斤", "块", "箱", "元", "公斤", "克", "斤装")
RARE_UNITS = (
    *"个枚瓶份只袋盒包罐条件两提串把捆棵颗粒套只桶筐篮板片支杯头排根张双升亩米里吨碗盆壶坛饼朵枝度年月天岁家户人次种层",
    *("毛", "分", "块钱", "毫升", "公里", "千克", "小时", "分钟", "箱装", "个装", "袋装", "只装", "枚装"),
)
_DIGITS = "一二三四五六七八九"
_PLACES = {"千": 1000, "百": 100, "十": 10}
_MONEY = "块"


@dataclass(frozen=True)
class SpokenAmount:
    """A number that may have been said: its text, log10 of its probability and of the likelihood of its sound."""

    text: str
    grammar: float
    sound: float


@dataclass(frozen=True)
class _Path:
    """A number that is being said. limit: the place below which the next digit lies; state: what was said last."""

    text: str
    grammar: float
    sound: float
    state: str
    limit: int


class NumberGrammar:
    """Finds amounts in the likelihoods of the sounds of a phrase. places: the spoken characters (one reading each) by character."""

    def __init__(self, spoken: Mapping[str, NDArray[np.int64]], units: Collection[str] = ()) -> None:
        """units: those that the story's product is sold in, which are likelier; its price is never."""
        self.units = tuple((unit, STORY_UNIT if unit in units else cost) for unit, cost in _UNITS)
        self.spoken = {character: numbers for character, numbers in spoken.items() if character in _LETTERS}

    def amounts(self, likelihood: NDArray[np.float32], at: int) -> list[SpokenAmount]:
        """Return the likeliest amounts that begin at a place. likelihood: log10, spoken characters in columns, places in rows."""
        sounds = _Sounds(self.spoken, likelihood)
        found: list[SpokenAmount] = []
        paths = [_Path("", START, 0.0, "start", ANY_PLACE)]
        while paths:
            longer: list[_Path] = []
            for path in paths:
                found += self._endings(path, sounds, at + len(path.text))
                if len(path.text) < LONGEST_NUMBER:
                    longer += _continued(path, sounds, at + len(path.text))
            paths = sorted(longer, key=lambda path: -path.grammar - path.sound)[:MOST]
        return sorted(found, key=lambda amount: -(amount.grammar + amount.sound) / len(amount.text))[:MOST]

    def _endings(self, path: _Path, sounds: "_Sounds", at: int) -> list[SpokenAmount]:
        """Return the amounts that end after a path: bare, with a unit, with money and dimes."""
        if path.state in ("start", "point", "zero"):
            return []
        found = []
        if len(path.text) >= SHORTEST_BARE and path.state != "half":
            found.append(SpokenAmount(path.text, path.grammar + BARE, path.sound))
        for unit, cost in self.units:
            heard = sounds.text(unit, at)
            if heard is None or (path.text[-1] == "二" and len(path.text) == 1 and unit not in ("两",)):
                continue
            found.append(SpokenAmount(path.text + unit, path.grammar + cost, path.sound + heard))
            if unit == _MONEY and path.state != "half":
                for digit in _DIGITS + "半":
                    dimes = sounds.character(digit, at + 1)
                    if dimes > LEAST:
                        grammar = path.grammar + cost + DIMES + DIGIT
                        found.append(SpokenAmount(path.text + unit + digit, grammar, path.sound + heard + dimes))
        return found


class _Sounds:
    """How likely the characters of numbers were said at each place."""

    def __init__(self, spoken: Mapping[str, NDArray[np.int64]], likelihood: NDArray[np.float32]) -> None:
        self.spoken, self.likelihood = spoken, likelihood
        self.known: dict[tuple[str, int], float] = {}

    def character(self, character: str, at: int) -> float:
        """Return log10 of the likelihood of a character at a place; minus infinity after the end."""
        key = character, at
        if key not in self.known:
            there = at < len(self.likelihood) and character in self.spoken
            self.known[key] = float(self.likelihood[at, self.spoken[character]].max()) if there else -np.inf
        return self.known[key]

    def text(self, text: str, at: int) -> float | None:
        """Return the sum for all characters of a text from a place on; None where one is too unlikely."""
        each = [self.character(character, at + step) for step, character in enumerate(text)]
        return sum(each) if min(each) > LEAST else None


def _continued(path: _Path, sounds: _Sounds, at: int) -> list[_Path]:
    """Return the paths one character longer."""
    longer = []
    for character, state, limit, cost in _next_characters(path):
        sound = sounds.character(character, at)
        if sound > LEAST_NUMERAL:
            longer.append(_Path(path.text + character, path.grammar + cost, path.sound + sound, state, limit))
    return longer


def _next_characters(path: _Path) -> list[tuple[str, str, int, float]]:
    """Return what may be said next: the character, what it is, the limit for the next digit, its log10 probability."""
    digits = [(digit, "digit", path.limit, DIGIT) for digit in _DIGITS]
    pair = ("两", "digit", path.limit, DIGIT)
    match path.state:
        case "start":
            return [*digits, pair, ("十", "place", 10, PLACE), ("半", "half", 0, DIGIT)]
        case "digit":
            places = [
                (place, "place", value, PLACE)
                for place, value in _PLACES.items()
                if (10 * value == path.limit or path.limit == ANY_PLACE) and _may_carry(path.text, place)
            ]
            return [*places, ("点", "point", 0, PLACE)] if path.limit > 1 else places
        case "place" if path.limit >= 100:
            return [*digits, ("零", "zero", path.limit, DIGIT), ("多", "many", 0, DIGIT)]
        case "place":
            return [*digits, ("点", "point", 0, PLACE), ("多", "many", 0, DIGIT)]
        case "zero":
            return [(digit, "digit", min(path.limit, 100), DIGIT) for digit in _DIGITS]
        case "point":
            return [(digit, "decimal", 0, DIGIT) for digit in f"零{_DIGITS}"]
        case "decimal" if path.text[-2] == "点":
            return [(digit, "decimal", 0, DIGIT) for digit in _DIGITS]
    return []


def _may_carry(text: str, place: str) -> bool:
    """Tell whether a place may follow the last digit: 两百 and 两千, but 二十."""
    return not (text[-1] == "两" and place == "十")


_UNITS = (*((unit, UNIT) for unit in COMMON_UNITS), *((unit, RARE_UNIT) for unit in dict.fromkeys(RARE_UNITS) if unit not in COMMON_UNITS))
_LETTERS = frozenset(f"零两半多点{_DIGITS}{''.join(_PLACES)}{''.join(unit for unit, _ in _UNITS)}")
