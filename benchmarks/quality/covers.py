"""How often what is seen fits what is said: covers over talks of chance, whose views are filmed from photos.

`python -m benchmarks.quality.covers PRODUCE VIEWS [--held-out PRODUCE VIEWS] [--stories N] [--first SEED]`. PRODUCE has a folder of photos
for each kind, VIEWS the folders `land` and `other` (people, animals, streets, cups). The held-out folders are told apart, with sentences
that no word was set on. A cover is right when it shows what the sentence that is mostly heard under it asks for; sentences that
ask for nothing are left out. Ends with 1 where fewer than 80 % are right, fewer than 70 % of the prices with a fitting view are covered, or
any other picture lies over a price.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.quality.cover_stories import SENTENCES, CoverStory, PhotoShelf, made_story
from pipeline.documents.edit import Edit
from pipeline.documents.transcript import Phrase

RIGHT_FROM, COVERED_FROM = 0.8, 0.7
FITS = {"price": "product", "product": "product", "place": "land"}
"""What a view must show to be right under a sentence. Work and packing are in none of the photos: any cover there is wrong."""
MOMENT_S = 0.25
"""Seconds of a price under which another picture is no mistake."""


@dataclass
class CoverReading:
    """Counts of one set of stories."""

    pairs: int = 0
    right: int = 0
    fitting_prices: int = 0
    covered: int = 0
    prices: int = 0
    wrong_prices: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        """Whether it keeps the limits."""
        right, covered = self.right >= RIGHT_FROM * self.pairs, self.covered >= COVERED_FROM * self.fitting_prices
        return right and covered and not self.wrong_prices

    def add(self, story: CoverStory) -> None:
        """Count one story."""
        edit = story.edit
        spans = [(label, span) for label, phrase in story.said if (span := _heard(edit, story.talk_id, phrase)) is not None]
        silent = [
            (start, start + cut.frames, cut)
            for start, cut in zip(edit.starts(), edit.cuts, strict=True)
            if cut.role in ("cover", "opening")
        ]
        for first, end, cut in silent:
            label, heard = max(
                ((label, _overlap(first, end, *span)) for label, span in spans), key=lambda item: item[1], default=("nothing", 0)
            )
            if label == "nothing" or not heard or cut.role == "opening":
                continue
            shown = story.shows[cut.clip_id]
            self.pairs += 1
            self.right += shown == FITS.get(label)
            if shown != FITS.get(label):
                self.mistakes[f"{label}: {shown}"] += 1
        for first, end in (span for label, span in spans if label == "price"):
            over = {story.shows[cut.clip_id] for start, stop, cut in silent if _overlap(start, stop, first, end) > MOMENT_S * edit.fps}
            self.prices += 1
            self.wrong_prices += bool(over - {"product"})
            if over - {"product"}:
                self.mistakes[f"over a price: {', '.join(sorted(over))}"] += 1
            if "product" in story.shows.values():
                self.fitting_prices += 1
                self.covered += "product" in over

    def told(self) -> str:
        """The reading in one line."""
        parts = (
            f"right {self.right} of {self.pairs} ({_percent(self.right, self.pairs)})",
            f"prices with a fitting view covered {self.covered} of {self.fitting_prices} ({_percent(self.covered, self.fitting_prices)})",
            f"wrong over a price {self.wrong_prices} of {self.prices}",
        )
        return ", ".join(parts)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _heard(edit: Edit, talk_id: str, phrase: Phrase) -> tuple[int, int] | None:
    """First and end frame in which a phrase is heard; None where the edit left it out."""
    for piece in edit.heard:
        starts_s, until_s = piece.source_start_s, piece.source_start_s + piece.frames / edit.fps
        if piece.kind == "speech" and piece.clip_id == talk_id and starts_s <= phrase.start_s < until_s:
            first = piece.at_frame + round((phrase.start_s - starts_s) * edit.fps)
            return first, first + round((phrase.end_s - phrase.start_s) * edit.fps)
    return None


def _overlap(first: int, end: int, other: int, until: int) -> int:
    return max(0, min(end, until) - max(first, other))


def read_shelf(produce: Path, views: Path) -> PhotoShelf:
    """Read the photos of two folders."""
    kinds = {folder.name: sorted(folder.iterdir()) for folder in sorted(produce.iterdir()) if folder.is_dir()}
    return PhotoShelf(kinds, sorted((views / "land").iterdir()), sorted((views / "other").iterdir()))


def _print(title: str, shelf: PhotoShelf, sentences: str, seeds: Sequence[int]) -> bool:
    reading, began = CoverReading(), time.perf_counter()
    for seed in seeds:
        reading.add(made_story(seed, shelf, SENTENCES[sentences]))
    print(f"{title}, seeds {seeds[0]} to {seeds[-1]}: {reading.told()}{'' if reading.good else '  WRONG'}")
    print("\n".join(f"    {number:3} {mistake}" for mistake, number in reading.mistakes.most_common()))
    print(f"    {(time.perf_counter() - began) / len(seeds):.2f} s a story")
    return reading.good


def main(arguments: Sequence[str]) -> int:
    """Print the readings and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("produce", type=Path)
    parser.add_argument("views", type=Path)
    parser.add_argument("--held-out", nargs=2, type=Path, metavar=("PRODUCE", "VIEWS"))
    parser.add_argument("--stories", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.stories)
    good = _print("tuned on", read_shelf(options.produce, options.views), "tuned", seeds)
    if options.held_out:
        good = _print("held out", read_shelf(*options.held_out), "held out", seeds) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
