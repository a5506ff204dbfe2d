"""Whether spoken prices are held against the sheet as a careful clerk would: wrong ones stopped or asked, right ones let through.

`python -m benchmarks.quality.prices` reads the sentences beside it, each said while the first offer of its sheet is sold, and prints for
each part how many wrong prices were stopped, asked or missed and how many right ones. The rules were written on one part
(prices_tuned.yaml) and are measured on the other (prices_held_out.yaml), whose sentences were written down first. `--show` lists what
went wrong.
Ends with 1 where a goal is missed: no wrong price passes, no right one stops, at most 5 % of the right ones are asked.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from pipeline.commerce import check_spoken_prices
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Phrase, Word

PARTS = {"tuned": "prices_tuned.yaml", "held out": "prices_held_out.yaml"}
MOST_ASKED = 0.05
"""Share of the right prices that may be asked about."""
SECONDS_A_CHARACTER = 0.2


@dataclass(frozen=True)
class Sentence:
    """A sentence with the sheet it is held against; the first offer is the one that is sold."""

    offers: tuple[Offer, ...]
    text: str
    right: bool


def sentences(part: str) -> Iterator[Sentence]:
    """Yield the sentences of a part of `PARTS`."""
    for sheet in yaml.safe_load((Path(__file__).parent / PARTS[part]).read_text(encoding="utf-8")):
        offers = tuple(_offer(row, line) for line, row in enumerate(sheet["offers"], 2))
        yield from (Sentence(offers, text, right=kind == "right") for kind in ("right", "wrong") for text in sheet[kind])


def outcome(sentence: Sentence) -> str:
    """Return what becomes of a sentence that was heard well: stopped, asked or passed."""
    offer, *others = sentence.offers
    doubts = {passage.doubt for passage in check_spoken_prices(offer, [said(sentence.text)], clip="clip.mp4", others=others)}
    return "stopped" if "stop" in doubts else "asked" if doubts else "passed"


def said(text: str, probability: float = 0.9) -> Phrase:
    """Return a sentence as it is heard, a word a character."""
    ends = [(at * SECONDS_A_CHARACTER, (at + 1) * SECONDS_A_CHARACTER) for at in range(len(text))]
    words = tuple(
        Word(start_s=start, end_s=end, text=letter, probability=probability) for letter, (start, end) in zip(text, ends, strict=True)
    )
    return Phrase(start_s=0.0, end_s=len(text) * SECONDS_A_CHARACTER, words=words)


def is_well_judged(sentence: Sentence, became: str) -> bool:
    """Tell whether nothing wrong passed and nothing right stopped; a question about a right price is counted elsewhere."""
    return became != "stopped" if sentence.right else became != "passed"


def _offer(row: dict[str, Any], line: int) -> Offer:
    listed = row.get("list_price")
    return Offer.model_validate(
        {**row, "sku": f"row-{line}", "price": Decimal(row["price"]), "list_price": listed and Decimal(listed), "row": line}
    )


def main() -> int:
    """Print the table; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="list every wrong price that passed and every right one that did not")
    show = parser.parse_args().show
    print(f"{'part':10} {'prices':8} {'count':>5} {'stopped':>8} {'asked':>6} {'passed':>7}")
    missed = False
    for part in PARTS:
        judged = [(sentence, outcome(sentence)) for sentence in sentences(part)]
        for right in (True, False):
            tally = Counter(became for sentence, became in judged if sentence.right is right)
            count = sum(tally.values())
            print(f"{part:10} {'right' if right else 'wrong':8} {count:5} {tally['stopped']:8} {tally['asked']:6} {tally['passed']:7}")
            missed |= tally["asked"] > MOST_ASKED * count if right else False
        missed |= not all(is_well_judged(sentence, became) for sentence, became in judged)
        if show:
            for sentence, became in judged:
                if became != "passed" if sentence.right else became == "passed":
                    offer = sentence.offers[0]
                    print(f"  {'right' if sentence.right else 'wrong'} {became}: {sentence.text}  ({offer.price}/{offer.unit})")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
