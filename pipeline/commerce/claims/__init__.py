"""The claims check before publication: advertising law, the offer's price and dates, contact details, faces that need consent.

In: the texts of a release with their places, its offer and destination, the planned time. Out: `Claim`s, each with its words, place,
rule, legal source and what to write instead. The rules are data in `rules/`; they do not replace a lawyer.
"""

from pipeline.commerce.claims.check import check_claims, place_name
from pipeline.commerce.claims.faces import UNSEEN, check_faces, find_close_faces, unseen_faces, with_stills
from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.voice import check_doubtful_lines, check_voice

__all__ = [
    "UNSEEN",
    "check_claims",
    "check_doubtful_lines",
    "check_faces",
    "check_voice",
    "find_close_faces",
    "make_claim",
    "place_name",
    "unseen_faces",
    "with_stills",
]
