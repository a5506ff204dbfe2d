"""How well the claims check reads what sellers say: recall and precision, on sentences that its rules were and were not written for.

uv run python -m benchmarks.quality.claims [--misses tuned|held] [--kind KIND] [--speed]

Every sentence of `selling_sentences/` has a verdict: `stop` and `warn` must be found (✗ or ⚠), `fine` must not. Half of them are harmless
neighbours: they have the words, but claim nothing. A hash of the sentence decides which half it belongs to: rules are written while looking
at the misses of the `tuned` half, and measured on the `held` half, whose misses are not looked at before the numbers are published.

The author of the sentences also wrote the rules, so the held half flatters them. Sets in `later.tsv` were written once the rules stood, as
unlike the others as could be, and measured before they were tuned on. At first sight the check found 0.63, 0.88, 0.91, 0.58, 0.83, 0.92,
0.83 and 0.87 of what it had to (second to ninth set), with a precision of 0.87, 0.96, 0.94, 0.92, 0.92, 0.92, 0.95 and 0.95. Of
words of time it judged 45 of 46 right, of prices 33 of 38; of the disguises it saw through 0.78. They count as tuned.

Ends with 1 when the held half misses a goal.
"""

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pipeline.commerce.claims import check_claims
from pipeline.documents.claims import Claim, PlacedText, TextPlace
from pipeline.documents.offer import Offer
from pipeline.publish import load_destination
from pipeline.settings import coop_zone

SENTENCES = Path(__file__).parent / "selling_sentences"
GOALS = {"recall": 0.95, "precision": 0.95, "evasions": 0.9}
"""Shares on the held half: found of what must be found, right of what is found, disguises seen through."""
USUAL_HOUR = "2026-11-30T19:00"
ASIDE = ("offer", "schedule", "declaration")
"""Places of findings that are not about the sentence."""


@dataclass(frozen=True)
class Example:
    """A labelled sentence. verdict: stop, warn or fine. kind: what it claims or seems to, or the trick that disguises it.

    given: what differs from the usual offer and hour.
    """

    verdict: str
    kind: str
    text: str
    file: str
    given: tuple[tuple[str, str], ...] = ()

    @property
    def half(self) -> str:
        """`tuned` or `held`, by the sentence alone; what was written later was looked at."""
        if self.file == "later":
            return "tuned"
        return "held" if hashlib.sha256(self.text.encode()).digest()[0] % 2 else "tuned"

    @property
    def is_disguise(self) -> bool:
        """Whether it hides its words, or looks as if it did."""
        return self.file == "evasions" or self.kind == "disguise"

    @property
    def must_be_found(self) -> bool:
        """Whether a person has to see it before it is published."""
        return self.verdict != "fine"


@dataclass(frozen=True)
class Judged:
    """An example and what the check says to it."""

    example: Example
    claims: tuple[Claim, ...]

    @property
    def found(self) -> bool:
        """Whether the check stops it or warns of it."""
        return bool(self.claims)

    @property
    def stopped(self) -> bool:
        """Whether the check stops it."""
        return any(claim.verdict == "block" for claim in self.claims)


@dataclass(frozen=True)
class Score:
    """Counts over some examples. must: those that must be found. found: how many of them were. false: harmless ones that were found.

    softened: those that must stop and were only warned of. hardened: those that deserve a warning and were stopped.
    """

    must: int
    found: int
    harmless: int
    false: int
    softened: int
    hardened: int

    @property
    def recall(self) -> float:
        """Share of what must be found that was."""
        return self.found / self.must if self.must else 1.0

    @property
    def precision(self) -> float:
        """Share of what was found that had to be."""
        return self.found / (self.found + self.false) if self.found + self.false else 1.0


def read_examples(names: Iterable[str] = ("words", "prices", "times", "evasions", "later")) -> list[Example]:
    """Read the labelled sentences of these files, in their order."""
    examples = []
    for name in names:
        for line in (SENTENCES / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                verdict, kind, text, *given = line.split("\t")
                pairs = tuple((key, value) for key, _, value in (pair.partition("=") for pair in "".join(given).split()))
                examples.append(Example(verdict, kind, text, name, pairs))
    return examples


def judge(example: Example) -> Judged:
    """Check one sentence as a subtitle of a feed video, with the usual offer and hour where the example names no other."""
    given = dict(example.given)
    planned_at, said_at = _hour(given.get("planned", USUAL_HOUR)), _hour(given.get("said", USUAL_HOUR))
    offer = Offer(
        sku="TD-10",
        name="高山土豆",
        aliases=("土豆",),
        origin="云上村",
        price=Decimal("29.9"),
        unit="10斤",
        list_price=None if given.get("list") == "none" else Decimal("39.9"),
        offer_ends=_hour(given["ends"]) if "ends" in given else None,
        after_sales="坏果包赔，找客服",
        stock=500,
        row=2,
    )
    placed = PlacedText(text=example.text, place=TextPlace(kind="subtitle", at_s=3.0), said_at=said_at)
    sold = offer if example.file in ("prices", "times") or "offer" in given else None
    claims = check_claims([placed], sold, load_destination("douyin"), planned_at=planned_at, now=said_at)
    return Judged(example, tuple(claim for claim in claims if claim.verdict != "ok" and claim.place.kind not in ASIDE))


def score(judged: Sequence[Judged]) -> Score:
    """Count what was found and what was not."""
    must = [one for one in judged if one.example.must_be_found]
    harmless = [one for one in judged if not one.example.must_be_found]
    return Score(
        must=len(must),
        found=sum(one.found for one in must),
        harmless=len(harmless),
        false=sum(one.found for one in harmless),
        softened=sum(one.found and not one.stopped for one in must if one.example.verdict == "stop"),
        hardened=sum(one.stopped for one in must if one.example.verdict == "warn"),
    )


def measure(half: str) -> dict[str, float]:
    """Return recall and precision on the sentences of a half, and the share of its disguises that are seen through."""
    judged = [judge(example) for example in read_examples() if example.half == half]
    plain = score([one for one in judged if not one.example.is_disguise])
    disguised = score([one for one in judged if one.example.is_disguise])
    every = score(judged)
    return {"recall": plain.recall, "precision": every.precision, "evasions": disguised.recall}


def _hour(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=coop_zone())


def _row(name: str, counted: Score) -> str:
    numbers = f"{counted.found}/{counted.must} | {counted.false}/{counted.harmless} | {counted.softened} | {counted.hardened}"
    return f"| {name} | {counted.recall:.3f} | {counted.precision:.3f} | {numbers} |"


def _print_tables(judged: Sequence[Judged], kinds: Iterable[str]) -> None:
    for half in ("tuned", "held"):
        of_half = [one for one in judged if one.example.half == half]
        print(f"\n| {half}: {len(of_half)} | recall | precision | found | false | stop only warned | warn stopped |")
        print("|---|---|---|---|---|---|---|")
        print(_row("sentences", score([one for one in of_half if not one.example.is_disguise])))
        print(_row("disguises", score([one for one in of_half if one.example.is_disguise])))
        for kind in kinds:
            print(_row(kind, score([one for one in of_half if one.example.kind == kind])))


def _print_misses(judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.found != one.example.must_be_found:
            said = ", ".join(f"{claim.verdict} {claim.rule} “{claim.words}”" for claim in one.claims) or "nothing"
            print(f"{one.example.verdict}\t{one.example.kind}\t{one.example.text}\t{said}")


def _print_speed(examples: Sequence[Example]) -> None:
    judge(examples[0])
    begun = time.perf_counter()
    for example in examples:
        judge(example)
    print(f"\n{(time.perf_counter() - begun) * 1000 / len(examples):.2f} ms a sentence after loading")


def main() -> int:
    """Print the tables; return 1 when the held half misses a goal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--misses", choices=("tuned", "held"), help="print what was missed and what was found wrongly in this half")
    parser.add_argument("--kind", help="only sentences of this kind")
    parser.add_argument("--speed", action="store_true", help="print the milliseconds that a sentence takes")
    options = parser.parse_args()
    examples = [example for example in read_examples() if options.kind in (None, example.kind)]
    judged = [judge(example) for example in examples]
    _print_tables(judged, Counter(example.kind for example in examples))
    if options.misses:
        _print_misses([one for one in judged if one.example.half == options.misses])
    if options.speed:
        _print_speed(examples)
    reached = measure("held")
    print("\nheld half: " + ", ".join(f"{name} {share:.3f} (goal {GOALS[name]})" for name, share in reached.items()))
    return int(any(reached[name] < goal for name, goal in GOALS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
