"""What must hold of the offer on the day the video is seen, whatever the words say."""

from datetime import datetime, timedelta

from pipeline.commerce.claims.clock import local
from pipeline.commerce.claims.found import claim
from pipeline.documents.claims import Claim, TextPlace
from pipeline.documents.destination import Destination
from pipeline.documents.message import M
from pipeline.documents.offer import Offer

SOON = timedelta(hours=24)
"""A post is seen for days: an offer that ends sooner than this after it needs somebody to take the post down. Our own choice."""
GROUP_MODES = ("group_buy", "group buy", "社区团购", "团购", "接龙")
REACHED_BY = ("客服", "微信", "电话", "团长", "店主", "群", "手机", "QQ", "@", "contact", "phone", "call", "wechat", "leader", "whatsapp")
_OFFER, _SCHEDULE = TextPlace(kind="offer"), TextPlace(kind="schedule")
_LAW = ("consumer-28", "ecommerce-17")


def check_offer(offer: Offer, destination: Destination, planned_at: datetime) -> list[Claim]:
    """Whether the offer still runs at `planned_at` (aware), and what the sheet lacks that its way of selling needs."""
    return [_runs(offer, local(planned_at)), *_stock(offer), *_told(offer, destination)]


def _runs(offer: Offer, planned: datetime) -> Claim:
    sources = ("ad-28", "price-14", "ecommerce-17")
    seen = f"{planned:%Y-%m-%d %H:%M}"
    if offer.offer_ends is None:
        return claim("ok", "offer.runs", _SCHEDULE, M("The offer for {product} has no end.", product=offer.name), sources=sources)
    ends = local(offer.offer_ends)
    facts: dict[str, str | int] = {"product": offer.name, "ends": f"{ends:%Y-%m-%d %H:%M}", "planned": seen, "line": offer.row}
    if ends <= planned:
        return claim(
            "block",
            "offer.lapsed",
            _SCHEDULE,
            M("The offer for {product} ends {ends} (line {line} of the sheet); the video is planned for {planned}.", **facts),
            sources=sources,
            words=f"{ends:%Y-%m-%d %H:%M}",
            suggestion=M("Publish before it ends, or write a new price and end into the sheet and make the video again."),
        )
    if ends - planned < SOON:
        return claim(
            "warn",
            "offer.ends_soon",
            _SCHEDULE,
            M("The offer for {product} ends {ends} (line {line} of the sheet), soon after {planned}.", **facts),
            sources=sources,
            words=f"{ends:%Y-%m-%d %H:%M}",
            suggestion=M("Let somebody take the post down, or change it, when the offer is over."),
        )
    why = M("The offer for {product} runs until {ends} (line {line} of the sheet); the video is planned for {planned}.", **facts)
    return claim("ok", "offer.runs", _SCHEDULE, why, sources=sources, words=f"{ends:%Y-%m-%d %H:%M}")


def _stock(offer: Offer) -> list[Claim]:
    if offer.stock is None or offer.stock > 0:
        return []
    why = M("{product} is sold out: line {line} of the sheet says 0.", product=offer.name, line=offer.row)
    told = M("Correct the stock in the sheet, or do not publish.")
    return [claim("block", "offer.sold_out", _OFFER, why, sources=("ad-28", "ecommerce-17"), suggestion=told)]


def _told(offer: Offer, destination: Destination) -> list[Claim]:
    """Origin and after-sales, and for group buying cut-off and pick-up: what the buyer has a right to know."""
    group = destination.pickup or offer.mode.strip().lower() in GROUP_MODES
    line = offer.row
    claims = []
    if not offer.origin:
        why = M("The sheet has no place of origin for {product} (line {line}).", product=offer.name, line=line)
        told = M("Write the place of origin into the sheet.")
        claims.append(claim("block" if group else "warn", "offer.origin", _OFFER, why, sources=("price-13", "ad-8"), suggestion=told))
    else:
        why = M("The place of origin is known: {origin}.", origin=offer.origin)
        claims.append(claim("ok", "offer.origin", _OFFER, why, sources=("price-13", "ad-8"), words=offer.origin))
    told = M("Write into the sheet what happens with spoilt goods, and how to reach somebody.")
    if not offer.after_sales:
        why = M("The sheet says nothing of after-sales for {product} (line {line}).", product=offer.name, line=line)
        claims.append(claim("block" if group else "warn", "offer.after_sales", _OFFER, why, sources=_LAW, suggestion=told))
    elif (group or destination.contact) and not _reachable(offer):
        why = M("“{words}” names nobody to turn to (line {line} of the sheet).", words=offer.after_sales, line=line)
        claims.append(claim("warn", "offer.contact", _OFFER, why, sources=_LAW, words=offer.after_sales, suggestion=told))
    else:
        why = M("After-sales is told: {promise}.", promise=offer.after_sales)
        claims.append(claim("ok", "offer.after_sales", _OFFER, why, sources=_LAW, words=offer.after_sales))
    if group and not (offer.pickup and offer.order_cutoff):
        why = M("Group buying needs cut-off hour and pick-up place; line {line} of the sheet lacks one.", line=line)
        claims.append(claim("warn", "offer.pickup", _OFFER, why, sources=_LAW, suggestion=M("Write them into the sheet.")))
    return claims


def _reachable(offer: Offer) -> bool:
    told = offer.after_sales.casefold()
    return any(word.casefold() in told for word in REACHED_BY) or sum(character.isdigit() for character in told) >= 7
