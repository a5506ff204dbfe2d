"""Inspection of the finished video: the file is decoded and compared with its plan before it may be published.

In: the file, its rendition, render plan, edit, look, subtitles and destination. Out: an `Inspection` with at least one finding for
every check; a failed one has its time and a picture. Each check is one file in `checks/`.
"""

from pipeline.inspection.inspector import VERSION, inspect

__all__ = ["VERSION", "inspect"]
