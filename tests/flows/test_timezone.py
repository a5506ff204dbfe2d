"""Hours at the command line are those of the co-op's clock, whatever zone the machine is set to."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.publish.ledger import open_ledger
from tests.flows.conftest import DEMO, Run
from tests.publish.ledger.conftest import NOW, PERSON, make_release

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
URUMQI_SETTINGS = '[coop]\ntimezone = "Asia/Urumqi"\n'


@pytest.fixture(autouse=True)
def machine_in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's clock is another one than the co-op's."""
    if sys.platform == "win32":
        pytest.skip("there a process has no zone of its own")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_releases_are_listed_on_it(tmp_path: Path, run_here: Run) -> None:
    with open_ledger(tmp_path / "ledger.db") as ledger:
        ledger.prepare(make_release(), by=PERSON, at=NOW)
    for settings, zone, name in (("", SHANGHAI, "北京时间"), (URUMQI_SETTINGS, URUMQI, "Asia/Urumqi 时间")):
        (tmp_path / "fieldcut.toml").write_text(settings, encoding="utf-8")
        answer = run_here("releases", "--workspace", tmp_path)
        assert f"{NOW.astimezone(zone):%Y-%m-%d %H:%M}（{name}）" in answer.out, answer.err


def test_a_planned_hour_is_read_on_it(tmp_path: Path, run_here: Run) -> None:
    """An hour ago by the co-op's clock is still to come by that of a machine to its west."""
    for settings, zone in (("", SHANGHAI), (URUMQI_SETTINGS, URUMQI)):
        (tmp_path / "fieldcut.toml").write_text(settings, encoding="utf-8")
        for hours, told in ((-1, "已经过了"), (1, "There is no story")):
            at = f"{datetime.now(zone) + timedelta(hours=hours):%Y-%m-%d %H:%M}"
            answer = run_here("publish", "土豆", "--to", "shelf", "--at", at, "--workspace", tmp_path, "--lang", "en")
            assert told in answer.err or ("已经过了" in answer.err and hours < 0), answer.err


def test_an_offer_without_a_zone_ends_by_it(tmp_path: Path, run_here: Run) -> None:
    sheet, workspace = tmp_path / "catalog.csv", tmp_path / "w"
    sheet.write_text("sku,product,price,unit,offer_ends\nA1,苹果,29.9,10斤,2099-12-01 24:00前\n", encoding="utf-8")
    for settings, shift in (("", "+08:00"), (URUMQI_SETTINGS, "+06:00")):
        workspace.mkdir(exist_ok=True)
        (workspace / "fieldcut.toml").write_text(settings, encoding="utf-8")
        answer = run_here("make", DEMO, "--catalog", sheet, "--product", "A1", "--workspace", workspace, "--stop-after", "catalog")
        assert answer.code == 0, answer.err
        (catalog,) = workspace.glob("stories/*/catalog.json")
        assert f"2099-12-02T00:00:00{shift}" in catalog.read_text(encoding="utf-8")
