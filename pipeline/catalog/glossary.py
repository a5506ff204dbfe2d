"""The words that speech recognition should know for this story."""

import re
from collections.abc import Iterator

from pipeline.catalog.table import clean
from pipeline.chinese import HAN
from pipeline.documents.offer import Brief, Catalog, Offer

MAX_WORDS = 120
"""More words pull more wrong ones towards them than they mend."""
MAX_LETTERS = 12
_PLACE = re.compile(
    rf"(?P<name>[{HAN}]{{2,8}}?)(?P<kind>特别行政区|自治区|自治州|自治县|自治旗|地区|街道|社区|省|市|州|盟|县|区|旗|镇|乡|村|寨|组)"
)
_PIECE = re.compile(r"[\s,，、;；|/。.!?！？:：()（）\[\]【】“”\"'<>《》~—]+")


def glossary(catalog: Catalog | None, brief: Brief, offer: Offer | None) -> tuple[str, ...]:
    """Names, aliases, places, the note's own words and units, the most telling first.

    With an offer only its words and those of the note: names of other products would pull the speech towards them. Without one,
    the names of the whole sheet.
    """
    offers = (offer,) if offer else catalog.offers if catalog else ()
    words = [word for one in offers for word in (one.name, *one.aliases)]
    words += [word for one in offers for word in _places(one.origin)]
    words += [word for text in (brief.headline, *brief.points) for word in _pieces(text)]
    words += [place for word in _pieces(brief.headline) for place in _places(word)]
    words += [word for one in offers for text in (one.after_sales, *one.pickup) for word in _pieces(text)]
    words += [unit for one in offers for unit in _units(one.unit)]
    known = dict.fromkeys(word for word in words if word and len(word) <= MAX_LETTERS)
    return tuple(known)[:MAX_WORDS]


def _places(origin: str) -> Iterator[str]:
    """四川省凉山州冕宁县 → 四川省 四川 凉山州 凉山 冕宁县 冕宁."""
    for match in _PLACE.finditer(clean(origin)):
        yield match[0]
        yield match["name"]
    rest = _PLACE.sub(" ", clean(origin))
    yield from (word for word in _pieces(rest) if len(word) >= 2)


def _pieces(text: str) -> Iterator[str]:
    return (word for word in _PIECE.split(clean(text)) if len(word) >= 2 and not word.isdigit())


def _units(unit: str) -> Iterator[str]:
    if unit:
        yield unit
        yield from re.findall(r"[^\d\s.()（）]+", unit)
