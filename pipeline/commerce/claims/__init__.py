"""Whether words may be published: advertising law, the offer's price and dates, contact details, faces that need consent.

In: the placed texts of a release, its offer and destination, the planned moment. Out: `Claim`s, each with its words, place, rule, legal
source and what to write instead. The rules are data in `rules/`; nobody's lawyer is replaced by them.
"""

from pipeline.commerce.claims.check import check_claims, place_name
from pipeline.commerce.claims.faces import check_faces, close_faces, pictured

__all__ = ["check_claims", "check_faces", "close_faces", "pictured", "place_name"]
