"""What a story's words call its goods and where they come from."""

from collections.abc import Iterable
from itertools import islice

from pipeline.catalog.glossary import place_names, regions, split_words
from pipeline.documents.offer import Brief, Offer, StoryNames

SHORTEST = 2
"""Characters of a name at least: one alone stands in too many other words."""


def story_names(brief: Brief, offer: Offer | None) -> StoryNames:
    """The names of the offer and its place; without an offer, those of the note's first line."""
    places = {*regions(brief.headline), *(place_names(offer.origin) if offer else ())}
    if offer is not None:
        names = (offer.name, *offer.aliases)
        products = {part for name in names for part in (name, *islice(split_words(name), 1))}
    else:
        products = {word for word in split_words(brief.headline) if not any(place in word for place in places)}
    return StoryNames(
        products=_longest_first(products),
        places=_longest_first(place for place in places if not any(product in place for product in products)),
    )


def _longest_first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name.strip() for name in names if len(name.strip()) >= SHORTEST}, key=lambda name: (-len(name), name)))
