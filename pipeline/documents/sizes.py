"""The picture sizes on offer. A new one is a line here."""

import re
from collections.abc import Mapping
from unicodedata import normalize

SIZES: Mapping[str, tuple[int, int]] = {
    "1080x1920": (1080, 1920),
    "720x1280": (720, 1280),
    "1080x1080": (1080, 1080),
    "1920x1080": (1920, 1080),
    "270x480": (270, 480),
    "480x270": (480, 270),
    "360x360": (360, 360),
}
"""Width and height in pixels, by the name that is typed."""
_SHAPES: dict[str, tuple[int, int]] = {
    "竖": (1080, 1920), "portrait": (1080, 1920), "vertical": (1080, 1920), "9:16": (1080, 1920),
    "横": (1920, 1080), "landscape": (1920, 1080), "horizontal": (1920, 1080), "16:9": (1920, 1080),
    "方": (1080, 1080), "square": (1080, 1080), "1:1": (1080, 1080),
}  # fmt: skip


def size_named(text: str) -> tuple[int, int] | None:
    """Return width and height in pixels of 竖屏, 横版, 方形, 9:16, 720x1280; None for what is no size on offer."""
    plain = normalize("NFKC", text).strip().lower().replace("×", "x").replace("*", "x").replace(" ", "")
    if match := re.fullmatch(r"(\d{3,4})x(\d{3,4})", plain):
        size = (int(match[1]), int(match[2]))
        return size if size in SIZES.values() else None
    return next((size for word, size in _SHAPES.items() if plain.startswith(word)), None)
