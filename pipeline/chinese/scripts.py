"""Scripts other than Chinese and Latin, and those whose letters join or stack: what stands between two of them changes how they look."""

import re

YI, TIBETAN, MONGOLIAN = "\ua000-\ua4cf", "\u0f00-\u0fff", "\u1800-\u18af"
ARABIC = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
"""The characters of a script, as the inside of a regular expression's class."""

_SHAPED = re.compile(f"[{ARABIC}{TIBETAN}{MONGOLIAN}]")


def needs_shaping(text: str) -> bool:
    """Whether letters of a text join or stack: Arabic (Uyghur, Kazakh), Tibetan and Mongolian."""
    return _SHAPED.search(text) is not None
