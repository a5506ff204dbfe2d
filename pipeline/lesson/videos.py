"""The finished videos of a run as the page shows them: each playable where it lies beside the page, with its subtitles inside the page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.documents.subtitles import Subtitles

BESIDE = 'data-beside src="'
"""How the page writes a video that lies beside it, so that a copy elsewhere can say where it is from there."""


@dataclass(frozen=True)
class ShownVideo:
    """One video of the run.

    name: where it goes and its size, for people. file: its name in the outbox; empty where it did not pass its inspection. cover: a
    picture's name there, empty for none. track: subtitles as a data URI; empty for none.
    """

    name: str
    file: str
    cover: str
    track: str
    length_s: float
    width: int
    height: int

    @property
    def address(self) -> str:
        """The file as a page beside it links to it."""
        return quote(self.file, safe="")

    @property
    def poster(self) -> str:
        """The cover as a page beside it links to it."""
        return quote(self.cover, safe="")


def subtitle_track(subtitles: Subtitles) -> str:
    """The subtitles as a WebVTT track inside the page: browsers refuse track files beside a page opened from a disk."""
    blocks = ["WEBVTT"]
    for cue in subtitles.shown:
        words = "\n".join(cue.lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_stamp(cue.start_frame / subtitles.fps)} --> {_stamp(cue.end_frame / subtitles.fps)}\n{words}")
    return "data:text/vtt;base64," + base64.b64encode("\n\n".join(blocks).encode()).decode() if len(blocks) > 1 else ""


def seen_from(page: str, folder: str) -> str:
    """The page as it stands in another folder. folder: the videos' folder from there, as an address that ends with a slash."""
    return (
        page.replace(BESIDE, BESIDE + folder)
        .replace('data-poster poster="', f'data-poster poster="{folder}')
        .replace('data-file href="', f'data-file href="{folder}')
    )


def key_of(videos: Sequence[ShownVideo]) -> list[str]:
    """What of the videos the page depends on."""
    return [repr(video) for video in videos]


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    return f"{thousandths // 3_600_000:02d}:{thousandths // 60_000 % 60:02d}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"
