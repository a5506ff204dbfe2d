"""Documents on the disk: the old one or the new one, never half of one."""

import errno
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from pipeline.documents.base import Document
from pipeline.errors import Fault, UserMistake
from pipeline.store import copy_atomically, load_document, part_beside, save_document, write_atomically
from pipeline.store.disk import is_full, is_part


class Note(Document):
    VERSION: ClassVar[int] = 2
    version: int = 2
    words: str
    count: int = 0

    @classmethod
    def migrate(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"words": data["text"], "version": 2}


def test_a_document_comes_back_as_it_was_saved(tmp_path: Path):
    save_document(tmp_path / "deep" / "note.json", Note(words="土豆", count=3))
    assert load_document(tmp_path / "deep" / "note.json", Note) == Note(words="土豆", count=3)
    assert "土豆" in (tmp_path / "deep" / "note.json").read_text(encoding="utf-8")


def test_an_old_document_opens_in_a_new_release(tmp_path: Path):
    (tmp_path / "note.json").write_text('{"version": 1, "text": "old"}')
    assert load_document(tmp_path / "note.json", Note) == Note(words="old")


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"version": 2, "words": "a", "count": "many"}', "count"),
        (b'{"version": 2, "words": "a", "colour": "red"}', "colour"),
        (b'{"version": "two", "words": "a"}', "note.json"),
        (b'{"words": "a"', "note.json"),
        (b'{"version": 1}', "note.json"),
        (b"", "note.json"),
        (b"[]", "note.json"),
        (b"\xff\xfe\x00", "note.json"),
    ],
)
def test_a_broken_document_is_named_with_the_place(tmp_path: Path, content: bytes, where: str):
    (tmp_path / "note.json").write_bytes(content)
    with pytest.raises(UserMistake, match="is not a valid document") as mistake:
        load_document(tmp_path / "note.json", Note)
    assert where in str(mistake.value)
    assert "\n" not in str(mistake.value)


def test_a_document_that_is_not_there_is_a_fault(tmp_path: Path):
    with pytest.raises(Fault, match=r"gone\.json could not be read"):
        load_document(tmp_path / "gone.json", Note)


def test_a_write_that_fails_leaves_the_old_content_and_no_litter(tmp_path: Path):
    target = tmp_path / "note.json"
    target.mkdir()
    (target / "inside").write_text("kept")
    with pytest.raises(Fault, match="could not be written"):
        write_atomically(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["note.json"]


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="could not be written"):
        write_atomically(tmp_path / "file" / "note.json", "x")


def test_writers_side_by_side_leave_one_whole_file(tmp_path: Path):
    failures: list[BaseException] = []

    def write(letter: str) -> None:
        try:
            for _ in range(10):
                write_atomically(tmp_path / "note.txt", letter * 50_000)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert (tmp_path / "note.txt").read_text() in {letter * 50_000 for letter in "abcd"}
    assert len(list(tmp_path.iterdir())) == 1


def test_our_own_temporary_names_are_known_again_and_nobody_elses():
    for name in ("video.mp4", ".made.json", "没有后缀", "a.b.c.srt"):
        assert is_part(part_beside(Path("/folder") / name).name)
    for name in ("video.mp4", ".video.mp4.part", "video.01234567.part.mp4", ".video.0123456.part.mp4", ".video.part.mp4"):
        assert not is_part(name)


def test_an_error_that_does_not_say_why_means_a_full_disk_only_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    error = OSError("48000 requested and 100 written")
    assert not is_full(tmp_path / "deep" / "file", error)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    assert is_full(tmp_path / "deep" / "file", error)
    assert not is_full(tmp_path / "file", OSError(errno.EACCES, "no"))


def test_a_copy_is_written_once_and_replaces_what_was_there(tmp_path: Path):
    source, target = tmp_path / "a", tmp_path / "out" / "b"
    source.write_bytes(b"new")
    copy_atomically(source, target)
    inode = target.stat().st_ino
    copy_atomically(source, target)
    assert target.stat().st_ino == inode
    source.write_bytes(b"newer")
    copy_atomically(source, target)
    assert target.read_bytes() == b"newer"
    assert [path.name for path in target.parent.iterdir()] == ["b"]
