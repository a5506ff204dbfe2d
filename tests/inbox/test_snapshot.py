"""What counts of a dropped folder, and what in it is nobody's clip."""

import os
from pathlib import Path

import pytest

from pipeline.inbox import FolderUnreachable, story_folders, take_snapshot


def test_files_of_all_sub_folders_count_and_what_is_no_clip_does_not(tmp_path: Path):
    for name in ("a.mp4", "第二天/b.mp4", "说明.txt", "进度.html", "status.html", "Thumbs.db", ".DS_Store", ".进度.0123abcd.part.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    snapshot = take_snapshot(tmp_path)
    assert [file.name for file in snapshot.files] == ["a.mp4", "第二天/b.mp4", "说明.txt"]
    assert (snapshot.unfinished, snapshot.done_mark) == ((), 0)


@pytest.mark.parametrize(
    "name", [".pending-1733-VID.mp4", "VID.mp4.tmp", "VID.mp4.crdownload", ".syncthing.VID.mp4.tmp", "~syncthing~VID.mp4"]
)
def test_what_is_still_being_written_is_told_by_its_name(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"x")
    assert take_snapshot(tmp_path).unfinished == (name,)


@pytest.mark.parametrize("name", ["好了", "好了.txt", "done", "Done.txt", " 好了 .txt"])
def test_a_mark_of_completion_has_any_ending(tmp_path: Path, name: str):
    (tmp_path / name).touch()
    snapshot = take_snapshot(tmp_path)
    assert snapshot.done_mark > 0
    assert not snapshot.files


def test_the_fingerprint_follows_names_sizes_and_times(tmp_path: Path):
    seen = set()
    (tmp_path / "a.mp4").write_bytes(b"one")
    seen.add(take_snapshot(tmp_path).fingerprint)
    (tmp_path / "进度.html").write_text("page")
    assert take_snapshot(tmp_path).fingerprint in seen
    (tmp_path / "a.mp4").rename(tmp_path / "b.mp4")
    seen.add(take_snapshot(tmp_path).fingerprint)
    os.utime(tmp_path / "b.mp4", (1, 1))
    seen.add(take_snapshot(tmp_path).fingerprint)
    (tmp_path / "b.mp4").write_bytes(b"longer")
    seen.add(take_snapshot(tmp_path).fingerprint)
    assert len(seen) == 4


def test_an_inbox_or_a_folder_that_is_gone_cannot_be_read(tmp_path: Path):
    for look in (story_folders, take_snapshot):
        with pytest.raises(FolderUnreachable):
            look(tmp_path / "gone")


def test_only_folders_are_stories(tmp_path: Path):
    (tmp_path / "苹果").mkdir()
    (tmp_path / ".trash").mkdir()
    (tmp_path / "a.mp4").touch()
    assert list(story_folders(tmp_path)) == ["苹果"]
