"""Checks on the offer itself at the planned time: whether it still runs, its stock, and what buyers have a right to know."""

from datetime import datetime, timedelta

from pipeline.commerce.claims.dates import sellers_time
from pipeline.commerce.claims.findings import make_claim
from pipeline.documents.claims import Claim, TextPlace
from pipeline.documents.destination import Destination
from pipeline.documents.message import M
from pipeline.documents.offer import Offer

SOON = timedelta(hours=24)
"""A post is seen for days: when the offer ends sooner than this after it, somebody must take the post down. Our own choice."""
GROUP_BUYING_MODES = ("group_buy", "group buy", "社区团购", "团购", "接龙")
CONTACT_WORDS = (
    "客服",
    "微信",
    "电话",
    "团长",
    "店主",
    "群",
    "手机",
    "QQ",
    "@",
    "contact",
    "phone",
    "call",
    "wechat",
    "leader",
    "whatsapp",
)
_OFFER, _SCHEDULE = TextPlace(kind="offer"), TextPlace(kind="schedule")
_LAW = ("consumer-28", "ecommerce-17")


def check_offer(offer: Offer, destination: Destination, planned_at: datetime) -> list[Claim]:
    """Check that the offer still runs at `planned_at` (aware), and that the sheet has what its way of selling needs."""
    return [_offer_period(offer, sellers_time(planned_at)), *_stock(offer), *_buyer_information(offer, destination)]


def _offer_period(offer: Offer, planned: datetime) -> Claim:
    sources = ("ad-28", "price-14", "ecommerce-17")
    planned_text = f"{planned:%Y-%m-%d %H:%M}"
    if offer.offer_ends is None:
        return make_claim("ok", "offer.runs", _SCHEDULE, M("The offer for {product} has no end.", product=offer.name), sources=sources)
    ends = sellers_time(offer.offer_ends)
    facts: dict[str, str | int] = {"product": offer.name, "ends": f"{ends:%Y-%m-%d %H:%M}", "planned": planned_text, "line": offer.row}
    if ends <= planned:
        return make_claim(
            "block",
            "offer.lapsed",
            _SCHEDULE,
            M("The offer for {product} ends {ends} (line {line} of the sheet); the video is planned for {planned}.", **facts),
            sources=sources,
            words=f"{ends:%Y-%m-%d %H:%M}",
            suggestion=M("Publish before it ends, or write a new price and end into the sheet and make the video again."),
        )
    if ends - planned < SOON:
        return make_claim(
            "warn",
            "offer.ends_soon",
            _SCHEDULE,
            M("The offer for {product} ends {ends} (line {line} of the sheet), soon after {planned}.", **facts),
            sources=sources,
            words=f"{ends:%Y-%m-%d %H:%M}",
            suggestion=M("Let somebody take the post down, or change it, when the offer is over."),
        )
    why = M("The offer for {product} runs until {ends} (line {line} of the sheet); the video is planned for {planned}.", **facts)
    return make_claim("ok", "offer.runs", _SCHEDULE, why, sources=sources, words=f"{ends:%Y-%m-%d %H:%M}")


def _stock(offer: Offer) -> list[Claim]:
    if offer.stock is None or offer.stock > 0:
        return []
    why = M("{product} is sold out: line {line} of the sheet says 0.", product=offer.name, line=offer.row)
    suggestion = M("Correct the stock in the sheet, or do not publish.")
    return [make_claim("block", "offer.sold_out", _OFFER, why, sources=("ad-28", "ecommerce-17"), suggestion=suggestion)]


def _buyer_information(offer: Offer, destination: Destination) -> list[Claim]:
    """Check origin and after-sales, and for group buying cut-off and pick-up: what buyers have a right to know."""
    is_group_buying = destination.pickup or offer.mode.strip().lower() in GROUP_BUYING_MODES
    origin = _origin(offer, is_group_buying)
    after_sales = _after_sales(offer, is_group_buying, needs_contact=is_group_buying or destination.contact)
    return [origin, after_sales, *(_cutoff_and_pickup(offer) if is_group_buying else [])]


def _origin(offer: Offer, is_group_buying: bool) -> Claim:
    sources = ("price-13", "ad-8")
    if offer.origin:
        why = M("The place of origin is known: {origin}.", origin=offer.origin)
        return make_claim("ok", "offer.origin", _OFFER, why, sources=sources, words=offer.origin)
    why = M("The sheet has no place of origin for {product} (line {line}).", product=offer.name, line=offer.row)
    suggestion = M("Write the place of origin into the sheet.")
    return make_claim("block" if is_group_buying else "warn", "offer.origin", _OFFER, why, sources=sources, suggestion=suggestion)


def _after_sales(offer: Offer, is_group_buying: bool, *, needs_contact: bool) -> Claim:
    words = offer.after_sales
    suggestion = M("Write into the sheet what happens with spoilt goods, and how to reach somebody.")
    if not words:
        why = M("The sheet says nothing of after-sales for {product} (line {line}).", product=offer.name, line=offer.row)
        return make_claim("block" if is_group_buying else "warn", "offer.after_sales", _OFFER, why, sources=_LAW, suggestion=suggestion)
    if needs_contact and not _names_a_contact(offer):
        why = M("“{words}” names nobody to turn to (line {line} of the sheet).", words=words, line=offer.row)
        return make_claim("warn", "offer.contact", _OFFER, why, sources=_LAW, words=words, suggestion=suggestion)
    return make_claim("ok", "offer.after_sales", _OFFER, M("After-sales is told: {promise}.", promise=words), sources=_LAW, words=words)


def _cutoff_and_pickup(offer: Offer) -> list[Claim]:
    if offer.pickup and offer.order_cutoff:
        return []
    why = M("Group buying needs cut-off hour and pick-up place; line {line} of the sheet lacks one.", line=offer.row)
    return [make_claim("warn", "offer.pickup", _OFFER, why, sources=_LAW, suggestion=M("Write them into the sheet."))]


def _names_a_contact(offer: Offer) -> bool:
    text = offer.after_sales.casefold()
    return any(word.casefold() in text for word in CONTACT_WORDS) or sum(character.isdigit() for character in text) >= 7
