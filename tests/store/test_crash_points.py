"""Documents, what a person may edit, outbox and shelf: killed round every touch of the disk, they are the old ones or the new ones."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from pipeline.documents.job import Job
from pipeline.documents.message import M, Warnings
from pipeline.publish.platforms.shelf.adapter import Shelf
from pipeline.store import Store, copy_atomically, scratch_folder
from pipeline.store.disk import is_part
from pipeline.workspace import StoryContext
from tests.fakes.killed_process import KILLED, forked, points_of, side_by_side
from tests.fakes.shelf_release import line, put, release_of
from tests.publish.conftest import Parts
from tests.publish.conftest import parts as parts

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that is killed needs fork, which is not here")


def bench(workspace: Path) -> StoryContext:
    return StoryContext(Job(story="果园", source=str(workspace), workspace=str(workspace), now=NOW))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file that is there for somebody, by its name."""
    hidden = (".lock", ".began")
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name not in hidden}


def written(at: StoryContext, words: str) -> None:
    at.write("edit.json", Warnings(messages=(M("x"),)) if words == "new" else Warnings(messages=()))
    at.write_text("subtitles.srt", words)


def write(workspace: Path, words: str = "new") -> None:
    at = bench(workspace)
    at.open()
    written(at, words)
    at.close()


def each_point(work: Callable[[Path], None], prepare: Callable[[Path], None], check: Callable[[Path], None], home: Path) -> None:
    """Kill `work` at every point of its own, on a fresh folder each time, then look at what is there."""
    home.mkdir(exist_ok=True)

    def at(point: int) -> bool:
        folder = home / f"{point}"
        prepare(folder)
        died = forked(partial(work, folder), die_at=point) == KILLED
        check(folder)
        return died

    prepare(home / "counting")
    count = points_of(partial(work, home / "counting"), home / "count")
    assert count > 4
    assert all(side_by_side([partial(at, point) for point in range(1, count + 1)], home / "lanes"))


@pytest.mark.system
def test_a_document_is_the_old_one_or_the_new_one_and_never_taken_for_a_persons(tmp_path: Path):
    def check(workspace: Path) -> None:
        at = bench(workspace)
        assert (at.story / "subtitles.srt").read_text() in ("old", "new")
        assert at.read("edit.json", Warnings).messages in ((), (M("x"),))
        assert not at.edited_by_hand("edit.json")
        assert not at.edited_by_hand("subtitles.srt")

    each_point(write, partial(write, words="old"), check, tmp_path)


@pytest.mark.system
def test_the_next_run_leaves_the_same_files_as_one_that_nobody_disturbed(tmp_path: Path):
    write(tmp_path / "undisturbed", "old")
    write(tmp_path / "undisturbed")

    def check(workspace: Path) -> None:
        write(workspace)
        assert tree(workspace) == tree(tmp_path / "undisturbed")

    each_point(write, partial(write, words="old"), check, tmp_path / "killed")


@pytest.mark.system
def test_what_a_person_wrote_is_still_hers_after_a_crash(tmp_path: Path):
    """A run that writes another document dies; the words that a person changed meanwhile count as changed."""

    def prepare(workspace: Path) -> None:
        write(workspace, "old")
        (workspace / "stories" / "果园" / "subtitles.srt").write_text("hers")

    def work(workspace: Path) -> None:
        at = bench(workspace)
        at.open()
        at.write("edit.json", Warnings(messages=(M("x"),)))
        at.close()

    def check(workspace: Path) -> None:
        assert bench(workspace).edited_by_hand("subtitles.srt")

    each_point(work, prepare, check, tmp_path)


def test_a_document_of_an_earlier_release_is_still_known_as_ours(tmp_path: Path):
    write(tmp_path, "old")
    story = tmp_path / "stories" / "果园"
    notes = (story / ".made.json").read_text()
    (story / ".made.json").write_text(notes.replace("[\n", "").replace(" ]", ""))
    assert "[" not in (story / ".made.json").read_text()
    assert not bench(tmp_path).edited_by_hand("subtitles.srt")
    (story / "subtitles.srt").write_text("hers")
    assert bench(tmp_path).edited_by_hand("subtitles.srt")


@pytest.mark.system
def test_a_delivered_file_is_whole_or_not_there(parts: Parts, tmp_path: Path):
    def prepare(folder: Path) -> None:
        folder.mkdir()
        (folder / "video.mp4").write_bytes(b"last week's")

    def deliver(folder: Path) -> None:
        copy_atomically(parts.video, folder / "video.mp4")

    def check(folder: Path) -> None:
        assert (folder / "video.mp4").read_bytes() in (b"last week's", parts.video.read_bytes())
        deliver(folder)
        assert (folder / "video.mp4").read_bytes() == parts.video.read_bytes()
        assert all(is_part(name) for name in os.listdir(folder) if name != "video.mp4")

    each_point(deliver, prepare, check, tmp_path)


@pytest.mark.system
def test_the_shelf_shows_the_old_page_or_the_new_one_and_the_next_run_puts_it_right(parts: Parts, tmp_path: Path):
    def shelve(shelf: Path, title: str = "新的") -> None:
        subtitles = parts.subtitles if title == "新的" else None
        put(
            release_of(parts.video, parts.cover, subtitles, None, story="果园", title=title, text="又沙又甜", id=title_id[title]),
            Shelf(shelf),
            at,
        )

    def check(shelf: Path) -> None:
        page = next(shelf.glob("*/index.html"))
        text = page.read_text(encoding="utf-8")
        assert ("新的" in text) != ("旧的" in text)
        assert text.rstrip().endswith("</html>")
        shelve(shelf)
        shown = {name: content for name, content in tree(shelf).items() if not is_part(Path(name).name)}
        assert shown == tree(tmp_path / "undisturbed")

    at, title_id = line(), {"新的": "new", "旧的": "old"}
    shelve(tmp_path / "undisturbed", "旧的")
    shelve(tmp_path / "undisturbed")
    each_point(shelve, partial(shelve, title="旧的"), check, tmp_path / "killed")


def test_a_scratch_folder_of_a_killed_process_is_swept_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def work(home: Path) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(home))
        with scratch_folder() as folder:
            (folder / "frames.raw").write_bytes(bytes(1000))

    def check(home: Path) -> None:
        work(home)
        assert not list(home.iterdir())

    each_point(work, lambda home: home.mkdir(), check, tmp_path)


def test_a_scratch_folder_that_is_in_use_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch_folder() as mine:
        (mine / "frames.raw").write_bytes(b"frames")

        def other() -> None:
            for _ in range(20):
                with scratch_folder() as theirs:
                    assert theirs != mine

        assert forked(other) == 0
        assert (mine / "frames.raw").read_bytes() == b"frames"


def test_an_entry_is_whole_or_not_there(tmp_path: Path):
    def make(root: Path) -> None:
        Store(root).make("chunks", "0" * 32, ".mp4", lambda part: part.write_bytes(b"pixels") and None)

    def check(root: Path) -> None:
        found = Store(root).find("chunks", "0" * 32, ".mp4")
        assert found is None or found.read_bytes() == b"pixels"
        make(root)
        assert Store(root).find("chunks", "0" * 32, ".mp4") is not None

    each_point(make, lambda _: None, check, tmp_path)
