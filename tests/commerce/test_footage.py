"""True transcripts of the shared footage, held against the co-op's sheet, when they are there."""

import json
import os
from pathlib import Path

import pytest

from pipeline.catalog import read_catalog
from pipeline.commerce import check_spoken_prices, find_spoken_prices
from pipeline.documents.transcript import Phrase, Word

FOOTAGE = Path(os.environ.get("FIELDCUT_FOOTAGE") or Path(__file__).resolve().parents[3] / "shared" / "footage")

pytestmark = pytest.mark.skipif(not (FOOTAGE / "catalog.csv").is_file(), reason=f"no shared footage at {FOOTAGE}")


def phrases(story: str) -> list[Phrase]:
    """Every true sentence as one phrase, its characters spread evenly over its time."""
    truth = json.loads((FOOTAGE / "stories" / f"{story}.truth.json").read_text("utf-8"))
    lines = next(clip["speech"] for clip in truth.values() if isinstance(clip, dict) and clip.get("speech"))
    made = []
    for line in lines:
        step = (line["end"] - line["start"]) / len(line["text"])
        words = [
            Word(start_s=line["start"] + i * step, end_s=line["start"] + (i + 1) * step, text=letter, probability=0.9)
            for i, letter in enumerate(line["text"])
        ]
        made.append(Phrase(start_s=line["start"], end_s=line["end"], words=tuple(words)))
    return made


@pytest.mark.parametrize(
    ("story", "prices"),
    [("potatoes", [("29.9", "10斤")]), ("live-replay", [("29.9", "10斤"), ("45", "5斤"), ("35.8", "10斤")])],
)
def test_a_whole_story_gives_its_prices_and_no_other_number(story: str, prices: list[tuple[str, str]]) -> None:
    text = "。".join(phrase.text for phrase in phrases(story))
    assert [(str(price.amount), str(price.quantities[0])) for price in find_spoken_prices(text) if not price.was] == prices


@pytest.mark.parametrize(("story", "skus"), [("potatoes", ["MN-TD-10"]), ("live-replay", ["MN-TD-10", "HL-SL-05", "YY-PG-10"])])
def test_what_is_said_agrees_with_the_sheet_until_the_sheet_changes(story: str, skus: list[str]) -> None:
    offers = {offer.sku: offer for offer in read_catalog(FOOTAGE / "catalog.csv").offers}
    for sku in skus:
        others = [offer for offer in offers.values() if offer.sku != sku]
        assert check_spoken_prices(offers[sku], phrases(story), clip=story, others=others) == ()
        dearer = offers[sku].model_copy(update={"price": offers[sku].price + 5})
        assert "stop" in {passage.doubt for passage in check_spoken_prices(dearer, phrases(story), clip=story, others=others)}
