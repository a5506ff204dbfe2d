"""A co-op's real sheet and note, when the shared footage is there."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.catalog import choose_offer, read_brief, read_catalog
from pipeline.documents.offer import Brief
from pipeline.errors import PersonNeeded

FOOTAGE = Path(os.environ.get("FIELDCUT_FOOTAGE") or Path(__file__).resolve().parents[3] / "shared" / "footage")
NOW = datetime(2026, 11, 22, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not (FOOTAGE / "catalog.csv").is_file(), reason=f"no shared footage at {FOOTAGE}")


def test_the_co_ops_sheet_and_the_volunteers_note_give_the_potatoes() -> None:
    catalog = read_catalog(FOOTAGE / "catalog.csv")
    choice = choose_offer(catalog, read_brief(FOOTAGE / "stories" / "potatoes"), "", now=NOW)
    assert len(catalog.offers) == 5
    assert catalog.problems == ()
    assert choice.offer is not None
    assert (choice.offer.sku, choice.offer.price, choice.offer.unit) == ("MN-TD-10", Decimal("29.90"), "10斤")
    assert Path(choice.offer.photo).is_file()


def test_its_lapsed_offer_stops_the_story() -> None:
    with pytest.raises(PersonNeeded, match="line 6"):
        choose_offer(read_catalog(FOOTAGE / "catalog.csv"), Brief(text="生姜", headline="生姜"), "", now=NOW)


def test_a_live_rooms_three_products_are_each_known_by_their_own_sentences() -> None:
    truth = json.loads((FOOTAGE / "stories" / "live-replay.truth.json").read_text("utf-8"))
    (replay,) = truth.values()
    catalog = read_catalog(FOOTAGE / "catalog.csv")
    for product in replay["products"]:
        start, end = product["span"]
        spoken = "".join(line["text"] for line in replay["speech"] if start <= line["start"] < end)
        choice = choose_offer(catalog, Brief(), spoken, now=NOW)
        assert choice.offer is not None
        assert choice.offer.name == product["name"]
