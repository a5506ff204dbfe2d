"""English prices in the words that the reader of amounts knows, as long as before: "forty five yuan a box" is 45 元 每 box."""

import re

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_ONES)} | {word: 10 * value for value, word in enumerate(_TENS, 2)}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"\b(?:(?P<hundreds>{_WORD}|a)[\s-]+hundred(?:[\s-]+and)?[\s-]*)?(?P<rest>(?:{_WORD})(?:[\s-]+(?:{_WORD}))?)?"
    rf"(?:\s+point\s+(?P<tenths>(?:{_WORD})(?:\s+(?:{_WORD}))?))?\b",
    re.I | re.A,  # so that a word begins after a Chinese character
)
_UNITS = r"box|bag|bottle|pack|jar|piece|can|tin|crate|basket|bundle|tray|dozen|set|pound|kilo(?:gram)?|kg|jin|litre|liter"
_PHRASES = (
    (rf"\b(?:per|an?|each|the|every)\s+(?=(?:{_UNITS})\b)", "每"),
    (r"\bkilo(?:gram)?s?\b", "kg"),
    (r"\b(?:kuai|bucks?)\b", "块"),
    (r"\brenminbi\b", "元"),
    (r"\byuan\b", "元"),
    (r"\b(?:it\s+was|was|used\s+to\s+(?:be|cost)|regular(?:ly)?|normally|originally)\b", "原价"),
    (r"\b(?:now\s+(?:it\s+is|only|just|for)|today\s+only|it\s+is\s+now|now)\b", "现价"),
    (r"\b(?:about|around|roughly|nearly|almost)\b", "大概"),
    (r"\b(?:under|less\s+than|below)\b", "不到"),
    (r"(?<![%％])(?<![%％]\s)\b(?:off|cheaper)\b", "折扣"),
    (r"\b(?:only|just)\b", "只要"),
    (r"\b(?:costs?|sells?\s+for|goes?\s+for|pay|pays|priced\s+at)\b", "卖"),
    (r"\b(?:you\s+)?sav(?:e|ing)\b", "立省"),
    (r"\b(?:is|are|that\s+is|for|of|at)\b", ""),
)


def in_known_words(text: str) -> str:
    """Return a text whose English prices the reader of amounts can read, as many characters as before; any other text unchanged."""
    if not text.isascii() and not re.search(r"[a-z]{3}", text, re.I):
        return text
    text = _NUMBER.sub(_figures, text)
    for phrase, known in _PHRASES:
        text = re.sub(phrase, lambda match, known=known: known.ljust(len(match[0])), text, flags=re.I | re.A)  # type: ignore[misc]
    return text


def _figures(match: re.Match[str]) -> str:
    """Return a number in words as figures, with blanks to its length; words that are no number as they are."""
    words = match[0]
    if not (match["hundreds"] or match["rest"]):
        return words
    value = 100 * (1 if (match["hundreds"] or "").lower() == "a" else _VALUES.get((match["hundreds"] or "zero").lower(), 0))
    rest = re.split(r"[\s-]+", (match["rest"] or "zero").strip().lower())
    if len(rest) == 2 and not (_VALUES[rest[0]] >= 20 and 0 < _VALUES[rest[1]] < 10):
        return words  # twelve five is no number
    value += sum(_VALUES[word] for word in rest)
    tenths = "".join(str(_VALUES[word.lower()]) for word in (match["tenths"] or "").split())
    figures = f"{value}.{tenths}" if tenths else str(value)
    lead = len(words) - len(words.lstrip())
    return f"{' ' * lead}{figures}".ljust(len(words)) if len(figures) <= len(words) else words
