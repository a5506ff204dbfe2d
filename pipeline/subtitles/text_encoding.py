"""Text files as a person's editor saved them: on Chinese machines not always as UTF-8."""

import re
import string
from pathlib import Path

from pipeline.chinese import is_han
from pipeline.documents.message import M
from pipeline.errors import UserMistake

_COMMON_GB = 0xD8
"""First byte of GB 2312 from which on its characters are seldom used (level 2)."""
_COMMON_BIG5 = 0xC9
"""The same of Big5."""
_HIGH, _LATIN = re.compile(rb"[\x80-\xff]+"), frozenset(string.ascii_letters.encode())
LEAST_COMMON = 0.85
"""Share of common characters in any Chinese text; what was decoded as something else has 0.3 to 0.6."""


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 (with or without its mark), GBK, or what Windows writes for western languages (cp1252).

    Raises UserMistake for anything else; Big5 is told by its name, since its bytes also read as GBK, as other characters.
    """
    data = path.read_bytes()
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and _is_big5(data, text):
            raise UserMistake(M("{path} is saved as Big5. Save it as UTF-8.", path=str(path)))
        return text
    raise UserMistake(M("{path} cannot be read as text. Save it as UTF-8.", path=str(path)))


def _encodings(data: bytes) -> tuple[str, ...]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if b"\0" in data[:200]:  # figures and line breaks have a zero byte in UTF-16, on one side or the other
        even = data[:200:2].count(0)
        return ("utf-16-be",) if even > data[1:200:2].count(0) else ("utf-16-le",)
    return ("utf-8-sig", "cp1252") if _is_western(data) else ("utf-8-sig", "gb18030")


def _is_western(data: bytes) -> bool:
    """Tell whether bytes above ASCII are single letters and quotes in a Latin text: GBK has pairs, and ’s would read as 抯."""
    high = _HIGH.findall(data)
    letters = sum(byte in _LATIN for byte in data)
    return bool(high) and sum(len(run) == 1 for run in high) >= 0.8 * len(high) and letters > 2 * sum(map(len, high))


def _is_big5(data: bytes, as_gb: str) -> bool:
    """Tell whether bytes that read as GBK are Big5: as GBK they are rare characters, as Big5 common ones."""
    if _common_share(as_gb, "gb2312", 0xB0, _COMMON_GB) >= LEAST_COMMON:
        return False
    try:
        return _common_share(data.decode("big5"), "big5", 0xA4, _COMMON_BIG5) >= LEAST_COMMON
    except UnicodeDecodeError:
        return False


def _common_share(text: str, encoding: str, first: int, end: int) -> float:
    """Return the share of a text's Chinese characters whose first byte in an encoding lies from `first` to before `end`."""
    characters = [character for character in text if is_han(character)]
    if not characters:
        return 1.0 if text.isascii() else 0.0
    return sum(first <= (character.encode(encoding, "ignore") or b"\0")[0] < end for character in characters) / len(characters)
