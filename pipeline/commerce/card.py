"""The product card for one destination, limited to what may be shown there."""

from pipeline.commerce.money import price_text, unit_suffix
from pipeline.commerce.qr import qr_modules
from pipeline.documents.card import Card
from pipeline.documents.destination import Destination
from pipeline.documents.job import Leader
from pipeline.documents.message import M
from pipeline.documents.offer import Offer
from pipeline.errors import UserMistake
from pipeline.language import say

AT_THE_END = M("Scan the code at the end to order")
LISTED_PLACES = 2
"""How many pick-up places fit a line of the card; the rest are counted."""


def make_card(offer: Offer, destination: Destination, language: str) -> Card:
    """Make the card of an offer for a destination, in a language (zh, en).

    A destination without QR, contact or pick-up gets none; where there is no link for the cart, or for the code, the call to buy is left
    out. Raises UserMistake when the link is not https or is too long for a QR code.
    """
    return _card(offer, destination, language, _link(offer, destination))


def require_qr_code(destination: Destination, language: str) -> None:
    """Raise UserMistake for a destination that allows no QR code, since a leader's variant is nothing without hers."""
    if not destination.qr:
        raise UserMistake(
            M("The destination {name} allows no QR code, so no leader's variant can be made for it.", name=destination.label[language])
        )


def leader_cards(offer: Offer, destination: Destination, language: str, leader: Leader) -> tuple[Card, Card]:
    """Make the product card and the end card of a group leader's variant.

    Only the end card shows the leader, her pick-up place and her code, so that all leaders' videos share everything before it.
    Raises UserMistake for a destination that allows no code, and for a link that is not https or too long.
    """
    require_qr_code(destination, language)
    leaders_offer = offer.model_copy(update={"pickup": (leader.pickup,) if leader.pickup else (), "row": leader.row})
    end = _card(leaders_offer, destination, language, leader.link)
    who = " · ".join(part for part in (leader.name, leader.shop) if part)
    end = end.model_copy(update={"leader": say(M("Group leader {who}", who=who), language), "cutoff": _cutoff(leaders_offer, language)})
    shared = end.model_copy(
        update={"qr": (), "link": "", "leader": "", "cutoff": _cutoff(leaders_offer.model_copy(update={"pickup": ()}), language)}
    )
    return shared.model_copy(update={"wording": say(AT_THE_END, language)}), end


def pointing_to_end(card: Card, language: str) -> Card:
    """The card without its code, for a video too short for two codes: its call names the one at the end."""
    return card.model_copy(update={"qr": (), "link": "", "wording": say(AT_THE_END, language)})


def _card(offer: Offer, destination: Destination, language: str, link: str) -> Card:
    wording = destination.cart_wording.get(language) or destination.cart_wording.get("en", "")
    struck = offer.list_price is not None and offer.list_price > offer.price
    return Card(
        sku=offer.sku,
        name=offer.name,
        price=price_text(offer.price, offer.currency),
        per=unit_suffix(offer.unit),
        list_price=price_text(offer.list_price, offer.currency) if struck and offer.list_price is not None else "",
        origin=offer.origin,
        photo=offer.photo,
        wording=wording if destination.has_cart(link) else "",
        contact=offer.after_sales if destination.contact else "",
        cutoff=_cutoff(offer, language) if destination.pickup else "",
        link=link,
        qr=qr_modules(link, sheet_line=offer.row) if destination.qr and link else (),
    )


def _link(offer: Offer, destination: Destination) -> str:
    """Return the destination's own link, which the sheet may name by its label (抖音), else the default one; empty when there is none.

    A QR code needs an address: a phone cannot do anything with a platform's own product number.
    """
    keys = (destination.name, *destination.label.values(), "default")
    links = [link for key in keys if (link := offer.links.get(key) or offer.links.get(key.casefold()))]
    addresses = [link for link in links if link.startswith("https://")]
    for link in links:
        if ":" in link and not link.startswith("https://"):
            raise UserMistake(
                M(
                    "{sku} (line {line} of the sheet): the link {link} must begin with https://.",
                    sku=offer.sku,
                    line=offer.row,
                    link=link,
                )
            )
    return next(iter(addresses if destination.qr else links), "")


def _cutoff(offer: Offer, language: str) -> str:
    parts = []
    if offer.order_cutoff:
        parts.append(say(M("Order before {time}", time=offer.order_cutoff), language))
    if offer.pickup:
        listed = offer.pickup[:LISTED_PLACES]
        places = ("、" if language == "zh" else ", ").join(listed)
        if len(offer.pickup) > len(listed):
            parts.append(say(M("Pick up at {places} and {more} more", places=places, more=len(offer.pickup) - len(listed)), language))
        else:
            parts.append(say(M("Pick up at {places}", places=places), language))
    return " · ".join(parts)
