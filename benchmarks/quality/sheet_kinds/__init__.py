"""Kinds of product sheets, made from known goods: some were looked at while the reader was written, the others only afterwards.

`layout.py`: what a sheet is and what a careful clerk reads in it. `words.py`, `fresh_words.py`, `unseen_words.py`: each set's headings,
titles and remarks. `common.py`: kinds that all sets have, each in its own words. `tuned.py`, `held_out.py`, `fresh.py`: kinds of their own.
"""
