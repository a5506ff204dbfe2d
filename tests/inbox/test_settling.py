"""When a dropped folder is complete, told by how it looks from time to time."""

from collections.abc import Callable

from pipeline.inbox import Empty, Filling, FolderSnapshot, FolderWatch, Settled, WaitingForFiles
from pipeline.inbox.snapshot import FileState


def folder(*files: tuple[str, int], unfinished: tuple[str, ...] = (), mark: int = 0) -> FolderSnapshot:
    return FolderSnapshot(tuple(FileState(name, size, size) for name, size in files), unfinished, mark)


def whole(_name: str) -> bool:
    return True


def all_but(*broken: str) -> Callable[[str], bool]:
    return lambda name: name not in broken


CLIP = folder(("a.mp4", 10))


def test_a_folder_is_complete_when_nothing_has_changed_for_a_minute():
    watch = FolderWatch(60, 600)
    assert watch.look(folder(), 0, whole) == Empty()
    assert watch.look(CLIP, 100, whole) == Filling(60)
    assert watch.look(CLIP, 159, whole) == Filling(1)
    assert watch.look(CLIP, 160, whole) == Settled()


def test_every_change_begins_the_minute_anew():
    watch = FolderWatch(60, 600)
    for at_s, size in ((0, 10), (50, 20), (100, 30)):
        assert watch.look(folder(("a.mp4", size)), at_s, whole) == Filling(60)
    assert watch.look(folder(("a.mp4", 30), ("b.mp4", 1)), 150, whole) == Filling(60)
    assert watch.look(folder(("b.mp4", 1)), 200, whole) == Filling(60)
    assert watch.look(folder(("b.mp4", 1)), 260, whole) == Settled()


def test_a_mark_of_completion_begins_at_once_and_counts_once():
    watch = FolderWatch(60, 600)
    marked = folder(("a.mp4", 10), mark=7)
    assert watch.look(marked, 0, whole) == Settled()
    assert watch.look(folder(("a.mp4", 10), ("later.mp4", 3), mark=7), 1, whole, known_mark=7) == Filling(60)
    assert watch.look(folder(("a.mp4", 10), ("later.mp4", 3), mark=8), 2, whole, known_mark=7) == Settled()


def test_a_mark_in_an_empty_folder_begins_nothing():
    assert FolderWatch(60, 600).look(folder(mark=7), 0, whole) == Empty()


def test_a_file_that_does_not_open_is_waited_for_and_then_left_out():
    watch = FolderWatch(60, 600)
    both = folder(("a.mp4", 10), ("half.mp4", 4))
    watch.look(both, 0, all_but("half.mp4"))
    assert watch.look(both, 60, all_but("half.mp4")) == WaitingForFiles(("half.mp4",), 540)
    assert watch.look(both, 599, all_but("half.mp4")) == WaitingForFiles(("half.mp4",), 1)
    assert watch.look(both, 600, all_but("half.mp4")) == Settled(("half.mp4",))


def test_a_file_that_opens_at_last_is_not_left_out():
    watch = FolderWatch(60, 600)
    watch.look(CLIP, 0, whole)
    assert watch.look(CLIP, 60, all_but("a.mp4")) == WaitingForFiles(("a.mp4",), 540)
    assert watch.look(CLIP, 80, whole) == Settled()


def test_a_name_under_which_something_is_still_written_is_waited_for():
    watch = FolderWatch(60, 600)
    pending = folder(("a.mp4", 10), unfinished=(".pending-17-b.mp4",))
    watch.look(pending, 0, whole)
    assert watch.look(pending, 300, whole) == WaitingForFiles((".pending-17-b.mp4",), 300)
    assert watch.look(folder(("a.mp4", 10), ("b.mp4", 9)), 301, whole) == Filling(60)
    assert watch.look(folder(("a.mp4", 10), ("b.mp4", 9)), 361, whole) == Settled()


def test_an_unchanged_file_is_opened_once_when_it_is_whole_and_seldom_when_it_is_not():
    watch, asked = FolderWatch(0, 600), []

    def opens(name: str) -> bool:
        asked.append(name)
        return name == "a.mp4"

    both = folder(("a.mp4", 10), ("half.mp4", 4))
    for at_s in range(40):
        watch.look(both, at_s, opens)
    assert asked.count("a.mp4") == 1
    assert asked.count("half.mp4") == 4
