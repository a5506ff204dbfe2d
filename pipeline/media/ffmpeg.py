"""The one ffmpeg binary, from a Python package, and the environment that makes its text drawing the same on every machine."""

import subprocess
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import imageio_ffmpeg

from pipeline.store.disk import write_atomically

FFMPEG: str = imageio_ffmpeg.get_ffmpeg_exe()
TOLERANT = ("-max_error_rate", "1")
"""Before the inputs of what decodes clips: without it ffmpeg gives up (code 69) when two thirds of a short stretch do not decode, and takes
a whole story along for one damaged clip. What was judged usable is shown and heard as far as it decodes."""


@cache
def ffmpeg_version() -> str:
    """Version that the binary reports: part of the content key of every result that it makes."""
    first = subprocess.run([FFMPEG, "-version"], capture_output=True, encoding="utf-8", errors="replace", check=True).stdout.splitlines()[0]
    return first.split(" Copyright")[0]


def fonts_environment(fonts: Path, scratch: Path) -> dict[str, str]:
    """Environment variables with which fontconfig sees one folder and none of the machine's own fonts.

    libass does not fall back between fonts with `fontsdir` alone, and draws an unknown family as boxes without a word.
    scratch: folder for the configuration and fontconfig's own cache.
    """
    config = scratch / "fonts.conf"
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{escape(str(fonts))}</dir><cachedir>{escape(str(scratch / 'fontconfig'))}</cachedir></fontconfig>\n"
    )
    if not config.is_file() or config.read_text(encoding="utf-8") != text:
        write_atomically(config, text)
    return {"FONTCONFIG_FILE": str(config.absolute())}  # a relative one is looked for among the system's own


def quote_for_filter(path: Path) -> str:
    """Quote a path for an option of a filter, then escape it for the graph around it."""
    option = str(path).replace("\\", "\\\\").replace(":", "\\:").replace("'", "\\'")
    return "".join("\\" + letter if letter in "\\'[],;" else letter for letter in option)
