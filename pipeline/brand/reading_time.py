"""How long an end card has work: until its words are read, and a phone has scanned its code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from pipeline.brand.layers.offer import NOTES_STEP_S
from pipeline.brand.style import Style
from pipeline.brand.timing import NOTES_DELAY_S
from pipeline.chinese.text_length import text_length
from pipeline.documents.card import Card
from pipeline.documents.limits import CODE_READABLE_S, READ_CPS

LEAST_S = 2.0
"""A picture that is gone sooner was only a flash; music needs a second and a half of it to end."""
STEP_S = 0.25
"""Times to read are rounded up to it: another price or leader of about the same length leaves the whole video as long as it is."""
ROUNDING_S = 0.07
"""Two frames at 30 a second: entering and the card's own length are each rounded to whole ones."""


@dataclass(frozen=True)
class EndCardTime:
    """Seconds. needed: what sells is read (name, price, how to buy, where and until when to fetch it), and the code is at rest for as
    long as a phone needs. whole: place, old price and contact are read as well, which stood on the product card before."""

    needed_s: float
    whole_s: float


def end_card_time(style: Style, cards: Iterable[Card | None], title: str, subtitle: str) -> EndCardTime:
    """Return the time of the end card of videos that share an edit: that of the card with most to read.

    cards: their end cards, None for one that says the title. Reading begins when the first words have come in; READ_CPS is how fast.
    """
    times = [_time(style, card, (title, subtitle)) for card in cards] or [_time(style, None, (title, subtitle))]
    return EndCardTime(max(time.needed_s for time in times), max(time.whole_s for time in times))


def _time(style: Style, card: Card | None, headline: Sequence[str]) -> EndCardTime:
    coop = style.coop.name
    needed: tuple[str, ...] = tuple(headline)
    rest: tuple[str, ...] = (coop,)
    code_s = 0.0
    if card is not None:
        needed = (card.name, card.price, card.per, card.wording, card.leader, card.cutoff)
        rest = (card.origin, card.list_price, card.contact, coop)
        code_s = code_on_end_card_s(style) if card.qr else 0.0
    needed_s = max(LEAST_S, code_s, style.motion.enter_s + _reading_s(needed))
    return EndCardTime(needed_s, max(needed_s, style.motion.enter_s + _reading_s((*needed, *rest))))


def code_on_end_card_s(style: Style) -> float:
    """Seconds that an end card with a QR code must stand for a phone to read it, once the last note has come in; it never leaves."""
    return CODE_READABLE_S + style.motion.enter_s + NOTES_DELAY_S + 2 * NOTES_STEP_S + ROUNDING_S


def _reading_s(texts: Iterable[str]) -> float:
    seconds = sum(text_length(text, "half_width") for text in texts) / READ_CPS
    return ceil(seconds / STEP_S) * STEP_S
