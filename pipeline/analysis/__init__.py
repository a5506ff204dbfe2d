"""A `Clip` in, its `Analysis` out: shots with their defects, where the eye rests, and where somebody speaks.

One low-resolution decode feeds every detector of `detectors.py`; each is a class with `feed(frame)` and `result()`.
What the sheet's photos show is described in the same way, so that views are held against them.
"""

from pipeline.analysis.analyse import analyse, analysis_key, unreadable_clip
from pipeline.analysis.photos import describe_photo, photo_key
from pipeline.analysis.sound import measure_sound

__all__ = ["analyse", "analysis_key", "describe_photo", "measure_sound", "photo_key", "unreadable_clip"]
