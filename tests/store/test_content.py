"""Results under the hash of what made them."""

import errno
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from pipeline.documents.base import Span
from pipeline.errors import Fault
from pipeline.store import Store, content_key, file_sha256
from tests.fakes.damaged_file import DAMAGES, OF_THE_SEAL, do_damage


def made(store: Store, content: bytes = b"pixels") -> Path:
    return store.make("chunks", "k", ".mp4", lambda part: part.write_bytes(content) and None)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_made_again_by_the_store_that_knew_it_whole(tmp_path: Path, damage: str):
    store = Store(tmp_path)
    path = made(store)
    assert store.find("chunks", "k", ".mp4") == path
    do_damage(path, damage)
    if damage in OF_THE_SEAL:  # what it has seen itself needs no seal; the next run sees it
        store = Store(tmp_path)
    assert store.find("chunks", "k", ".mp4") is None
    assert made(store).read_bytes() == b"pixels"
    assert Store(tmp_path).find("chunks", "k", ".mp4") == path


def test_an_entry_is_held_by_its_path_and_a_file_that_is_none_is_not(tmp_path: Path):
    path = made(Store(tmp_path))
    (tmp_path / "other.mp4").write_bytes(b"pixels")
    assert Store(tmp_path).holds(path)
    assert not Store(tmp_path).holds(tmp_path / "other.mp4")
    assert not Store(tmp_path).holds(tmp_path / "none.mp4")


def test_a_store_that_must_not_be_written_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = made(Store(tmp_path))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "utime", refuse)
    assert Store(tmp_path).find("chunks", "k", ".mp4") == path


def test_the_part_of_the_maker_who_came_late_is_gone(tmp_path: Path):
    store = Store(tmp_path)
    late = store.part("chunks", "k", ".mp4")
    late.write_bytes(b"late")
    made(store)
    assert store.adopt("chunks", "k", ".mp4", late).read_bytes() == b"pixels"
    assert not list(tmp_path.rglob("*.part*"))


def refuse(_: Path) -> None:
    raise AssertionError("an entry that is there must not be made again")


def test_equal_content_has_equal_keys_whatever_the_order():
    assert content_key(a=1, b=[Span(start_s=0, end_s=1)]) == content_key(b=[Span(start_s=0.0, end_s=1.0)], a=1)
    assert content_key(a=1) != content_key(a=2)
    assert content_key(a="1") != content_key(a=1)


def test_an_entry_is_made_once(tmp_path: Path):
    first = made(Store(tmp_path))
    again = Store(tmp_path).make("chunks", "k", ".mp4", refuse)
    assert (again, again.read_bytes()) == (first, b"pixels")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_does_not_exist_and_is_made_again(tmp_path: Path, damage: str):
    path = made(Store(tmp_path))
    do_damage(path, damage)
    assert Store(tmp_path).find("chunks", "k", ".mp4") is None
    assert made(Store(tmp_path)).read_bytes() == b"pixels"
    assert Store(tmp_path).find("chunks", "k", ".mp4") is not None


def test_a_damage_is_seen_by_the_store_that_looked_before(tmp_path: Path):
    store = Store(tmp_path)
    path = made(store)
    assert store.find("chunks", "k", ".mp4")
    path.write_bytes(b"pix")
    assert store.find("chunks", "k", ".mp4") is None


def test_a_maker_that_fails_leaves_nothing_and_its_error_passes(tmp_path: Path):
    def fail(part: Path) -> None:
        part.write_bytes(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Store(tmp_path).make("chunks", "k", ".mp4", fail)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]


def test_a_file_missing_for_the_maker_is_not_called_a_full_disk(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        Store(tmp_path).make("chunks", "k", ".mp4", lambda _: (tmp_path / "source").read_bytes() and None)


def test_a_full_disk_is_a_fault_with_a_clear_line(tmp_path: Path):
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(Fault, match="The disk is full"):
        Store(tmp_path).make("chunks", "k", ".mp4", full)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_disk_that_is_really_full_is_a_fault(tmp_path: Path):
    def write(_: Path) -> None:
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    with pytest.raises(Fault, match="The disk is full"):
        Store(tmp_path).make("chunks", "k", ".mp4", write)


def test_a_store_that_cannot_be_written_is_a_fault(tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(Fault, match="could not be written"):
        made(Store(tmp_path / "cache"))


def test_unfinished_parts_are_never_taken_for_entries(tmp_path: Path):
    store = Store(tmp_path)
    part = store.part("chunks", "k", ".mp4")
    part.write_bytes(b"half")
    assert Store(tmp_path).find("chunks", "k", ".mp4") is None
    assert made(Store(tmp_path)).read_bytes() == b"pixels"


def test_many_makers_of_one_entry_leave_one_whole_entry(tmp_path: Path):
    """Their bytes differ on purpose: file and seal must still be of one maker."""
    barrier, failures = threading.Barrier(8), []

    def make(number: int) -> None:
        barrier.wait()
        try:
            made(Store(tmp_path), bytes([number]) * 200_000)
        except BaseException as error:
            failures.append(error)

    for turn in range(5):
        barrier.reset()
        threads = [threading.Thread(target=make, args=(turn * 8 + number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert Store(tmp_path).find("chunks", "k", ".mp4") is not None
        for path in tmp_path.rglob("k.mp4*"):
            path.unlink()
    assert not list(tmp_path.rglob("*.part*"))


def _make_in_a_process(root: str, number: int) -> None:
    made(Store(Path(root)), bytes([number]) * 100_000)


def test_makers_in_several_processes_leave_one_whole_entry(tmp_path: Path):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.starmap(_make_in_a_process, [(str(tmp_path), number) for number in range(12)])
    found = Store(tmp_path).find("chunks", "k", ".mp4")
    assert found is not None
    assert len(set(found.read_bytes())) == 1


def test_a_files_hash_is_that_of_its_bytes(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"abc")
    assert file_sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
