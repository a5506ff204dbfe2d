"""The page that explains: from everything a story left behind to one `report.html` in Chinese
and English, which plays the videos beside it.

In: the documents of all rooms and the clips themselves, for a frame of each. Out: the page, and `list_reshoots`, what to film again.
"""

from pipeline.lesson.comparison import EditOnPage, RowOnPage, ShotOnPage, write_comparison
from pipeline.lesson.report import VERSION, write_report
from pipeline.lesson.reshoots import Reshoot, copied_badly, list_reshoots
from pipeline.lesson.sheet_frames import SheetFrames
from pipeline.lesson.videos import ShownVideo, key_of, seen_from, subtitle_track
from pipeline.lesson.waiting import write_waiting_page

__all__ = [
    "VERSION",
    "EditOnPage",
    "Reshoot",
    "RowOnPage",
    "SheetFrames",
    "ShotOnPage",
    "ShownVideo",
    "copied_badly",
    "key_of",
    "list_reshoots",
    "seen_from",
    "subtitle_track",
    "write_comparison",
    "write_report",
    "write_waiting_page",
]
