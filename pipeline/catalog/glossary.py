"""The words that speech recognition should know for this story."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from pipeline.catalog.spreadsheet import clean_text
from pipeline.chinese import HAN
from pipeline.chinese.name_mentions import find_mentions
from pipeline.documents.offer import Brief, Catalog, Offer

MAX_WORDS = 120
"""A longer list makes recognition take more wrong words for listed ones than it corrects."""
MAX_LETTERS = 12
_ADMINISTRATIVE_REGION = re.compile(
    rf"(?P<name>[{HAN}]{{2,8}}?)(?P<kind>特别行政区|自治区|自治州|自治县|自治旗|地区|街道|社区|省|市|州|盟|县|区|旗|镇|乡|村|寨|组)"
)
_SEPARATORS = re.compile(r"[\s,，、;；|/。.!?！？:：()（）\[\]【】“”\"'<>《》~—]+")


def glossary(catalog: Catalog | None, brief: Brief, offer: Offer | None, *, sku: str = "", spoken: str = "") -> tuple[str, ...]:
    """Return names, aliases, places, the note's own words and units, the most important first.

    With an offer only its words and those of the note: other products' names would be heard where they were not said. Without an
    offer, the words of the one that `sku` says, else of those that the note names, else of those that the speech names most often, come
    first and whole, then the note's own, then the names of the rest of the sheet, however long it is. spoken: what was understood so far.
    """
    offers = (offer,) if offer else catalog.offers if catalog else ()
    own = [each for each in offers if each is offer or (each.sku == sku if sku else _is_named(each, brief))] or _spoken_of(offers, spoken)
    rest = [each for each in offers if each not in own]
    first = dict.fromkeys(word for each in own for word in _offer_words(each) if word)
    words = chain(
        _brief_words(brief),
        *((each.name, *each.aliases) for each in rest),
        *(place_names(each.origin) for each in rest),
        *(_service_words(each) for each in rest),
        *(_unit_words(each.unit) for each in rest),
    )
    others = dict.fromkeys(word for word in words if word and len(word) <= MAX_LETTERS and word not in first)
    return (*first, *tuple(others)[: max(0, MAX_WORDS - len(first))])


def leaves_words_out(catalog: Catalog | None, brief: Brief, *, sku: str = "") -> bool:
    """Tell whether the sheet has more words than are listened for while nobody has said what the story sells."""
    offers = catalog.offers if catalog else ()
    if any(each.sku == sku if sku else _is_named(each, brief) for each in offers):
        return False
    return len({word for each in offers for word in _offer_words(each)}) > MAX_WORDS


def _spoken_of(offers: Sequence[Offer], spoken: str) -> list[Offer]:
    """Return the offers whose name is said most often."""
    owners: dict[str, list[Offer]] = {}
    for offer in offers:
        for term in (offer.name, *offer.aliases):
            if len(term) > 1:
                owners.setdefault(term, []).append(offer)
    counts = Counter(mention.term for mention in find_mentions(spoken, list(owners))) if spoken else Counter[str]()
    most = max(counts.values(), default=0)
    said = [term for term, count in counts.items() if count == most]
    return [offer for offer in offers if any(offer in owners[term] for term in said)]


def _offer_words(offer: Offer) -> Iterator[str]:
    yield from (offer.name, *offer.aliases)
    yield from place_names(offer.origin)
    yield from _service_words(offer)
    yield from _unit_words(offer.unit)


def _is_named(offer: Offer, brief: Brief) -> bool:
    """Tell whether the note names a product."""
    return any(name in brief.text or name in brief.headline for name in (offer.name, *offer.aliases) if len(name) >= 2)


def _brief_words(brief: Brief) -> Iterator[str]:
    for text in (brief.headline, *brief.points):
        yield from split_words(text)
    for word in split_words(brief.headline):
        yield from place_names(word)


def _service_words(offer: Offer) -> Iterator[str]:
    for text in (offer.after_sales, *offer.pickup):
        yield from split_words(text)


def place_names(origin: str) -> Iterator[str]:
    """Yield every region of an address, with and without its kind: 四川省凉山州冕宁县 → 四川省 四川 凉山州 凉山 冕宁县 冕宁."""
    yield from regions(origin)
    rest = _ADMINISTRATIVE_REGION.sub(" ", clean_text(origin))
    yield from (word for word in split_words(rest) if len(word) >= 2)


def regions(text: str) -> Iterator[str]:
    """Yield what a text calls a province, county, village …, with and without its kind."""
    for match in _ADMINISTRATIVE_REGION.finditer(clean_text(text)):
        yield match[0]
        yield match["name"]


def split_words(text: str) -> Iterator[str]:
    """Yield the words between blanks and marks, without single characters and bare numbers."""
    return (word for word in _SEPARATORS.split(clean_text(text)) if len(word) >= 2 and not word.isdigit())


def _unit_words(unit: str) -> Iterator[str]:
    if unit:
        yield unit
        yield from re.findall(r"[^\d\s.()（）]+", unit)
