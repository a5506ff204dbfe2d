"""The product card for one destination: what it may show there, and nothing else."""

from pipeline.commerce.money import per_text, price_text
from pipeline.commerce.qr import qr_modules
from pipeline.documents.card import Card
from pipeline.documents.destination import Destination
from pipeline.documents.job import Leader
from pipeline.documents.message import M
from pipeline.documents.offer import Offer
from pipeline.errors import UserMistake
from pipeline.language import say

LISTED_PLACES = 2
"""So many pick-up places fit a line of the card; more are counted."""


def make_card(offer: Offer, destination: Destination, language: str) -> Card:
    """The card of an offer at a destination, in the words of a language (zh, en).

    A destination without QR, contact or pick-up gets none; one that wants a QR code but has no link to put in loses its call to
    scan. Raises UserMistake when the link is not https or is too long for a QR code.
    """
    return _card(offer, destination, language, _link(offer, destination))


def check_leaders_place(destination: Destination, language: str) -> None:
    """Raises UserMistake for a destination that allows no code: a leader's variant without hers is none."""
    if not destination.qr:
        raise UserMistake(
            M("The destination {name} allows no QR code, so no leader's variant can be made for it.", name=destination.label[language])
        )


def leader_cards(offer: Offer, destination: Destination, language: str, leader: Leader) -> tuple[Card, Card]:
    """Product card and end card of a group leader's variant.

    Only the end card shows the leader, her pick-up place and her code, so that all leaders share every other second of the video.
    Raises UserMistake for a destination that allows no code, and for a link that is not https or too long.
    """
    check_leaders_place(destination, language)
    hers = offer.model_copy(update={"pickup": (leader.pickup,) if leader.pickup else (), "row": leader.row})
    end = _card(hers, destination, language, leader.link)
    who = " · ".join(part for part in (leader.name, leader.shop) if part)
    end = end.model_copy(update={"leader": say(M("Group leader {who}", who=who), language), "cutoff": _cutoff(hers, language)})
    shared = end.model_copy(
        update={"qr": (), "link": "", "leader": "", "cutoff": _cutoff(hers.model_copy(update={"pickup": ()}), language)}
    )
    return shared.model_copy(update={"wording": say(M("Scan the code at the end to order"), language)}), end


def _card(offer: Offer, destination: Destination, language: str, link: str) -> Card:
    wording = destination.cart_wording.get(language) or destination.cart_wording.get("en", "")
    struck = offer.list_price is not None and offer.list_price > offer.price
    return Card(
        sku=offer.sku,
        name=offer.name,
        price=price_text(offer.price, offer.currency),
        per=per_text(offer.unit),
        list_price=price_text(offer.list_price, offer.currency) if struck and offer.list_price is not None else "",
        origin=offer.origin,
        photo=offer.photo,
        wording=wording if link or not destination.qr else "",
        contact=offer.after_sales if destination.contact else "",
        cutoff=_cutoff(offer, language) if destination.pickup else "",
        link=link,
        qr=qr_modules(link, sheet_line=offer.row) if destination.qr and link else (),
    )


def _link(offer: Offer, destination: Destination) -> str:
    """The destination's own link, which the sheet may name by its label (抖音), else the default one.

    Where a QR code is drawn only an address will do; a platform's own product number serves no phone.
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
        shown = offer.pickup[:LISTED_PLACES]
        places = ("、" if language == "zh" else ", ").join(shown)
        if len(offer.pickup) > len(shown):
            parts.append(say(M("Pick up at {places} and {more} more", places=places, more=len(offer.pickup) - len(shown)), language))
        else:
            parts.append(say(M("Pick up at {places}", places=places), language))
    return " · ".join(parts)
