"""The words that speech recognition should know for this story."""

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.catalog.spreadsheet import clean_text
from pipeline.chinese import HAN
from pipeline.documents.offer import Brief, Catalog, Offer

MAX_WORDS = 120
"""A longer list makes recognition take more wrong words for listed ones than it corrects."""
MAX_LETTERS = 12
_ADMINISTRATIVE_REGION = re.compile(
    rf"(?P<name>[{HAN}]{{2,8}}?)(?P<kind>特别行政区|自治区|自治州|自治县|自治旗|地区|街道|社区|省|市|州|盟|县|区|旗|镇|乡|村|寨|组)"
)
_SEPARATORS = re.compile(r"[\s,，、;；|/。.!?！？:：()（）\[\]【】“”\"'<>《》~—]+")


def glossary(catalog: Catalog | None, brief: Brief, offer: Offer | None, *, sku: str = "") -> tuple[str, ...]:
    """Return names, aliases, places, the note's own words and units, the most important first.

    With an offer only its words and those of the note: other products' names would be heard where they were not said. Without an
    offer, the words of the one that `sku` says, else of those that the note names, come first and whole, then the note's own, then
    the names of the rest of the sheet, however long it is.
    """
    offers = (offer,) if offer else catalog.offers if catalog else ()
    own = [each for each in offers if each is offer or (each.sku == sku if sku else _is_named(each, brief))]
    rest = [each for each in offers if each not in own]
    words = chain(
        *(_offer_words(each) for each in own),
        _brief_words(brief),
        *((each.name, *each.aliases) for each in rest),
        *(_place_names(each.origin) for each in rest),
        *(_service_words(each) for each in rest),
        *(_unit_words(each.unit) for each in rest),
    )
    unique = dict.fromkeys(word for word in words if word and len(word) <= MAX_LETTERS)
    return tuple(unique)[:MAX_WORDS]


def _offer_words(offer: Offer) -> Iterator[str]:
    yield from (offer.name, *offer.aliases)
    yield from _place_names(offer.origin)
    yield from _service_words(offer)
    yield from _unit_words(offer.unit)


def _is_named(offer: Offer, brief: Brief) -> bool:
    """Tell whether the note names a product."""
    return any(name in brief.text or name in brief.headline for name in (offer.name, *offer.aliases) if len(name) >= 2)


def _brief_words(brief: Brief) -> Iterator[str]:
    for text in (brief.headline, *brief.points):
        yield from _split_words(text)
    for word in _split_words(brief.headline):
        yield from _place_names(word)


def _service_words(offer: Offer) -> Iterator[str]:
    for text in (offer.after_sales, *offer.pickup):
        yield from _split_words(text)


def _place_names(origin: str) -> Iterator[str]:
    """Yield every region of an address, with and without its kind: 四川省凉山州冕宁县 → 四川省 四川 凉山州 凉山 冕宁县 冕宁."""
    for match in _ADMINISTRATIVE_REGION.finditer(clean_text(origin)):
        yield match[0]
        yield match["name"]
    rest = _ADMINISTRATIVE_REGION.sub(" ", clean_text(origin))
    yield from (word for word in _split_words(rest) if len(word) >= 2)


def _split_words(text: str) -> Iterator[str]:
    return (word for word in _SEPARATORS.split(clean_text(text)) if len(word) >= 2 and not word.isdigit())


def _unit_words(unit: str) -> Iterator[str]:
    if unit:
        yield unit
        yield from re.findall(r"[^\d\s.()（）]+", unit)
