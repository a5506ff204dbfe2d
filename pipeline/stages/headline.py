"""What stands in the title: from the note's first line and the offer."""

from pipeline.documents.offer import Brief, Offer

LONGEST = 18
"""Characters of a title that a viewer takes in within its two and a half seconds."""


def headline(brief: Brief, offer: Offer | None, story: str) -> tuple[str, str]:
    """(title, line under it). The product's name leads; the note's first line says where and whose."""
    words = brief.headline.replace("，", " ").replace(",", " ").split()
    if offer is not None:
        known = {offer.name, *offer.aliases}
        rest = [word for word in words if word not in known]
        return offer.name, " ".join(rest)[:LONGEST] or offer.origin
    if words:
        return words[0][:LONGEST], " ".join(words[1:])[:LONGEST]
    return story.replace("-", " ")[:LONGEST], ""
