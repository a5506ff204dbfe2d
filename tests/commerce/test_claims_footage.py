"""What real and staged speakers say raises no false alarm, and what is only true on the day is noticed later."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.catalog import read_catalog
from pipeline.commerce.claims import check_claims
from pipeline.documents.claims import Claim, PlacedText, TextPlace
from pipeline.publish import load_destination

SAID = datetime(2026, 10, 12, 8, 15, tzinfo=ZoneInfo("Asia/Shanghai"))


def told(footage: Path, story: str) -> list[PlacedText]:
    truth = json.loads((footage / "stories" / f"{story}.truth.json").read_text("utf-8"))
    said = [sentence for clip in truth.values() if isinstance(clip, dict) for sentence in clip.get("speech", [])]
    return [PlacedText(text=one["text"], place=TextPlace(kind="subtitle", at_s=one["start"]), said_at=SAID) for one in said]


def checked(footage: Path, story: str, sku: str, planned: datetime) -> tuple[Claim, ...]:
    sheet = read_catalog(footage / "catalog.csv")
    offer = next(offer for offer in sheet.offers if offer.sku == sku)
    return check_claims(told(footage, story), offer, load_destination("douyin"), planned_at=planned, now=SAID, others=sheet.offers)


@pytest.mark.parametrize(
    ("story", "sku"), [("potatoes", "MN-TD-10"), ("live-replay", "MN-TD-10"), ("live-replay", "HL-SL-05"), ("live-replay", "YY-PG-10")]
)
@pytest.mark.parametrize("later", [timedelta(hours=6), timedelta(days=50)])
def test_an_honest_talk_is_never_stopped(footage: Path, story: str, sku: str, later: timedelta) -> None:
    assert [claim.words for claim in checked(footage, story, sku, SAID + later) if claim.verdict == "block"] == []


def test_tonight_is_right_on_the_day_and_doubtful_weeks_later(footage: Path) -> None:
    def tonight(later: timedelta) -> list[str]:
        return [claim.verdict for claim in checked(footage, "potatoes", "MN-TD-10", SAID + later) if claim.words == "今晚"]

    assert tonight(timedelta(hours=6)) == ["ok"]
    assert tonight(timedelta(days=50)) == ["warn"]


def test_the_price_of_the_live_room_is_noticed_and_agrees_with_the_sheet(footage: Path) -> None:
    claims = checked(footage, "live-replay", "MN-TD-10", SAID + timedelta(hours=6))
    assert ("warn", "直播间价格") in [(claim.verdict, claim.words) for claim in claims]
    assert ("ok", "十斤二十九块九") in [(claim.verdict, claim.words) for claim in claims]


def test_a_lapsed_offer_is_stopped(footage: Path) -> None:
    sheet = read_catalog(footage / "catalog.csv")
    lapsed = next(offer for offer in sheet.offers if offer.sku == "CS-SH-03")
    claims = check_claims([], lapsed, load_destination("group_buy"), planned_at=datetime(2026, 11, 22, tzinfo=SAID.tzinfo), now=SAID)
    assert "offer.lapsed" in [claim.rule for claim in claims if claim.verdict == "block"]


def test_everyday_speech_raises_no_alarm(footage: Path) -> None:
    with (footage / "manifest.csv").open(encoding="utf-8", newline="") as file:
        spoken = [row["transcript"] for row in csv.DictReader(file) if row["transcript"]]
    assert len(spoken) >= 8
    texts = [PlacedText(text=text, place=TextPlace(kind="caption")) for text in spoken]
    assert check_claims(texts, None, load_destination("douyin"), planned_at=SAID + timedelta(days=50), now=SAID) == ()
