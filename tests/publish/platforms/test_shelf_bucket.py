"""A shelf in a bucket: what is public there at every moment, what is read back, and what a person is told."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from pipeline.documents.release import Captions, CartLink, Release
from pipeline.network.errors import ActionRequired, RetryableError, UploadExpired
from pipeline.publish.accounts.provider import load_provider
from pipeline.publish.platforms.base import LookupResult, PlatformSession
from pipeline.publish.platforms.shelf.adapter import PLATFORM
from pipeline.publish.platforms.shelf.open_storage import open_storage
from pipeline.publish.platforms.shelf.overview import refresh, shelf_entries
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.record import Clock
from tests.fakes.servers.s3 import ACCESS_KEY, SECRET_KEY, S3Server, S3Settings
from tests.fakes.shelf_release import NOW, Remembered, line, put, release_of
from tests.publish.conftest import Parts

KEYS = f"{ACCESS_KEY}:{SECRET_KEY}"
Make = Callable[..., Release]


@pytest.fixture
def make(parts: Parts) -> Make:
    """A release of the small story for the account `village`; arguments replace what it has."""

    def make(**changes: Any) -> Release:
        given: dict[str, Any] = {"story": "土豆", "title": "高山土豆", "text": "现挖现发\n又沙又甜 <b>", "account": "village"}
        return release_of(parts.video, parts.cover, parts.subtitles, parts.offer, **{**given, **changes})

    return make


@contextmanager
def store(*faults: Fault, **settings: Any) -> Iterator[S3Server]:
    """A store whose bucket everybody may read; signatures are checked."""
    with S3Server(Plan(faults=faults), settings=S3Settings(**{"public": True, **settings}), clock=Clock(datetime.now(UTC))) as server:
        yield server


def at(server: S3Server, *, keys: str = KEYS, http: httpx.Client | None = None, **settings: Any) -> PlatformSession:
    """What the engine gives the adapter for an account at this store."""
    usual = {name: setting.default for name, setting in load_provider("shelf").settings.items()}
    usual |= {
        "address": f"s3://{server.bucket}/货架",
        "public_url": f"{server.url}/{server.bucket}/{quote('货架')}",
        "endpoint_url": server.url,
    }
    return line({**usual, "region": "us-east-1", "addressing": "path", "answer_s": 1.0, **settings}, keys=keys, http=http)


def seen(release: Release, at_store: PlatformSession, post_id: str = "") -> LookupResult:
    """What a look-up says."""
    return PLATFORM.look_up(release, at_store, Remembered(), since=NOW, post_id=post_id)


def calls(server: S3Server, endpoint: str) -> int:
    """How many came."""
    return len([call for call in server.calls if call.endpoint == endpoint])


def test_a_page_is_live_where_everybody_reads_it(make: Make) -> None:
    with store() as server:
        release = make()
        put(release, PLATFORM, at(server))
        found = seen(release, at(server), release.id)
        assert (found.state, found.cart, found.post_id) == ("live", "there", release.id)
        page = httpx.get(found.address, trust_env=False)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "又沙又甜 &lt;b&gt;" in page.text
        video = httpx.get(f"{found.address.rpartition('/')[0]}/{found.response['video']}", trust_env=False)
        assert (video.headers["content-type"], video.headers["cache-control"]) == ("video/mp4", "public, max-age=31536000, immutable")
        assert video.content == Path(release.video.path).read_bytes()


@pytest.mark.system
def test_no_page_shows_what_is_not_there_at_any_moment(make: Make, tmp_path: Path, parts: Parts) -> None:
    """Looked at after every single write: the page there names media that are there, and the overview pages that are there."""
    with store() as server:
        put(make(), PLATFORM, at(server))
        newer = tmp_path / "newer.mp4"
        newer.write_bytes(parts.video.read_bytes() + b"\0\0\0\x08free")
        problems: list[str] = []
        real = server.store

        def watched(request: Any) -> Any:
            answer = real(request)
            names = set(server.objects())
            for name in (name for name in names if name.endswith(".html")):
                text = httpx_free(server, name)
                problems.extend(f"{request.path}: {name} lacks {one}" for one in shown_by(name, text) if one not in names)
            return answer

        server.store = watched  # type: ignore[method-assign]
        for number in range(3):
            newer.write_bytes(newer.read_bytes() + b"\0\0\0\x08free")
            put(release_of(newer, parts.cover, None, parts.offer, story="土豆", title=f"第{number}版", text="新的", account="village"),
                PLATFORM, at(server))  # fmt: skip
        put(make(story="南瓜"), PLATFORM, at(server))
        assert not problems
        assert len([name for name in server.objects() if "/video-" in name and "土豆" in name]) == 2


def httpx_free(server: S3Server, name: str) -> str:
    """An object's text by the store's own progress: nothing is asked by the line."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    return bytes(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[server.bucket].keys[name].value).decode()


def shown_by(name: str, text: str) -> list[str]:
    """The names of the objects that a page or the overview shows."""
    found = re.search(r'<script type="application/json" id="carried">(.*?)</script>', text, re.DOTALL)
    assert found
    carried, home = json.loads(found[1]), name.rpartition("/")[0]
    if name.count("/") == 2:
        product = carried["product"] or {}
        return [f"{home}/{one}" for one in (carried["video"], carried["cover"], product.get("photo")) if one]
    return [f"{home}/{folder}/{file}" for folder, (_, entry) in carried.items() for file in ("index.html", entry["cover"])]


def test_what_is_there_already_is_not_sent_again(make: Make) -> None:
    # Twice: a line that was in use before may have died, so its first try is not counted.
    with store(*(Fault(kind="reset_before", endpoint="put_object", nth=nth) for nth in (2, 3))) as server:
        release, progress = make(), Remembered()
        with pytest.raises(RetryableError):
            PLATFORM.upload(release, at(server), progress)
        PLATFORM.upload(release, at(server), progress)
        PLATFORM.upload(release, at(server), progress)
        sent = [call.path.rpartition("/")[2].partition("-")[0] for call in server.calls if call.endpoint == "put_object"]
        assert sent == ["video", "cover", "cover", "cover", "photo"]


def test_a_long_video_goes_on_after_the_part_that_arrived_last(parts: Parts, tmp_path: Path) -> None:
    long = tmp_path / "long.mp4"
    long.write_bytes(parts.video.read_bytes() + b"\0\xb0\0\0free" + bytes(11 << 20))
    faults = [Fault(kind="reset_before", endpoint="upload_part", nth=nth) for nth in (2, 3)]
    with store(*faults, Fault(kind="timeout_done", endpoint="complete_multipart")) as server:
        release = release_of(long, parts.cover, None, None, story="长", title="长", text="长", account="village")
        progress = Remembered()
        for _ in range(2):
            with pytest.raises(RetryableError):
                PLATFORM.upload(release, at(server, part_mb=5), progress)
        PLATFORM.upload(release, at(server, part_mb=5), progress)
        assert calls(server, "upload_part") == 3 + len(faults)
        assert calls(server, "create_multipart") == 1
        assert release.video.sha256 in server.objects().values()


def test_an_upload_that_the_store_has_forgotten_begins_anew(parts: Parts, tmp_path: Path) -> None:
    long = tmp_path / "long.mp4"
    long.write_bytes(parts.video.read_bytes() + b"\0\xb0\0\0free" + bytes(6 << 20))
    with store() as server:
        release = release_of(long, parts.cover, None, None, story="长", title="长", text="长", account="village")
        progress = Remembered()
        progress.keep(session="gone", key=f"货架/长/video-{release.video.sha256[:12]}.mp4", parts=1)
        PLATFORM.upload(release, at(server, part_mb=5), progress)
        assert release.video.sha256 in server.objects().values()


def test_media_that_went_missing_before_the_page_are_sent_anew(make: Make) -> None:
    with store() as server:
        release, progress = make(), Remembered()
        PLATFORM.upload(release, at(server), progress)
        storage = open_storage(at(server).settings, "shelf:village", KEYS)
        storage.drop([f"土豆/{name}" for name in storage.files("土豆") if name.startswith("cover")])
        with pytest.raises(UploadExpired):
            PLATFORM.publish(release, at(server), progress)
        assert not server.posts


@pytest.mark.system
def test_a_lost_answer_is_asked_again_and_only_what_nobody_knows_is_unclear(make: Make) -> None:
    lost = [Fault(kind="timeout_done", endpoint="put_object", nth=nth) for nth in range(4, 9)]
    for faults, unclear in ((lost[:4], False), (lost, True)):
        with store(*faults) as server:
            release, progress = make(), Remembered()
            PLATFORM.upload(release, at(server, answer_s=0.3), progress)
            if unclear:
                with pytest.raises(RetryableError) as raised:
                    PLATFORM.publish(release, at(server, answer_s=0.3), progress)
                assert not raised.value.had_no_effect
            else:
                PLATFORM.publish(release, at(server, answer_s=0.3), progress)
            # The page is there either way, and the look-up sees to the overview.
            assert seen(release, at(server)).state == "live"
            assert [entry.release for entry in shelf_entries(open_storage(at(server).settings, "", KEYS))] == [release.id]
            assert release.id in httpx.get(f"{at(server).settings['public_url']}/index.html", trust_env=False).text


@pytest.mark.system
def test_of_several_who_publish_at_once_none_loses_a_story(make: Make) -> None:
    with store() as server:
        releases = [make(story=f"故事{number}", title=f"故事{number}") for number in range(4)]
        threads = [threading.Thread(target=put, args=(release, PLATFORM, at(server, answer_s=20.0))) for release in releases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        overview = httpx.get(f"{at(server).settings['public_url']}/index.html", trust_env=False).text
        assert all(release.id in overview for release in releases)


def test_an_overview_that_another_wrote_in_between_is_written_again(make: Make) -> None:
    """Worst of all orders: somebody who has listed the pages before ours was there writes the overview after us."""
    with store() as server:
        storage = open_storage(at(server).settings, "shelf:village", KEYS)
        put(make(story="南瓜", title="南瓜"), PLATFORM, at(server))
        old = storage.read("index.html") or ""
        real, once = storage.put, iter([True])

        def overtaken(name: str, text: str) -> None:
            real(name, text)
            if name == "index.html" and next(once, False):
                real(name, old)

        put(make(), PLATFORM, at(server))
        storage.drop(["index.html"])
        storage.put = overtaken  # type: ignore[method-assign]
        refresh(storage)
        assert {entry.story for entry in shelf_entries(storage)} == {"南瓜", "土豆"}
        assert "土豆" in (storage.read("index.html") or "")


def test_a_new_price_takes_the_place_of_the_old_page(make: Make) -> None:
    with store() as server:
        old, new = make(), make(captions=Captions(title="高山土豆", text="今天降价"))
        for release in (old, new):
            put(release, PLATFORM, at(server))
        assert seen(new, at(server), new.id).state == "live"
        assert seen(old, at(server), old.id).state == "refused"
        assert seen(old, at(server)).state == "absent"


@pytest.mark.parametrize(
    ("was", "now", "state", "cart"),
    [
        ("https://shop.example.com/p/1?a=1&amp;b=2", "https://shop.example.com/p/1?a=1", "live", "missing"),
        ("又沙又甜 &lt;b&gt;", "又沙又甜 &lt;B&gt;", "absent", "unknown"),
        ('src="video-', 'src="Video-', "absent", "unknown"),
    ],
    ids=["link", "words", "video"],
)
def test_what_somebody_changed_on_the_page_is_not_taken_for_ours(make: Make, was: str, now: str, state: str, cart: str) -> None:
    with store() as server:
        release = make()
        put(release, PLATFORM, at(server))
        storage = open_storage(at(server).settings, "shelf:village", KEYS)
        page = storage.read("土豆/index.html") or ""
        storage.put("土豆/index.html", page.replace(was, now))
        found = seen(release, at(server), release.id)
        assert (found.state, found.cart) == (state, cart)


def test_a_release_without_a_link_asks_for_none(make: Make) -> None:
    with store() as server:
        release = make(cart=CartLink())
        put(release, PLATFORM, at(server))
        assert (seen(release, at(server)).state, seen(release, at(server)).cart) == ("live", "unknown")


def test_a_bucket_that_nobody_else_may_read_is_not_live(make: Make) -> None:
    with store(public=False) as server:
        release = make()
        put(release, PLATFORM, at(server))
        with pytest.raises(ActionRequired, match=r"403.*read the bucket"):
            seen(release, at(server), release.id)


def test_an_unknown_bucket_and_wrong_keys_are_a_clear_line_and_leave_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with store(there=False) as server, pytest.raises(ActionRequired, match=f"no bucket {server.bucket}"):
        PLATFORM.upload(make(), at(server), Remembered())
    with store() as server:
        for keys, told in (
            (f"{ACCESS_KEY}:wrong", "does not take the keys"),
            (f"nobody:{SECRET_KEY}", "does not take the keys"),
            ("just-one-word", "ID:SECRET"),
            ("", "no keys"),
        ):
            with pytest.raises(ActionRequired, match=told):
                PLATFORM.upload(make(), at(server, keys=keys), Remembered())
        assert not server.objects()


def test_keys_of_the_environment_do_where_the_vault_has_none(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    with store() as server:
        release = make()
        put(release, PLATFORM, at(server, keys=""))
        assert seen(release, at(server, keys="")).state == "live"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"address": "shelf"}, "s3://BUCKET/FOLDER"),
        ({"address": "s3://"}, "s3://BUCKET/FOLDER"),
        ({"address": "moon://x/y"}, "moon://"),
        ({"address": "file://www/shelf"}, "file://"),
        ({"public_url": ""}, "public_url"),
        ({"public_url": "http://shelf.example"}, "https://"),
        ({"endpoint_url": "http://store.example"}, "endpoint_url"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_sent(make: Make, settings: dict[str, str], told: str) -> None:
    with store() as server:
        (problem,) = PLATFORM.problems(make(), at(server, **settings).settings)
        assert told in str(problem)
        assert not PLATFORM.problems(make(), at(server).settings)


@pytest.mark.parametrize(("scheme", "package", "command"), [("gs", "gcsfs", "uv pip install gcsfs"), ("s3", "s3fs", "uv sync --extra s3")])
def test_a_store_whose_package_is_missing_is_one_line_with_the_command(
    make: Make, monkeypatch: pytest.MonkeyPatch, scheme: str, package: str, command: str
) -> None:
    monkeypatch.setattr(
        "pipeline.publish.platforms.shelf.open_storage.find_spec", lambda name: None if name == package else find_spec(name)
    )
    settings = {**at_folder(Path("/x")), "address": f"{scheme}://bucket/shelf", "public_url": "https://shelf.example"}
    (problem,) = PLATFORM.problems(make(), settings)
    assert str(problem) == f"{scheme}:// needs the package {package}. Install it: {command}"
    with pytest.raises(ActionRequired, match=re.escape(command)):
        open_storage(settings, "shelf:village", KEYS)


def test_nothing_secret_is_logged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("botocore", "aiobotocore", "s3fs", "fsspec", "aiohttp"):
        caplog.set_level(logging.DEBUG, logger=name)
    with store(Fault(kind="http_500", endpoint="put_object")) as server:
        release = make()
        with pytest.raises(RetryableError) as raised:
            put(release, PLATFORM, at(server))
        put(release, PLATFORM, at(server))
        seen(release, at(server))
    assert "PutObject" in caplog.text
    assert SECRET_KEY not in caplog.text + repr(raised.value) + str(raised.value.response)
    assert raised.value.__context__ is None or SECRET_KEY not in repr(raised.value.__context__)


def test_a_folder_that_a_web_server_shows_is_an_account_as_well(make: Make, tmp_path: Path) -> None:
    settings = {**at_folder(tmp_path / "www"), "public_url": ""}
    release = make()
    put(release, PLATFORM, line(settings))
    found = seen(release, line(settings))
    assert (found.state, found.address) == ("live", (tmp_path / "www" / "土豆" / "index.html").as_uri())


def test_any_store_that_fsspec_knows_will_do(make: Make) -> None:
    settings = {**at_folder(Path("/x")), "address": "memory://shelf/here", "public_url": "http://127.0.0.1:9"}
    release, other = make(), make(story="南瓜")
    put(release, PLATFORM, line(settings))
    put(other, PLATFORM, line(settings))
    storage = open_storage(settings, "", "")
    assert {entry.release for entry in shelf_entries(storage)} == {release.id, other.id}
    assert other.id in (storage.read("index.html") or "")


def at_folder(folder: Path) -> dict[str, Any]:
    """Settings of an account in a folder."""
    usual = {name: setting.default for name, setting in load_provider("shelf").settings.items()}
    return {**usual, "address": folder.as_uri()}


def test_a_folder_that_cannot_be_written_is_a_clear_line(make: Make, tmp_path: Path) -> None:
    (tmp_path / "www").write_text("a file is in the way")
    with pytest.raises(ActionRequired, match="www"):
        PLATFORM.upload(make(), line(at_folder(tmp_path / "www")), Remembered())
    assert (tmp_path / "www").read_text() == "a file is in the way"


@pytest.mark.system
def test_both_pages_are_drawn_from_the_store(make: Make, browser: Callable[..., bytes], tmp_path: Path) -> None:
    with store() as server:
        release = make()
        put(release, PLATFORM, at(server))
        put(make(story="南瓜", title="南瓜"), PLATFORM, at(server))
        public, before = at(server).settings["public_url"], len(server.calls)
        for name, address, size in (
            ("overview", f"{public}/index.html", "500,900"),
            ("story", f"{public}/{quote('土豆')}/index.html", "1280,900"),
        ):
            picture = tmp_path / f"{name}.png"
            browser(address, f"--screenshot={picture}", f"--window-size={size}")
            with Image.open(BytesIO(picture.read_bytes())) as drawn:
                colours = drawn.convert("RGB").resize((160, 120)).getcolors(160 * 120)
            assert colours is not None
            assert len(colours) > 100, name
        assert not [call.path for call in server.calls[before:] if call.status >= 400]


def test_a_page_that_is_taken_down_leaves_nothing_in_the_bucket_and_a_newer_one_stays(make: Make) -> None:
    one, two = make(), make(story="红薯", title="红薯")
    with store() as server:
        for release in (one, two):
            put(release, PLATFORM, at(server))
        assert not PLATFORM.take_down(make(text="又一种说法"), at(server))
        for _ in range(2):
            assert PLATFORM.take_down(one, at(server))
        storage = open_storage(at(server).settings, "shelf:village", KEYS)
        assert list(storage.pages()) == ["红薯"]
        assert storage.files("土豆") == ()
        assert [entry.story for entry in shelf_entries(storage)] == ["红薯"]
