"""Scripts whose letters join or stack: what stands between two of them changes how they look."""

import re

_SHAPED = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0f00-\u0fff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]")


def needs_shaping(text: str) -> bool:
    """Whether letters of a text join or stack: Arabic (Uyghur, Kazakh), Tibetan and Mongolian."""
    return _SHAPED.search(text) is not None
