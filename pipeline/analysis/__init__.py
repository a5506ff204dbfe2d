"""A `Clip` in, its `Analysis` out: shots with their defects, where the eye rests, and where somebody speaks.

One low-resolution decode feeds every detector; each detector is a class with `feed(frame)` and `result()`.
"""

from pipeline.analysis.analyse import VERSION, analyse

__all__ = ["VERSION", "analyse"]
