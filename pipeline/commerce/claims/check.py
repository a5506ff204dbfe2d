"""All checks on the words of one release, together."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.commerce.claims.contact import check_contact
from pipeline.commerce.claims.found import claim, numbered
from pipeline.commerce.claims.offer import check_offer
from pipeline.commerce.claims.prices import check_prices
from pipeline.commerce.claims.times import check_times
from pipeline.commerce.claims.words import check_words
from pipeline.documents.claims import Claim, PlacedText, PlaceKind, TextPlace
from pipeline.documents.destination import Destination
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer

GOES_ON_S = 6.0
"""The next subtitle belongs to the same talk when it begins within so many seconds."""
PLACES: dict[PlaceKind, Message] = {
    "title": M("title"),
    "short_title": M("short title"),
    "cover": M("cover"),
    "subtitle": M("subtitle"),
    "caption": M("caption"),
    "topics": M("topics"),
    "card": M("product card"),
    "cart": M("cart wording"),
    "note": M("note"),
    "offer": M("product sheet"),
    "schedule": M("planned time"),
    "picture": M("picture"),
    "declaration": M("declaration"),
}


def place_name(place: TextPlace) -> Message:
    """A place in words: subtitle at second 12.5."""
    name = PLACES[place.kind]
    return name if place.at_s is None else M("{place} at second {second}", place=name, second=round(place.at_s, 1))


def check_claims(
    texts: Sequence[PlacedText],
    offer: Offer | None,
    destination: Destination,
    *,
    planned_at: datetime,
    now: datetime,
    generated: bool = False,
    others: Sequence[Offer] = (),
) -> tuple[Claim, ...]:
    """Everything that is found in the words of one release, in the order of the texts; what concerns the offer comes first.

    texts: every text that goes out, Chinese or English, with its place; subtitles with their second. offer: what is sold, None for a
    story without a product. planned_at: when it is to be seen (aware). now: when the words were written, where a text does not say
    (aware). generated: something in the video is. others: the sheet's other offers, whose prices are theirs.
    A ✗ on words stands for the law or for a price; what only context decides is ⚠. Raises ValueError for a moment without a zone.
    """
    found: list[Claim] = []
    if offer is not None:
        found += check_offer(offer, destination, planned_at)
    found += _label(destination, generated)
    names = (offer.name, *offer.aliases) if offer else ()
    ordered = [_joined(text) for text in texts]
    for placed in ordered:
        here = check_words(placed, mainland=destination.mainland, generated=generated, names=names)
        here += check_contact(placed, destination)
        if offer is not None:
            here += check_prices(placed, tuple(ordered), offer, others)
        here += check_times(placed, offer, planned_at, now, _following(placed, ordered))
        found += sorted(here, key=lambda one: one.start)
    return numbered(found)


def _joined(placed: PlacedText) -> PlacedText:
    """A subtitle's two lines are one sentence: its line break stands inside no word."""
    if placed.place.kind != "subtitle":
        return placed
    return placed.model_copy(update={"text": placed.text.replace("\n", " " if placed.text.isascii() else "\u200b")})


def _following(placed: PlacedText, texts: Sequence[PlacedText]) -> str:
    """What the next subtitle says, as far as it belongs to the same talk."""
    at_s = placed.place.at_s
    if placed.place.kind != "subtitle" or at_s is None:
        return ""
    after = [
        (other.place.at_s, other.text)
        for other in texts
        if other.place.kind == "subtitle" and other.place.at_s is not None and at_s < other.place.at_s <= at_s + GOES_ON_S
    ]
    return min(after, default=(0.0, ""))[1]


def _label(destination: Destination, generated: bool) -> list[Claim]:
    """Generated parts must be declared where the platform asks for it."""
    if not generated:
        return []
    place = TextPlace(kind="declaration")
    sources = ("label-measures",)
    if destination.ai_label == "declaration":
        why = M("Parts of this video were generated, and the platform asks for a declaration.")
        told = M("Tick the platform's declaration of AI content when you post it.")
        return [claim("warn", "label.declaration", place, why, sources=sources, suggestion=told)]
    if destination.ai_label == "picture":
        return [claim("ok", "label.picture", place, M("Parts of this video were generated, and the picture says so."), sources=sources)]
    why = M("Parts of this video were generated, and nothing says so there.")
    return [claim("block", "label.none", place, why, sources=sources, suggestion=M("Add the label to the picture or to the caption."))]
