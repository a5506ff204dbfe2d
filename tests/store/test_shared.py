"""What one machine has made another finds: fetched once, held against its seal, and nobody stops when the shared place is gone."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import Fault, UserMistake
from pipeline.store import file_sha256
from pipeline.store.shared import SharedStore, prune_shared, travelling_name
from pipeline.store.shared_files import SharedFolder, SharedStoreUnreachable, open_shared_files

KEY = "ab" * 16


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder that all machines see."""
    (tmp_path / "共享 盘").mkdir()
    return tmp_path / "共享 盘"


@pytest.fixture
def machine(tmp_path: Path, place: Path) -> Callable[..., SharedStore]:
    """`machine("name")`: a store of that machine's own, on the shared place."""
    return lambda name, **options: SharedStore(tmp_path / name, SharedFolder(place), **options)


def never(_part: Path) -> None:
    pytest.fail("it is made a second time")


def test_what_one_machine_made_no_other_makes_again(machine: Callable[..., SharedStore]) -> None:
    made = machine("first").make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    found = machine("second").make("chunks", KEY, ".mp4", never)
    assert found.read_bytes() == made.read_bytes() == b"pictures"
    assert found != made
    assert found.with_name(found.name + ".seal").read_text() == made.with_name(made.name + ".seal").read_text()


def test_what_is_quickly_made_stays_on_its_machine(machine: Callable[..., SharedStore], place: Path) -> None:
    machine("first").make("layers", KEY, ".png", lambda part: part.write_bytes(b"a title"))
    assert not list(place.rglob("*.png"))
    assert machine("second").find("layers", KEY, ".png") is None


@pytest.mark.parametrize("damage", [b"pixtures", b"pict", b""])
def test_an_entry_that_does_not_fit_its_seal_is_made_again_and_put_right(
    machine: Callable[..., SharedStore], place: Path, damage: bytes
) -> None:
    machine("first").make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    (place / "chunks" / f"{KEY}.mp4").write_bytes(damage)
    assert machine("second").find("chunks", KEY, ".mp4") is None
    machine("second").make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    assert machine("third").make("chunks", KEY, ".mp4", never).read_bytes() == b"pictures"


def test_half_of_an_entry_is_none(machine: Callable[..., SharedStore], place: Path) -> None:
    machine("first").make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    (place / "chunks" / f"{KEY}.mp4.seal").unlink()
    assert machine("second").find("chunks", KEY, ".mp4") is None
    assert not list((machine("second").root).rglob("*.part*"))


def test_who_helps_does_not_fetch_what_it_only_must_not_make(machine: Callable[..., SharedStore]) -> None:
    helper = machine("second", strict=True)
    assert not helper.has("chunks", KEY, ".mp4")
    machine("first").make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    assert helper.has("chunks", KEY, ".mp4")
    assert not list(helper.root.rglob("*.mp4"))
    assert machine("third").has("chunks", KEY, ".mp4")
    assert list(machine("third").root.rglob("*.mp4"))


def test_a_clip_is_sent_once_and_fetched_once(machine: Callable[..., SharedStore], place: Path, tmp_path: Path) -> None:
    clip = tmp_path / "VID 1.mp4"
    clip.write_bytes(b"a clip")
    sha256, store = file_sha256(clip), machine("first")
    store.send_file(clip, sha256)
    sent = place / travelling_name(clip, sha256)
    before = sent.stat().st_mtime_ns
    store.send_file(clip, sha256)
    assert sent.stat().st_mtime_ns == before
    helper = machine("second", strict=True)
    fetched = helper.fetch_file(sent.relative_to(place).as_posix(), sha256)
    sent.unlink()
    assert helper.fetch_file(travelling_name(clip, sha256), sha256) == fetched
    assert (fetched.read_bytes(), fetched.suffix) == (b"a clip", ".mp4")


def test_a_clip_that_became_another_on_its_way_is_refused_and_thrown_away(machine: Callable[..., SharedStore], place: Path) -> None:
    (place / "files").mkdir()
    (place / "files" / "f0.mp4").write_bytes(b"not what was sent")
    helper = machine("second", strict=True)
    with pytest.raises(Fault, match="damaged"):
        helper.fetch_file("files/f0.mp4", "f0" * 32)
    assert not (place / "files" / "f0.mp4").exists()
    assert not list(helper.root.rglob("*.mp4"))
    with pytest.raises(SharedStoreUnreachable, match="is not in the shared store"):
        helper.fetch_file("files/f0.mp4", "f0" * 32)


def test_who_makes_a_story_goes_on_alone_when_the_share_is_gone_and_who_helps_does_not(
    machine: Callable[..., SharedStore], place: Path
) -> None:
    alone, helper = machine("first"), machine("second", strict=True)
    shutil.rmtree(place)
    assert alone.make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures")).is_file()
    assert alone.trouble is not None
    with pytest.raises(SharedStoreUnreachable):
        helper.make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    assert not place.exists(), "an empty folder in its place would fill this machine's disk"


def test_what_was_shared_long_ago_goes_and_nothing_of_anybody_elses(
    machine: Callable[..., SharedStore], place: Path, tmp_path: Path
) -> None:
    store, clip = machine("first"), tmp_path / "clip.mp4"
    store.make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    clip.write_bytes(b"a clip")
    store.send_file(clip, file_sha256(clip))
    (place / "holiday.jpg").write_bytes(b"somebody else's")
    now = datetime.now(UTC)
    assert prune_shared(store.shared, timedelta(days=30), now + timedelta(days=29)) == 0
    assert prune_shared(store.shared, timedelta(days=30), now + timedelta(days=31)) == 3
    assert [path.name for path in place.rglob("*") if path.is_file()] == ["holiday.jpg"]


@pytest.mark.parametrize(
    ("address", "said"),
    [("shared/here", "no whole path"), ("file://shared", "no whole path"), ("carrier-pigeon://dovecote/left", "no known kind")],
)
def test_an_address_that_is_none_is_said_to_be_none(address: str, said: str) -> None:
    with pytest.raises(UserMistake, match=said):
        open_shared_files(address)


def test_a_folder_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(SharedStoreUnreachable, match="mount the share"):
        open_shared_files(str(tmp_path / "not mounted"))
    assert not (tmp_path / "not mounted").exists()


def test_a_store_that_fsspec_knows_does_as_a_folder_does(tmp_path: Path) -> None:
    """fsspec's own memory; the bucket of an S3 server is tried in test_shared_bucket.py."""
    place = f"memory://{tmp_path.name}/shared"
    first, second = (SharedStore(tmp_path / name, open_shared_files(place)) for name in ("first", "second"))
    first.make("analyses", KEY, ".json", lambda part: part.write_text("{}"))
    assert second.make("analyses", KEY, ".json", never).read_text() == "{}"
    assert first.shared.read("analyses/nothing") is None
    assert not first.shared.get("analyses/nothing", tmp_path / "nothing")
    assert sorted(first.shared.names("analyses")) == [f"analyses/{KEY}.json", f"analyses/{KEY}.json.seal"]
    for name in first.shared.names("analyses"):
        first.shared.drop(name)
    assert not first.shared.names("analyses")
    assert not first.shared.has(f"analyses/{KEY}.json")
