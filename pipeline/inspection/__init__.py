"""The last room before a video may leave: the finished file is decoded and held against its plan.

In: the file, its rendition, render plan, edit, look, subtitles and destination. Out: an `Inspection`, one finding for everything
that was looked at; what failed is named with its time and a picture. Each check is one file in `checks/`.
"""

from pipeline.inspection.inspector import VERSION, inspect

__all__ = ["VERSION", "inspect"]
