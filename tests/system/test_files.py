"""Files last, and a rename waits for whoever still reads what it replaces."""

import os
from pathlib import Path

import pytest

from pipeline import system
from pipeline.errors import DiskFault
from pipeline.store import Store, copy_atomically, write_atomically
from pipeline.system import files


def only_writable(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Flush as Windows does: nothing that was opened for reading, and no folder."""
    import fcntl

    flushed: list[int] = []
    real = os.fsync

    def fsync(number: int) -> None:
        if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")
        flushed.append(number)
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)
    return flushed


def test_every_way_to_a_finished_file_flushes_one_that_is_open_for_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = only_writable(monkeypatch)
    write_atomically(tmp_path / "a", "1")
    copy_atomically(tmp_path / "a", tmp_path / "b")
    made = Store(tmp_path / "cache").make("kind", "0" * 32, ".txt", lambda part: part.write_bytes(b"2") and None)
    assert [path.read_bytes() for path in (tmp_path / "a", tmp_path / "b", made)] == [b"1", b"1", b"2"]
    assert len(flushed) == 3


def held(monkeypatch: pytest.MonkeyPatch, times: int, code: int) -> list[int]:
    """Renames are refused so many times, as Windows refuses while another program has the file open."""
    tried: list[int] = []
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        tried.append(1)
        if len(tried) <= times:
            error = PermissionError(13, "The process cannot access the file", str(source))
            error.winerror = code  # type: ignore[attr-defined]
            raise error
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    return tried


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_rename_over_a_file_that_is_being_read_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    tried = held(monkeypatch, 3, code)
    write_atomically(tmp_path / "a", "1")
    assert (tmp_path / "a").read_bytes() == b"1"
    assert len(tried) == 4


def test_a_file_that_nobody_lets_go_of_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILE_IN_USE_WAIT_S", 0.1)
    held(monkeypatch, 10**6, 32)
    (tmp_path / "报告.html").write_bytes(b"old")
    with pytest.raises(DiskFault, match=r"报告\.html could not be written: another program has it open; close it there"):
        write_atomically(tmp_path / "报告.html", "new")
    assert (tmp_path / "报告.html").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["报告.html"]


def test_a_rename_that_is_not_allowed_fails_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(PermissionError) as error:
        system.replace(tmp_path / "a", tmp_path / "b")
    assert not system.is_file_in_use(error.value)
