"""The co-op's clock is the only one: a machine set to another zone reads and shows the same hours."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.catalog.validity import read_moment
from pipeline.commerce.claims.dates import moment_text
from pipeline.documents.job import Job
from pipeline.errors import UserMistake
from pipeline.footage.probe import captured_at
from pipeline.language import say
from pipeline.settings import coop_zone, day_text, minute_and_zone, minute_text, read_settings, using_zone, using_zone_of
from pipeline.workspace import new_job

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
URUMQI_SETTINGS = '[coop]\ntimezone = "Asia/Urumqi"\n'
MACHINES = ("UTC", "America/New_York", "Asia/Shanghai")
EVENING = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)


@pytest.fixture(params=MACHINES, autouse=True)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine that is set to some zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_moment_is_shown_on_the_co_ops_clock() -> None:
    assert (minute_text(EVENING), day_text(EVENING)) == ("2026-12-01 01:30", "2026-12-01")
    assert say(minute_and_zone(EVENING), "zh") == "2026-12-01 01:30（北京时间）"
    with using_zone("Asia/Urumqi"):
        assert (minute_text(EVENING), day_text(EVENING)) == ("2026-11-30 23:30", "2026-11-30")
        assert str(minute_and_zone(EVENING)) == "2026-11-30 23:30 (time of Asia/Urumqi)"
    assert coop_zone() == SHANGHAI


def test_the_sheet_and_the_clips_are_read_on_it() -> None:
    assert read_moment("2026-12-01 24:00前") == datetime(2026, 12, 2, tzinfo=SHANGHAI)
    assert captured_at("VID_20261012_073012.mp4", {}) == datetime(2026, 10, 12, 7, 30, 12, tzinfo=SHANGHAI)
    with using_zone("Asia/Urumqi"):
        assert read_moment("2026-12-01 24:00前") == datetime(2026, 12, 2, tzinfo=URUMQI)
        assert read_moment("2026-12-01 22:00 北京时间") == datetime(2026, 12, 1, 22, tzinfo=SHANGHAI)
        assert captured_at("VID_20261012_073012.mp4", {}) == datetime(2026, 10, 12, 7, 30, 12, tzinfo=URUMQI)


def test_the_claims_check_speaks_it() -> None:
    shown = {"english": False, "beside": datetime(2026, 12, 1, tzinfo=UTC).date()}
    assert moment_text(EVENING, **shown) == "12月1日01:30"  # type: ignore[arg-type]
    with using_zone("Asia/Urumqi"):
        assert moment_text(EVENING, **shown) == "11月30日23:30"  # type: ignore[arg-type]


def test_a_workspaces_settings_decide(tmp_path: Path) -> None:
    with using_zone_of(tmp_path) as zone:
        assert zone == SHANGHAI
    (tmp_path / "fieldcut.toml").write_text(URUMQI_SETTINGS, encoding="utf-8")
    with using_zone_of(tmp_path) as zone:
        assert zone == URUMQI
    folder = tmp_path / "果园"
    folder.mkdir()
    assert new_job(folder, tmp_path, {}, EVENING).timezone == "Asia/Urumqi"
    assert Job(story="x", source="x", workspace="x", now=EVENING).timezone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Asia/Beijing", "Asia/Shanghai"),
        ("Asia/Bejing", "Asia/Shanghai"),
        ("Asia/Shangai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("Shanghai", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
        ("UTC+8", "Asia/Shanghai"),
        ("新疆", "Asia/Urumqi"),
        ("America/NewYork", "America/New_York"),
        ("../Shanghai", "Asia/Shanghai"),
        ("天气", ""),
        ("", ""),
    ],
)
def test_a_zone_that_is_none_is_one_line_with_the_nearest(tmp_path: Path, written: str, meant: str) -> None:
    (tmp_path / "fieldcut.toml").write_text(f'[coop]\ntimezone = "{written}"\n', encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        _ = read_settings(tmp_path).coop
    assert str(caught.value).startswith(f"{tmp_path / 'fieldcut.toml'}, line 2: [coop] timezone must be a time zone")
    assert str(caught.value).endswith(f"(did you mean {meant}?)" if meant else "for example.")
