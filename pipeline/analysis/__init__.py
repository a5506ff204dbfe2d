"""A `Clip` in, its `Analysis` out: shots with their defects, where the eye rests, and where somebody speaks.

One low-resolution decode feeds every detector of `detectors.py`; each is a class with `feed(frame)` and `result()`.
"""

from pipeline.analysis.analyse import analyse, analysis_key, unreadable_clip

__all__ = ["analyse", "analysis_key", "unreadable_clip"]
