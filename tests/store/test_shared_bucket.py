"""The shared place in a bucket of an S3 server: the same promises as in a folder, and a broken answer is one line without keys."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.store import file_sha256
from pipeline.store.shared import SharedStore, travelling_name
from pipeline.store.shared_files import SharedFiles, SharedStoreUnreachable, open_shared_files
from tests.fakes.servers.fault_plan import Plan
from tests.fakes.servers.record import Clock
from tests.fakes.servers.s3 import ACCESS_KEY, SECRET_KEY, S3Server, S3Settings

KEY = "cd" * 16


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A bucket that checks signatures; its keys are in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    with S3Server(Plan(), settings=S3Settings(public=False), clock=Clock(datetime.now(UTC))) as running:
        yield running


def at(server: S3Server, folder: str = "共享/田剪") -> SharedFiles:
    return open_shared_files(f"s3://{server.bucket}/{folder}", server.url, "us-east-1")


def never(_part: Path) -> None:
    pytest.fail("it is made a second time")


def test_machines_share_a_bucket_as_they_share_a_folder(server: S3Server, tmp_path: Path) -> None:
    first, second = SharedStore(tmp_path / "first", at(server), strict=True), SharedStore(tmp_path / "second", at(server), strict=True)
    first.make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures"))
    assert second.make("chunks", KEY, ".mp4", never).read_bytes() == b"pictures"

    clip = tmp_path / "VID 一.mp4"
    clip.write_bytes(bytes(range(256)) * 4096)
    sha256 = file_sha256(clip)
    first.send_file(clip, sha256)
    assert second.fetch_file(travelling_name(clip, sha256), sha256).read_bytes() == clip.read_bytes()

    listed = first.shared.names("chunks")
    assert sorted(listed) == [f"chunks/{KEY}.mp4", f"chunks/{KEY}.mp4.seal"]
    assert all(abs(datetime.now(UTC) - written) < timedelta(minutes=5) for written in listed.values())
    first.shared.write(f"chunks/{KEY}.mp4", b"pixtures")
    third = SharedStore(tmp_path / "third", at(server), strict=True)
    assert third.find("chunks", KEY, ".mp4") is None, "it does not fit its seal"
    for name in listed:
        first.shared.drop(name)
        first.shared.drop(name)
    assert (first.shared.has(f"chunks/{KEY}.mp4"), first.shared.read(f"chunks/{KEY}.mp4.seal")) == (False, None)


def test_wrong_keys_are_one_line_that_repeats_none_and_the_story_goes_on_alone(
    server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "open-sesame")
    with pytest.raises(SharedStoreUnreachable) as refused:
        SharedStore(tmp_path / "helper", at(server), strict=True).find("chunks", KEY, ".mp4")
    assert server.bucket in str(refused.value)
    assert "sesame" not in str(refused.value)
    alone = SharedStore(tmp_path / "alone", at(server))
    assert alone.make("chunks", KEY, ".mp4", lambda part: part.write_bytes(b"pictures")).is_file()
    assert alone.trouble is not None
