"""The page that explains: from everything a story left behind to one self-contained `report.html`, in Chinese and English.

In: the documents of all rooms and the clips themselves, for a frame of each. Out: the page, and `retake_list`, what to film again.
"""

from pipeline.lesson.report import VERSION, write_report
from pipeline.lesson.retake import Retake, retake_list

__all__ = ["VERSION", "Retake", "retake_list", "write_report"]
