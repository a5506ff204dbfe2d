"""All checks on the words of one release."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.commerce.claims.contact import check_contact
from pipeline.commerce.claims.discounts import check_discounts
from pipeline.commerce.claims.findings import make_claim, with_unique_ids
from pipeline.commerce.claims.forbidden_words import check_words
from pipeline.commerce.claims.offer import check_offer
from pipeline.commerce.claims.prices import check_prices
from pipeline.commerce.claims.relative_times import check_times
from pipeline.documents.claims import Claim, PlacedText, PlaceKind, TextPlace
from pipeline.documents.destination import Destination
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer

CONTINUES_WITHIN_S = 6.0
"""A sentence may continue in the next subtitle when that begins within this many seconds."""
PLACE_NAMES: dict[PlaceKind, Message] = {
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
    "voice": M("voice"),
}


def place_name(place: TextPlace) -> Message:
    """Return the name of a place: subtitle at second 12.5."""
    name = PLACE_NAMES[place.kind]
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
    """Check the words of one release. Returns the claims about the offer first, then the others in the order of the texts.

    texts: every text that is published, Chinese or English, with its place; subtitles with their second. offer: what is sold, None for a
    story without a product. planned_at: when it is to be published (aware). now: when the words were written, for texts that do not
    say so (aware). generated: parts of the video were generated. others: the sheet's other offers, whose prices are theirs.
    Words get ✗ for breaking the law or naming a wrong price; what only the context decides is ⚠.
    Raises ValueError for a moment without a zone.
    """
    claims: list[Claim] = []
    if offer is not None:
        claims += check_offer(offer, destination, planned_at)
    claims += _check_ai_label(destination, generated)
    names = (offer.name, *offer.aliases) if offer else ()
    ordered = [_lines_joined(text) for text in texts]
    for placed in ordered:
        text_claims = check_words(placed, mainland=destination.mainland, generated=generated, names=names)
        text_claims += check_contact(placed, destination)
        if offer is not None:
            text_claims += check_prices(placed, tuple(ordered), offer, others)
            text_claims += check_discounts(placed, offer)
        text_claims += check_times(placed, offer, planned_at, now, _following(placed, ordered))
        claims += sorted(text_claims, key=lambda claim: claim.start)
    return with_unique_ids(claims)


def _lines_joined(placed: PlacedText) -> PlacedText:
    """Join a subtitle's two lines into one sentence."""
    if placed.place.kind != "subtitle":
        return placed
    return placed.model_copy(update={"text": placed.text.replace("\n", " " if placed.text.isascii() else "\u200b")})


def _following(placed: PlacedText, texts: Sequence[PlacedText]) -> str:
    """Return the next subtitle's text, or an empty string when it begins too late to continue the sentence."""
    at_s = placed.place.at_s
    if placed.place.kind != "subtitle" or at_s is None:
        return ""
    after = [
        (other.place.at_s, other.text)
        for other in texts
        if other.place.kind == "subtitle" and other.place.at_s is not None and at_s < other.place.at_s <= at_s + CONTINUES_WITHIN_S
    ]
    return min(after, default=(0.0, ""))[1]


def _check_ai_label(destination: Destination, generated: bool) -> list[Claim]:
    """Check that generated parts are declared where the platform asks for it."""
    if not generated:
        return []
    place = TextPlace(kind="declaration")
    sources = ("label-measures",)
    if destination.ai_label == "declaration":
        why = M("Parts of this video were generated, and the platform asks for a declaration.")
        suggestion = M("Tick the platform's declaration of AI content when you post it.")
        return [make_claim("warn", "label.declaration", place, why, sources=sources, suggestion=suggestion)]
    if destination.ai_label == "picture":
        return [
            make_claim("ok", "label.picture", place, M("Parts of this video were generated, and the picture says so."), sources=sources)
        ]
    why = M("Parts of this video were generated, and nothing says so there.")
    return [make_claim("block", "label.none", place, why, sources=sources, suggestion=M("Add the label to the picture or to the caption."))]
