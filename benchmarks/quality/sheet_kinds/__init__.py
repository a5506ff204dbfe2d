"""Kinds of product sheets, made from known goods: half of them were looked at while the reader was written, half were not.

`layout.py`: what a sheet is and what a careful clerk reads in it. `words.py`: the two halves' headings, titles and remarks. `common.py`:
kinds that both halves have, each in its own words. `tuned.py` and `held_out.py`: kinds that only one half has.
"""
