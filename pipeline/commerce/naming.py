"""Which product of the sheet a text names."""

from collections.abc import Sequence

from pipeline.documents.offer import Offer


def names_of(offer: Offer) -> list[str]:
    """Return the offer's name and aliases in small letters, without those of one character, which stand in too many other words."""
    return [name.casefold() for name in (offer.name, *offer.aliases) if len(name) > 1]


def is_named(offer: Offer, text: str) -> bool:
    """Tell whether a text has one of the offer's names."""
    folded = text.casefold()
    return any(name in folded for name in names_of(offer))


def another_is_named_last(offer: Offer, others: Sequence[Offer], text: str) -> bool:
    """Tell whether the last product that a text names is another one of the sheet; of names that end together the longer one counts."""
    folded = text.casefold()
    mine = _last_name(offer, folded)
    return any(_last_name(other, folded) > mine for other in others if other.sku != offer.sku)


def _last_name(offer: Offer, text: str) -> tuple[int, int]:
    """End and length of the last of an offer's names; (-1, 0) when none is there."""
    return max(((at + len(name), len(name)) for name in names_of(offer) if (at := text.rfind(name)) >= 0), default=(-1, 0))
