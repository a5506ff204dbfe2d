"""The YouTube adapter against its server: one private video out of a resumable session, one call that makes it public."""

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.release import Captions, Declarations, SubtitleFile
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, RetryableError, UploadExpired
from pipeline.publish.engine import RetryPolicy, deliver, settle_by_person, work_on_due
from pipeline.publish.ledger import State
from pipeline.publish.platforms.youtube.adapter import PLATFORM
from tests.fakes.adapter_bench import Bench, adapter_of, bench_of
from tests.fakes.publishing_setup import NOW, OWN, PERSON, PICTURE, SHOP, WORDS, quick_folder, stand
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.youtube import BLOCK, YouTubeServer, YouTubeSettings

MIB = 1024 * 1024
SIZE = 600_000
"""Of the stand's video: three chunks."""
bench = bench_of("youtube", YouTubeSettings)
MakeBench = Callable[..., Bench]


def change(at: Bench, **fields: Any) -> None:
    """The release is another one."""
    at.job.entry = at.job.entry.model_copy(update={"release": at.job.release.model_copy(update=fields)})


def test_the_file_arrives_once_and_nothing_is_public_before_the_one_call(bench: MakeBench) -> None:
    at = bench()
    at.upload()
    [post] = at.server.posts
    assert (post.sha256, post.privacy, post.fields["status"]["privacyStatus"]) == (at.job.release.video.sha256, "private", "private")
    assert (at.server.uploads[0].bytes_received, at.asked("session", "chunk", "state")) == (SIZE, 4)
    posted = at.publish()
    assert (posted.post_id, at.server.posts[0].privacy, at.asked("publish")) == (post.id, "public", 1)
    seen = [at.look_up(post.id) for _ in range(2)]
    assert [one.state for one in seen] == ["processing", "live"]
    assert (seen[1].address, seen[1].cart) == (f"https://www.youtube.com/watch?v={post.id}", "there")


def test_everything_that_must_be_said_is_said_at_the_upload_and_stays_said(bench: MakeBench) -> None:
    at = bench()
    change(at, declarations=Declarations(ai_generated=True, made_for_kids=True))
    at.upload()
    snippet = at.server.posts[0].fields["snippet"]
    assert snippet == {
        "title": "高山土豆", "description": f"{WORDS}\n购买链接：{SHOP}", "tags": ["土豆", "大桥镇"],
        "categoryId": "22", "defaultLanguage": "zh-Hans",
    }  # fmt: skip
    for _ in range(2):
        status = at.server.posts[0].fields["status"]
        assert (status["selfDeclaredMadeForKids"], status["containsSyntheticMedia"]) == (True, True)
        at.publish()


def test_a_link_that_stands_in_the_text_is_not_added(bench: MakeBench) -> None:
    at = bench()
    change(at, captions=Captions(title="土豆", text=f"Potatoes {SHOP} fresh", language="en"))
    at.upload()
    assert at.server.posts[0].caption == f"Potatoes {SHOP} fresh"


def test_thumbnail_and_subtitle_track_hang_on_the_video(bench: MakeBench) -> None:
    at = bench(Fault(kind="reset_during", endpoint="captions", done=True))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    at.again()
    at.upload()
    [post] = at.server.posts
    assert (post.cover_sha256, post.captions) == (hashlib.sha256(PICTURE).hexdigest(), ("zh-Hans",))
    assert at.asked("thumbnail") == 1
    assert at.publish().response["extras"] == {"thumbnail": "done", "captions zh-Hans": "done"}


@pytest.mark.parametrize("kind", ["never", "http_503", "timeout_not_done"])
def test_a_post_goes_out_without_what_it_can_do_without(bench: MakeBench, kind: Any) -> None:
    faults = () if kind == "never" else tuple(Fault(kind=kind, endpoint=name, nth=0) for name in ("thumbnail", "captions"))
    at = bench(*faults, may_set_thumbnail=kind != "never")
    for _ in range(7):
        try:
            at.upload()
            break
        except PlatformError:
            at.again()
    told = at.publish().response["extras"]
    assert told["thumbnail"] != "done"
    assert at.server.posts[0].privacy == "public"


def test_extras_do_not_wait_for_tomorrows_quota(bench: MakeBench) -> None:
    at = bench()
    at.job.limits = PLATFORM.limits({**at.job.settings, "units_per_day": 60})
    at.upload()
    assert (at.asked("thumbnail", "captions"), at.job.progress.recall()["extras"]["thumbnail"]) == (1, "done")
    with pytest.raises(RetryableError) as raised:
        at.publish()
    # From 11:30 UTC to midnight Pacific time.
    assert raised.value.after_s == pytest.approx(20.5 * 3600)
    assert at.asked("publish") == 0


# The session


def test_the_session_is_on_the_disk_before_the_first_byte(bench: MakeBench) -> None:
    at = bench(Fault(kind="reset_before", endpoint="chunk"))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    kept = at.context.ledger.progress.load(at.job.entry.id)
    assert kept is not None
    assert at.server.uploads[0].id in kept.session.get_secret_value()
    assert at.server.uploads[0].id.encode() not in (at.made.folder / "ledger.db").read_bytes()
    at.again()
    at.upload()
    assert [upload.state for upload in at.server.uploads] == ["used"]


@pytest.mark.parametrize("fault", ["reset_during", "timeout_done", "http_500"])
def test_a_lost_answer_to_the_last_chunk_makes_no_second_video(bench: MakeBench, fault: Any) -> None:
    at = bench(Fault(kind=fault, endpoint="chunk", nth=3, done=True))
    with pytest.raises((OutcomeUnknown, RetryableError)):
        at.upload()
    assert "video" not in at.job.progress.recall()
    at.again()
    at.upload()
    assert (len(at.server.posts), at.asked("session"), at.asked("chunk"), at.asked("state")) == (1, 1, 3, 1)
    assert at.publish().post_id == at.server.posts[0].id


def test_a_video_without_a_name_is_asked_for_again(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    with monkeypatch.context() as patched:
        patched.setattr(YouTubeServer, "_resource", lambda *_: {"kind": "youtube#video"})
        with pytest.raises(OutcomeUnknown, match="does not name"):
            at.upload()
    at.upload()
    assert (len(at.server.posts), at.asked("chunk")) == (1, 3)


def test_what_arrived_of_a_broken_chunk_is_not_sent_again(bench: MakeBench) -> None:
    at = bench(Fault(kind="reset_during", endpoint="chunk", nth=1, done=True), Fault(kind="reset_before", endpoint="chunk", nth=3))
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            at.upload()
    at.upload()
    assert (at.asked("chunk"), at.server.uploads[0].bytes_received, at.server.posts[0].sha256) == (4, SIZE, at.job.release.video.sha256)


@pytest.mark.parametrize("amount", [-2 * BLOCK, -BLOCK, -1, 1, BLOCK, 2 * BLOCK])
@pytest.mark.parametrize("done", [True, False])
def test_a_wrong_offset_does_no_harm(bench: MakeBench, amount: int, done: bool) -> None:
    at = bench(
        Fault(kind="reset_during", endpoint="chunk", nth=2, done=done),
        Fault(kind="wrong_offset", endpoint="state", amount=amount),
        Fault(kind="wrong_offset", endpoint="chunk", nth=3, amount=amount),
    )
    for _ in range(3):
        try:
            at.upload()
            break
        except (OutcomeUnknown, RetryableError):
            at.again()
    [post] = at.server.posts
    assert post.sha256 == at.job.release.video.sha256


def test_a_server_that_gets_nowhere_is_left_alone_for_a_while(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    monkeypatch.setattr(YouTubeServer, "_make", lambda *_: None)
    with pytest.raises(RetryableError, match="does not come further") as raised:
        at.upload()
    assert raised.value.after_s == 30
    assert at.asked("chunk") == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_session_that_is_gone_begins_anew(bench: MakeBench, status: Any) -> None:
    at = bench(Fault(kind="lost_upload", endpoint="chunk", nth=2), gone_status=status)
    with pytest.raises(UploadExpired):
        at.upload()
    at.job.progress.forget()
    at.upload()
    assert [upload.state for upload in at.server.uploads] == ["gone", "used"]


def test_a_session_that_is_gone_with_its_last_answer_is_a_persons_until_its_video_is(bench: MakeBench) -> None:
    at = bench(Fault(kind="reset_during", endpoint="chunk", nth=3, done=True))
    other: dict[str, Any] = {"account": OWN, "upload": "", "sha256": "0" * 64, "size_bytes": 1, "privacy": "private"}
    at.server.new_post(id="before", title="高山土豆", caption=f"{WORDS}\n购买链接：{SHOP}", **other)
    at.made.clock.advance(5)
    with pytest.raises(OutcomeUnknown):
        at.upload()
    at.made.clock.advance(8 * 86_400)
    for number in range(60):
        at.server.new_post(id=f"after-{number}", title="别的", **other)
    with pytest.raises(ActionRequired, match="Delete it"):
        at.upload()
    at.server.amend(at.server.posts[1].id, deleted=True)
    with pytest.raises(RetryableError) as late:
        at.upload()
    # The channel's list may be hours late: not to be in it proves nothing before.
    at.made.clock.advance(late.value.after_s)
    with pytest.raises(UploadExpired):
        at.upload()


@pytest.mark.system
@pytest.mark.parametrize("keeps", [True, False], ids=["keeps what came of a chunk", "keeps whole chunks only"])
def test_two_hundred_megabytes_over_a_line_that_breaks_every_ten(keeps: bool) -> None:
    size, every = 200 * MIB, 10 * MIB
    adapter = dataclasses.replace(adapter_of("youtube"), toml="", size=size)
    settings = YouTubeSettings(keeps_cut_chunk=keeps)
    with (
        stand(adapter, Path(quick_folder()) / "w", Plan(break_every=every), settings=settings, answer_s=20) as (made, server),
        made.worker(retry_policy=RetryPolicy(stay_s=1e9)) as context,
    ):
        entry = made.prepare(context)
        assert deliver(entry.id, context) in (State.LIVE, State.LIVE_WITHOUT_CART)
        breaks = sum(call.cut == "plan" for call in server.calls)
        [upload], [post] = server.uploads, server.posts
    assert post.sha256 == entry.release.video.sha256
    assert breaks >= size // every - 1
    assert upload.bytes_received <= 1.1 * size


# The one call


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["http_500", "http_502", "http_503", "reset_during"])
def test_a_lost_answer_is_settled_by_reading_the_status_back(bench: MakeBench, kind: Any, done: bool) -> None:
    at = bench(Fault(kind=kind, endpoint="publish", done=done), processing_looks=0)
    at.upload()
    with pytest.raises(PlatformError) as raised:
        at.publish()
    assert not raised.value.had_no_effect
    assert at.look_up().state == ("live" if done else "absent")


@pytest.mark.parametrize("kind", ["timeout_not_done", "http_429"])
def test_a_call_that_came_to_nothing_is_tried_again_by_itself_with_the_same_video(tmp_path: Path, kind: Any) -> None:
    plan = Plan(faults=(Fault(kind=kind, endpoint="publish"),))
    with stand(adapter_of("youtube"), tmp_path / "w", plan, answer_s=0.5) as (made, server), made.worker() as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        while (now := context.ledger.get(entry.id)).state is not State.LIVE and now.next_at:
            made.clock.until(now.next_at)
            work_on_due(context)
        assert now.state is State.LIVE
        calls = [call.at for call in server.calls if call.endpoint == "publish"]
        # Once what was done would have to be seen, and never to a second video.
        assert calls[1] - calls[0] >= timedelta(seconds=3600)
        assert [post.privacy for post in server.posts] == ["public"]


def test_a_channel_that_is_locked_to_private_is_a_persons_and_never_live(tmp_path: Path) -> None:
    settings = YouTubeSettings(locks_private=True)
    with stand(adapter_of("youtube"), tmp_path / "w", settings=settings) as (made, server), made.worker() as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.UNCERTAIN
        [what, whether] = sorted(context.ledger.tasks.all(release_id=entry.id), key=lambda task: task.kind)
        assert "keeps the video private" in str(what.message)
        assert "whether 土豆 is public" in str(whether.message)
        for _ in range(8):
            made.clock.until(context.ledger.get(entry.id).next_at or made.clock.now())
            work_on_due(context)
        assert context.ledger.get(entry.id).state is State.UNCERTAIN
        # Whoever calls it failed and tries again finds out anew.
        settle_by_person(entry.id, "failed", ledger=context.ledger, by=PERSON, at=made.clock.now())
        context.ledger.advance(context.ledger.get(entry.id), State.PREPARED, by=PERSON, at=made.clock.now())
        assert deliver(entry.id, context) is State.UNCERTAIN
        reasons = [str(move.reason) for move in context.ledger.history(entry.id) if move.after is State.UNCERTAIN]
        assert len([reason for reason in reasons if "keeps the video private" in reason]) == 2
        # The person makes it public in YouTube Studio.
        server.amend(server.posts[0].id, privacy="public")
        made.clock.until(context.ledger.get(entry.id).next_at or made.clock.now())
        work_on_due(context)
        assert context.ledger.get(entry.id).state is State.LIVE
        assert not [task for task in context.ledger.tasks.all(release_id=entry.id) if task.closed_at is None]


@pytest.mark.parametrize("locked", [True, False])
def test_a_post_for_later_is_given_to_youtube_with_its_hour(bench: MakeBench, locked: bool) -> None:
    at = bench(locks_private=locked, processing_looks=0)
    hour = NOW + timedelta(hours=2)
    change(at, planned_at=hour)
    at.upload()
    if locked:
        with pytest.raises(OutcomeUnknown, match="keeps the video private"):
            at.publish()
        with pytest.raises(ActionRequired, match="keeps the video private"):
            at.look_up()
        return
    posted = at.publish()
    [post] = at.server.posts
    assert (post.privacy, post.scheduled_at) == ("private", hour)
    assert at.look_up(posted.post_id).state == "processing"
    at.made.clock.until(hour + timedelta(seconds=1))
    assert at.look_up(posted.post_id).state == "live"


def test_a_video_that_is_private_after_its_hour_is_a_persons(bench: MakeBench) -> None:
    at = bench()
    change(at, planned_at=NOW + timedelta(hours=2))
    at.upload()
    posted = at.publish()
    at.job.session = dataclasses.replace(at.job.session, now=lambda: NOW + timedelta(hours=3))
    with pytest.raises(ActionRequired, match="keeps the video private"):
        at.look_up(posted.post_id)


def test_an_hour_that_is_past_is_now(bench: MakeBench) -> None:
    at = bench()
    change(at, planned_at=NOW - timedelta(minutes=5))
    at.upload()
    at.publish()
    assert (at.server.posts[0].privacy, at.server.posts[0].scheduled_at) == ("public", None)


def test_an_account_may_post_unlisted(bench: MakeBench) -> None:
    at = bench(processing_looks=0)
    at.set(privacy="unlisted")
    at.upload()
    posted = at.publish()
    assert (at.server.posts[0].privacy, at.look_up(posted.post_id).state) == ("unlisted", "live")
    at.set(privacy="public")
    assert at.look_up(posted.post_id).state == "unknown"


# What became of it


def test_a_private_video_that_was_deleted_is_made_anew_and_a_new_one_may_be_missing(bench: MakeBench) -> None:
    at = bench()
    at.upload()
    at.server.amend(at.server.posts[0].id, deleted=True)
    at.upload()
    at.made.clock.advance(6 * 3601)
    with pytest.raises(UploadExpired):
        at.upload()
    at.job.progress.forget()
    at.upload()
    at.publish()
    assert [post.privacy for post in at.server.posts] == ["private", "public"]
    assert at.look_up().post_id == at.server.posts[1].id
    # Should the first one turn up again and be public, it is the release's as well.
    at.server.amend(at.server.posts[1].id, privacy="private")
    at.server.amend(at.server.posts[0].id, deleted=False, privacy="public")
    assert at.look_up().post_id == at.server.posts[0].id


def test_nothing_is_there_when_nothing_was_made(bench: MakeBench) -> None:
    at = bench()
    assert at.look_up().state == "absent"
    with pytest.raises(UploadExpired):
        at.publish()


def test_a_link_that_did_not_stick_is_missed(bench: MakeBench) -> None:
    at = bench(Fault(kind="link_does_not_stick", endpoint="post"), processing_looks=0)
    at.upload()
    assert at.look_up(at.publish().post_id).cart == "missing"


def test_two_tracks_of_one_language_are_one(bench: MakeBench) -> None:
    at = bench()
    track = at.job.release.subtitles[0]
    change(at, subtitles=(track, track, SubtitleFile(path=track.path, sha256=track.sha256, language="en")))
    at.upload()
    assert at.server.posts[0].captions == ("zh-Hans", "en")
