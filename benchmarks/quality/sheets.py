"""Measure how product sheets are read, on layouts made by chance from known goods.

uv run python -m benchmarks.quality.sheets [--layouts N] [--seed S] [--half tuned|held-out|fresh|unseen|…] [--show wrong|asked|right]

Each layout is a kind of sheet, with headings, an order of columns, notes and a file format chosen by a seed. The words and kinds of the
first set were looked at while the reader was written. Each of the others was written before it was read once, and then mended for, so that
only their first numbers say how a sheet fares that nobody has seen (everyday ones right without a question; wrong of all): held-out 90 %,
22 of 400; fresh, of deliberately odd words, 18 %, 41 of 400; unseen 59 %, 8 of 570; villages, with 39 habits that no other set has, 51 %,
107 of 720; markets, with 19 more habits, 47 %, 54 of 572; islands, in the kinds of the
last two, 67 %, 32 of 728; orchards, with 16 habits that no other set has, 66 %, 55 of 735; stations, with 22 habits that no other set has,
68 %, 87 of 825, of which a few were mistakes of the set itself (a price in dollars, one for a kilo, a coupon); ferries, 23 habits and
nothing else, 69 %, 344 of 1,380. A layout is read

- wrong, when an offer has another price, unit, old price, end, link or stock than a careful clerk reads, when there is an offer that no
  clerk sees, or when one is missing and nothing was said about its line;
- asked, when a clerk reads it and the reader sets something aside;
- right, otherwise: also when both ask.

Ends with 1 when one was read wrong, or when fewer than 85 % of the everyday ones were right.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.quality.sheet_kinds import common, ferries, fresh, held_out, markets, orchards, stations, tuned, village_books, villages
from benchmarks.quality.sheet_kinds.fresh_words import FRESH
from benchmarks.quality.sheet_kinds.island_words import ISLANDS
from benchmarks.quality.sheet_kinds.layout import GOODS, NOW, Kind, Reading, Sheet
from benchmarks.quality.sheet_kinds.market_words import MARKETS
from benchmarks.quality.sheet_kinds.orchard_words import ORCHARDS
from benchmarks.quality.sheet_kinds.station_words import STATIONS
from benchmarks.quality.sheet_kinds.unseen_words import UNSEEN
from benchmarks.quality.sheet_kinds.village_words import VILLAGES
from benchmarks.quality.sheet_kinds.words import HELD_OUT, TUNED, Wording
from pipeline.catalog import read_catalog
from pipeline.documents.offer import Catalog, Offer
from pipeline.errors import UserMistake
from pipeline.settings import in_coop_time

LAYOUTS, SEED = 400, 20261130
SHARE = 0.85
"""Of the everyday layouts that must be right without a question."""
HALVES: dict[str, tuple[Wording, tuple[Kind, ...]]] = {
    "tuned": (TUNED, (*common.KINDS, *tuned.KINDS)),
    "held-out": (HELD_OUT, (*common.KINDS, *held_out.KINDS)),
    "fresh": (FRESH, (*common.KINDS, *fresh.KINDS)),
    "unseen": (UNSEEN, (*common.KINDS, *held_out.KINDS, *fresh.KINDS)),
    "villages": (VILLAGES, (*common.KINDS, *villages.KINDS, *village_books.KINDS)),
    "markets": (MARKETS, (*common.KINDS, *markets.KINDS)),
    "islands": (ISLANDS, (*common.KINDS, *villages.KINDS, *village_books.KINDS, *markets.KINDS)),
    "orchards": (ORCHARDS, (*common.KINDS, *orchards.KINDS)),
    "stations": (STATIONS, (*common.KINDS, *stations.KINDS)),
    "ferries": (STATIONS, ferries.KINDS),
}


@dataclass(frozen=True)
class Verdict:
    """How one layout was read: right, asked or wrong, and what shows it."""

    half: str
    kind: str
    everyday: bool
    result: str
    why: str = ""


def verdicts(layouts: int, seed: int, halves: tuple[str, ...] = tuple(HALVES)) -> Iterator[Verdict]:
    """Make layouts, the kinds of each half in turn, read each and judge it."""
    with tempfile.TemporaryDirectory() as folder:
        for half in halves:
            words, kinds = HALVES[half]
            for number in range(layouts // len(halves)):
                rng = Random(f"{seed} {half} {number}")
                kind = kinds[number % len(kinds)]
                sheet = kind.make(rng, words, rng.sample(GOODS, rng.randrange(6, len(GOODS) + 1)))
                path = sheet.write(Path(folder), rng)
                result, why = judge(sheet, path)
                yield Verdict(half, kind.name, sheet.everyday, result, why)
                path.unlink()


def judge(sheet: Sheet, path: Path) -> tuple[str, str]:
    """Read a sheet and hold it against its readings."""
    try:
        catalog = read_catalog(path, now=NOW, pictures=path.parent / "pictures")
    except UserMistake as refusal:
        catalog = Catalog(path="", offers=(), problems=(refusal.message,))
        if all(reading.price is None for reading in sheet.readings):
            return "right", ""
        return "asked", str(refusal)
    except Exception as fault:
        return "wrong", f"it ended with {fault!r}; {sheet.rows[:3]}"
    said = "\n".join(str(problem) for problem in catalog.problems)
    missing, less = list(sheet.readings), False
    for offer in catalog.offers:
        reading = next((reading for reading in missing if reading.price is not None and is_read(offer, reading)), None)
        if reading is None:
            return "wrong", f"{_shown(offer)} is not among {[r for r in sheet.readings if r.name == offer.name]}; {sheet.rows[:3]}"
        missing.remove(reading)
        less = less or is_less(offer, reading)
    unnamed = [reading.name for reading in missing if reading.name not in said]
    if unnamed:
        return "wrong", f"nothing was said about {unnamed}; {said}; {sheet.rows[:3]}"
    lost = less or any(reading.price is not None for reading in missing)
    return ("asked", f"{said}; {sheet.rows[:3]}") if lost else ("right", "")


def is_read(offer: Offer, reading: Reading) -> bool:
    """Whether an offer is what a clerk reads. An old price or a link that is left out is no mistake, another one is."""
    facts = (offer.price, offer.stock == 0) == (reading.price, reading.sold_out) and offer.name in (
        reading.name,
        reading.also or reading.name,
    )
    unit = re.sub(r"\s|装", "", offer.unit).replace("（", "(").replace("）", ")") in reading.units
    moments = (offer.offer_ends - timedelta(seconds=1), offer.offer_ends) if offer.offer_ends else ()
    ends = reading.ends in {f"{in_coop_time(moment):%Y-%m-%d %H:%M}" for moment in moments} if moments else not reading.ends
    link = not offer.links or reading.link is None or list(offer.links.values()) == [reading.link]
    return facts and unit and ends and link and offer.list_price in (None, reading.list_price)


def is_less(offer: Offer, reading: Reading) -> bool:
    """Whether an old price, a link or a picture of the sheet is not in the offer."""
    struck = reading.list_price is not None and reading.struck and offer.list_price is None
    return struck or bool(reading.link and not offer.links) or (reading.photo and not offer.photo)


def _shown(offer: Offer) -> str:
    return f"{offer.name} {offer.price}/{offer.unit} list {offer.list_price} ends {offer.offer_ends} stock {offer.stock} {offer.links}"


def main() -> int:
    """Print the table; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layouts", type=int, default=LAYOUTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--half", choices=tuple(HALVES))
    parser.add_argument("--show", choices=("wrong", "asked", "right"))
    asked = parser.parse_args()
    results = list(verdicts(asked.layouts, asked.seed, (asked.half,) if asked.half else tuple(HALVES)))
    for verdict in results:
        if verdict.result == asked.show:
            print(f"{verdict.half} {verdict.kind}: {verdict.why}")
    print(f"{'half':10} {'layouts':10} {'count':>6} {'wrong':>6} {'right':>6} {'asked':>6}")
    enough = True
    for half in dict.fromkeys(verdict.half for verdict in results):
        for everyday in (True, False):
            count = Counter(verdict.result for verdict in results if (verdict.half, verdict.everyday) == (half, everyday))
            columns = (count.total(), *(count[result] for result in ("wrong", "right", "asked")))
            print(f"{half:10} {'everyday' if everyday else 'odd':10}", *(f"{number:6}" for number in columns))
            enough = enough and not count["wrong"] and (not everyday or count["right"] >= SHARE * count.total())
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
