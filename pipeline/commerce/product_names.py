"""Names of the sheet's products in a text."""

from collections.abc import Sequence

from pipeline.documents.offer import Offer


def searchable_names(offer: Offer) -> list[str]:
    """Return the offer's name and aliases case-folded, without those of one character, which too many other words contain."""
    return [name.casefold() for name in (offer.name, *offer.aliases) if len(name) > 1]


def mentions_offer(offer: Offer, text: str) -> bool:
    """Tell whether a text contains one of the offer's names."""
    folded = text.casefold()
    return any(name in folded for name in searchable_names(offer))


def other_offer_is_named_last(offer: Offer, others: Sequence[Offer], text: str) -> bool:
    """Tell whether the last product that a text names is another one than this offer; of names with the same end the longer one counts."""
    folded = text.casefold()
    own = _last_name(offer, folded)
    return any(_last_name(other, folded) > own for other in others if other.sku != offer.sku)


def last_named_offer(offers: Sequence[Offer], text: str) -> Offer | None:
    """Return the offer whose name a text has last, the first of the list among equals; None when it names none."""
    folded = text.casefold()
    found = [(_last_name(offer, folded), -index) for index, offer in enumerate(offers)]
    last, index = max(found, default=((-1, 0), 0))
    return offers[-index] if last[0] >= 0 else None


def _last_name(offer: Offer, text: str) -> tuple[int, int]:
    """Return end and length of the last of an offer's names in a text; (-1, 0) when it has none."""
    return max(((start + len(name), len(name)) for name in searchable_names(offer) if (start := text.rfind(name)) >= 0), default=(-1, 0))
