"""A sheet is read again when it has other bytes, and only then."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.actions import sheet_readings
from pipeline.actions.sheet_readings import HOLDS, SheetReadings
from pipeline.errors import FieldCutError

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "货单.csv"
    path.write_text("品名,售价,规格\n山核桃,39.8,500克\n", encoding="utf-8")
    return path


@pytest.fixture
def times_read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every reading of a sheet."""
    read, times = sheet_readings.read_whole_sheet, list[Path]()

    def counted(path: Path, **how: object) -> object:
        times.append(path)
        return read(path, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(sheet_readings, "read_whole_sheet", counted)
    return times


def price(readings: SheetReadings, sheet: Path, now: datetime = NOW) -> str:
    return str(readings.read(sheet, now).offers[0].price)


def test_an_unchanged_sheet_is_read_once(sheet: Path, times_read: list[Path]) -> None:
    readings = SheetReadings()
    assert price(readings, sheet) == price(readings, sheet, NOW + timedelta(minutes=1)) == "39.80"
    os.utime(sheet, ns=(1, 1))  # saved again as it was
    assert price(readings, sheet, NOW + timedelta(minutes=2)) == "39.80"
    assert len(times_read) == 1


def test_a_changed_sheet_is_read_again_also_when_its_size_and_time_are_the_same(sheet: Path, times_read: list[Path]) -> None:
    readings, stat = SheetReadings(), sheet.stat()
    assert price(readings, sheet) == "39.80"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("39.8", "45.8"), encoding="utf-8")
    os.utime(sheet, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert price(readings, sheet) == "45.80"
    assert len(times_read) == 2


def test_an_old_reading_is_not_relied_on(sheet: Path, times_read: list[Path]) -> None:
    readings = SheetReadings()
    price(readings, sheet)
    price(readings, sheet, NOW + HOLDS + timedelta(seconds=1))
    assert len(times_read) == 2


def test_a_sheet_that_is_gone_is_said_to_be(sheet: Path) -> None:
    readings = SheetReadings()
    price(readings, sheet)
    sheet.unlink()
    with pytest.raises(FieldCutError):
        readings.read(sheet, NOW)
