"""The store's size, and what goes when it is made smaller: the old, the least used, the leftovers, and nothing that a run uses."""

import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.store import Store, prune, store_usage
from pipeline.store.content import seal_path
from pipeline.store.inventory import StoreItem, list_items
from pipeline.store.story_lock import StoryLock, running_since
from tests.fakes.killed_process import forked, side_by_side

NOW = datetime.now(UTC) + timedelta(hours=1)
"""An hour after everything that a test makes."""
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def entry(store: Store, name: str, *, kind: str = "chunks", size: int = 1000, age: timedelta = DAY) -> Path:
    """A finished entry that was last used so long ago. name: a digit of its key, or all of it."""
    path = store.make(kind, name if len(name) == 32 else name * 32, ".mp4", lambda part: part.write_bytes(bytes(size)) and None)
    used = (NOW - age).timestamp()
    os.utime(seal_path(path), (used, used))
    return path


def cost(*paths: Path) -> int:
    return sum(path.stat().st_size + seal_path(path).stat().st_size for path in paths)


def test_an_empty_or_missing_store_holds_nothing_and_loses_nothing(store: Store):
    assert store_usage(store) == ()
    pruned = prune(store, older_than=timedelta(0), to_bytes=0, busy_since=None, now=NOW)
    assert (pruned.files, pruned.bytes, pruned.spared, pruned.by_kind) == (0, 0, 0, {})


def test_usage_tells_each_kind_with_its_bytes_and_the_times_of_use(store: Store):
    old, new = entry(store, "a", age=3 * DAY), entry(store, "b", age=DAY)
    voice = entry(store, "c", kind="voices", size=9000)
    kinds = {kind.kind: kind for kind in store_usage(store)}
    assert [kind.kind for kind in store_usage(store)] == ["voices", "chunks"]
    assert (kinds["chunks"].files, kinds["chunks"].bytes) == (2, cost(old, new))
    assert (kinds["voices"].files, kinds["voices"].bytes) == (1, cost(voice))
    assert kinds["chunks"].oldest_use == pytest.approx(NOW - 3 * DAY, abs=timedelta(milliseconds=1))
    assert kinds["chunks"].newest_use == pytest.approx(NOW - DAY, abs=timedelta(milliseconds=1))


def test_what_was_not_used_for_so_long_goes_with_its_seal(store: Store):
    old, new = entry(store, "a", age=3 * DAY), entry(store, "b", age=DAY)
    size = cost(old)
    pruned = prune(store, older_than=2 * DAY, to_bytes=None, busy_since=None, now=NOW)
    assert (pruned.files, pruned.bytes, pruned.spared, pruned.by_kind) == (1, size, 0, {"chunks": size})
    assert not old.exists()
    assert not seal_path(old).exists()
    assert Store(store.root).holds(new)


def test_the_least_recently_used_goes_first_until_the_store_is_small_enough(store: Store):
    paths = [
        entry(store, name, kind=kind, age=age * DAY) for name, kind, age in [("a", "chunks", 2), ("b", "voices", 4), ("c", "chunks", 3)]
    ]
    pruned = prune(store, older_than=None, to_bytes=cost(paths[0]), busy_since=None, now=NOW)
    assert (pruned.files, pruned.spared) == (2, 0)
    assert [path.exists() for path in paths] == [True, False, False]
    assert prune(store, older_than=None, to_bytes=cost(paths[0]) - 1, busy_since=None, now=NOW).files == 1


def test_a_store_that_is_small_and_young_enough_is_left_alone(store: Store):
    paths = [entry(store, "a"), entry(store, "b")]
    assert prune(store, older_than=2 * DAY, to_bytes=cost(*paths), busy_since=None, now=NOW).files == 0
    assert prune(store, older_than=timedelta.max, to_bytes=None, busy_since=None, now=NOW).files == 0
    assert all(path.exists() for path in paths)


def test_finding_an_entry_counts_as_a_use(store: Store):
    used, unused = entry(store, "a", age=9 * DAY), entry(store, "b", age=8 * DAY)
    assert Store(store.root).find("chunks", "a" * 32, ".mp4") == used
    prune(store, older_than=None, to_bytes=cost(used), busy_since=None, now=NOW)
    assert used.exists()
    assert not unused.exists()


def test_making_again_what_is_there_counts_as_a_use(store: Store):
    used = entry(store, "a", age=9 * DAY)
    part = store.part("chunks", "a" * 32, ".mp4")
    part.write_bytes(b"other bytes")
    Store(store.root).adopt("chunks", "a" * 32, ".mp4", part)
    assert used.read_bytes() == bytes(1000)
    assert prune(store, older_than=DAY, to_bytes=None, busy_since=None, now=NOW).files == 0


def test_what_was_used_since_the_oldest_run_began_stays_and_is_counted(store: Store):
    before, since = entry(store, "a", age=3 * DAY), entry(store, "b", age=DAY)
    pruned = prune(store, older_than=timedelta(0), to_bytes=0, busy_since=NOW - 2 * DAY, now=NOW)
    assert (pruned.files, pruned.spared) == (1, 1)
    assert not before.exists()
    assert since.exists()


def test_what_is_used_in_this_very_moment_stays_though_no_run_was_known(store: Store):
    path = entry(store, "a", age=DAY)
    Store(store.root).holds(path)
    assert prune(store, older_than=timedelta(0), to_bytes=0, busy_since=None, now=datetime.now(UTC)).spared == 1
    assert path.exists()


def test_an_entry_that_is_found_between_the_look_and_the_deletion_stays(store: Store, monkeypatch: pytest.MonkeyPatch):
    path = entry(store, "a")

    def looked(of: Store) -> list[StoreItem]:
        found = list(list_items(of))
        assert Store(store.root).find("chunks", "a" * 32, ".mp4") == path
        return found

    monkeypatch.setattr(import_module("pipeline.store.prune"), "list_items", looked)
    pruned = prune(store, older_than=timedelta(0), to_bytes=0, busy_since=None, now=NOW)
    assert (pruned.files, pruned.spared) == (0, 1)
    assert path.exists()


def test_leftovers_go_when_no_run_that_lives_began_before_them(store: Store):
    kept = entry(store, "a", age=timedelta(0))
    parts = [store.part("chunks", "b" * 32, ".mp4"), store.part("voices", "c" * 32, ".raw")]
    for part in parts:
        part.write_bytes(bytes(100))
    (store.root / "sound" / f"{'d' * 32}.x.part").mkdir(parents=True)
    (store.root / "sound" / f"{'d' * 32}.x.part" / "mix.f32").write_bytes(bytes(100))
    unsealed = entry(store, "e")
    seal_path(unsealed).unlink()
    lone = entry(store, "f")
    lone.unlink()
    left = {kind.kind: kind for kind in store_usage(store)}["leftovers"]
    assert left.files == 5
    before = datetime.now(UTC) - timedelta(minutes=1)
    assert prune(store, older_than=None, to_bytes=None, busy_since=before, now=NOW).files == 0
    pruned = prune(store, older_than=None, to_bytes=None, busy_since=None, now=NOW)
    assert (pruned.files, pruned.by_kind) == (5, {"leftovers": left.bytes})
    assert [kind.kind for kind in store_usage(store)] == ["chunks"]
    assert Store(store.root).holds(kept)


def test_a_leftover_whose_content_is_older_than_itself_is_not_taken_for_an_old_one(store: Store):
    """A tool that copies a file's time along must not make a living part look dead."""
    began = datetime.now(UTC) - timedelta(minutes=1)
    part = store.part("chunks", "b" * 32, ".mp4")
    part.write_bytes(bytes(100))
    os.utime(part, (0, 0))
    prune(store, older_than=None, to_bytes=None, busy_since=began, now=NOW)
    assert part.exists()


def test_a_model_goes_like_everything_else_and_the_fonts_cache_stays(store: Store):
    model = store.root / "models" / "whisper-base-0123456789ab"
    model.mkdir(parents=True)
    (model / "model.bin").write_bytes(bytes(5000))
    fonts = store.root / "fonts" / "fonts.conf"
    fonts.parent.mkdir()
    fonts.write_text("<fontconfig/>")
    kinds = {kind.kind: kind for kind in store_usage(store)}
    assert (kinds["models"].files, kinds["models"].bytes) == (1, 5000)
    assert (kinds["fonts"].files, kinds["fonts"].oldest_use) == (1, None)
    assert store.use_folder(model)
    assert prune(store, older_than=DAY, to_bytes=None, busy_since=None, now=NOW).files == 0
    assert prune(store, older_than=None, to_bytes=0, busy_since=None, now=NOW).by_kind == {"models": 5000}
    assert not model.exists()
    assert not store.use_folder(model)
    assert fonts.exists()
    assert not list((store.root / "models").glob(".*.part"))


def test_a_store_of_which_nothing_can_be_deleted_says_so(store: Store, monkeypatch: pytest.MonkeyPatch):
    entry(store, "a")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "unlink", refuse)
    pruned = prune(store, older_than=timedelta(0), to_bytes=0, busy_since=None, now=NOW)
    assert (pruned.files, pruned.spared) == (0, 1)


KEYS = [f"{number:032x}" for number in range(60)]


def use(workspace: Path) -> None:
    """A run: it finds or makes entries, and each must stay whole until it has ended."""
    lock = StoryLock(workspace, "a")
    lock.acquire()
    store = Store(workspace / "cache")
    held = [store.make("chunks", key, ".mp4", lambda part: part.write_bytes(bytes(3000)) and None) for key in KEYS]
    ends = time.monotonic() + 0.2
    while time.monotonic() < ends:
        assert all(path.read_bytes() == bytes(3000) for path in held)
    lock.release()


def prune_on(workspace: Path) -> int:
    """Prune everything that may go until it is told to stop."""
    gone = 0
    while not (workspace / "stop").exists():
        now = datetime.now(UTC)
        since = running_since(workspace)
        gone += prune(Store(workspace / "cache"), older_than=timedelta(0), to_bytes=0, busy_since=since, now=now).files
    return gone


@pytest.mark.system
def test_nothing_is_taken_from_under_runs_by_one_who_prunes_all_the_time(tmp_path: Path):
    """Before every run the entries lie there long unused, so that it finds them just as they are about to go."""
    store = Store(tmp_path / "cache")

    def runs() -> int:
        try:
            for _ in range(8):
                for key in KEYS:
                    entry(store, key, size=3000)
                assert forked(partial(use, tmp_path)) == 0
        finally:
            (tmp_path / "stop").touch()
        return 0

    jobs = [runs, partial(prune_on, tmp_path), partial(prune_on, tmp_path)]
    assert sum(side_by_side(jobs, tmp_path / "lanes")) > 0
