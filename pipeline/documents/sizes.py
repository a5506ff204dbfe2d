"""The picture sizes on offer. A new one is a line here."""

from collections.abc import Mapping

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
