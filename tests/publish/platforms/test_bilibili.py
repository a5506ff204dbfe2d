"""The Bilibili adapter against its server: signed calls, parts that are sent once, one call that submits, a review that is waited for."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.release import Captions, CoverFile, Declarations, Release
from pipeline.language import say
from pipeline.network.errors import ActionRequired, OutcomeUnknown, RateLimited, Rejected, RetryableError, UploadExpired
from pipeline.publish.engine import deliver
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import State
from pipeline.publish.platforms.bilibili.adapter import PLATFORM
from tests.fakes.adapter_bench import Bench, adapter_of, bench_of, over_a_line_that_breaks
from tests.fakes.publishing_setup import NOW, OWN, PERSON, PICTURE, TITLE, WORDS, quick_folder, stand
from tests.fakes.servers.bilibili import BilibiliServer, BilibiliSettings
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.http_wire import Answer

BILIBILI = adapter_of("bilibili")
DAY = timedelta(days=1)


bench = bench_of("bilibili", BilibiliSettings)


# Upload


def test_the_file_arrives_whole_and_each_part_once(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.upload()
    at.publish()
    [post] = at.server.posts
    assert (post.sha256, post.size_bytes) == (at.job.release.video.sha256, 150_000)
    assert at.server.uploads[0].bytes_received == 150_000
    assert (at.asked("init"), at.asked("part"), at.asked("complete"), at.asked("cover")) == (1, 4, 1, 1)


@pytest.mark.parametrize("resent", ["overwrites", "refused"])
def test_only_the_part_that_was_under_way_is_sent_again_after_a_break(bench: Callable[..., Bench], resent: str) -> None:
    at = bench(
        Fault(kind="reset_during", endpoint="part", nth=2, done=True),
        Fault(kind="reset_before", endpoint="part", nth=4),
        resent_part=resent,
    )
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            at.upload()
        at.again()
    at.upload()
    at.publish()
    assert at.asked("part") == 4 + 2
    assert at.server.posts[0].sha256 == at.job.release.video.sha256


def test_the_token_is_on_the_disk_before_the_first_byte(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="reset_before", endpoint="part"))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    kept = at.context.ledger.progress.load(at.job.entry.id)
    assert kept is not None
    assert kept.session.get_secret_value() == at.server.uploads[0].id
    at.again()
    at.upload()
    assert [upload.state for upload in at.server.uploads] == ["complete"]


@pytest.mark.parametrize("resent", ["overwrites", "refused"])
def test_a_part_that_is_delivered_twice_does_no_harm(bench: Callable[..., Bench], resent: str) -> None:
    at = bench(Fault(kind="duplicate_fragment", endpoint="part", nth=2), resent_part=resent)
    if resent == "refused":
        # A no to a part that was never sent before may mean anything: from the first byte then.
        with pytest.raises(UploadExpired):
            at.upload()
        at.job.progress.forget()
    at.upload()
    at.publish()
    assert at.server.posts[0].sha256 == at.job.release.video.sha256


def test_finishing_twice_does_no_harm(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="reset_during", endpoint="complete", done=True))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    at.upload()
    assert (at.asked("part"), at.server.uploads[0].state) == (4, "complete")


def test_an_upload_that_is_no_longer_known_begins_anew(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="lost_upload", endpoint="part", nth=3), Fault(kind="lost_upload", endpoint="add"))
    with pytest.raises(UploadExpired):
        at.upload()
    at.job.progress.forget()
    at.upload()
    with pytest.raises(UploadExpired):
        at.publish()
    at.job.progress.forget()
    at.upload()
    at.publish()
    assert [upload.state for upload in at.server.uploads] == ["gone", "gone", "used"]
    assert len(at.server.posts) == 1


def test_a_lost_answer_to_the_cover_does_not_bring_the_file_over_again(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="timeout_done", endpoint="cover"))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    at.upload()
    assert (at.asked("part"), at.asked("cover")) == (4, 2)


@pytest.mark.system
def test_two_hundred_megabytes_over_a_line_that_breaks_every_ten() -> None:
    over_a_line_that_breaks(BILIBILI, part_mb=8)


def test_a_category_that_is_not_there_stops_it_before_the_first_byte(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.set(category=9999)
    with pytest.raises(Rejected, match="251 三农"):
        at.upload()
    assert at.server.uploads == ()


@pytest.mark.parametrize("shown", [None, [], {}, [{"id": "x"}], [{"id": 1, "children": [{"id": 251, "name": "三农", "children": None}]}]])
def test_a_list_of_categories_that_cannot_be_read_stops_nothing(bench: Callable[..., Bench], shown: Any) -> None:
    at = bench()
    at.says("types", code=0, data=shown)
    at.upload()
    assert at.server.uploads[0].state == "complete"


# Submitting


def test_the_post_has_its_words_its_tags_and_the_cover_of_its_shape(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.set(topic_id=77)
    wide = CoverFile(path="wide.png", sha256="0" * 64, size_bytes=103, width=1600, height=900)
    at.job.entry = at.job.entry.model_copy(update={"release": at.job.release.model_copy(update={"covers": (wide, *at.job.release.covers)})})
    at.upload()
    at.publish()
    [post] = at.server.posts
    assert (post.title, post.caption, post.cover_sha256) == (TITLE, WORDS, hashlib.sha256(PICTURE).hexdigest())
    sent = {name: post.fields[name] for name in ("tid", "tag", "copyright", "no_reprint", "topic_id")}
    assert sent == {"tid": 251, "tag": "土豆,大桥镇", "copyright": 1, "no_reprint": 1, "topic_id": 77}


def test_what_others_filmed_is_posted_as_theirs(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.set(repost_source="县融媒体中心")
    release = at.job.release.model_copy(update={"declarations": Declarations(ai_generated=False, original=False)})
    at.job.entry = at.job.entry.model_copy(update={"release": release})
    at.upload()
    at.publish()
    fields = at.server.posts[0].fields
    assert (fields["copyright"], fields["source"], fields["no_reprint"]) == (2, "县融媒体中心", 0)
    assert "topic_id" not in fields


def test_a_cover_that_was_changed_is_not_sent(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.made.cover.write_bytes(PICTURE + b"!")
    with pytest.raises(Rejected, match="changed"):
        at.upload()
    assert at.asked("cover") == 0


def cover(name: str, size_bytes: int) -> tuple[CoverFile, ...]:
    return (CoverFile(path=name, sha256="0" * 64, size_bytes=size_bytes, width=9, height=16),)


PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"captions": Captions(text=WORDS, topics=("土豆",))}, "the title is empty"),
    "a title of emoji": ({"captions": Captions(title="🥔", topics=("土豆",))}, "the title is empty"),
    "a long title": ({"captions": Captions(title="土" * 81, topics=("土豆",))}, "the title has 81 characters, and 80"),
    "a long description": ({"captions": Captions(title=TITLE, text="土" * 251, topics=("土豆",))}, "the description has 251 characters"),
    "no topic": ({"captions": Captions(title=TITLE)}, "at least one topic"),
    "a topic of two": ({"captions": Captions(title=TITLE, topics=("土豆,大桥镇",))}, "is no topic"),
    "an empty topic": ({"captions": Captions(title=TITLE, topics=("土豆", " "))}, "is no topic"),
    "a long topic": ({"captions": Captions(title=TITLE, topics=("土" * 201,))}, "the topics have 201 characters, and 200"),
    "long topics": ({"captions": Captions(title=TITLE, topics=tuple("土" * 40 for _ in range(5)))}, "the topics have 204 characters"),
    "no cover": ({"covers": ()}, "a cover is missing"),
    "a heavy cover": ({"covers": cover("a.jpg", 5_000_000)}, "below 5 MB"),
    "a cover of another kind": ({"covers": cover("a.webp", 10)}, "JPEG or PNG"),
    "AI that is not said": ({"declarations": Declarations(ai_generated=True)}, "Bilibili takes no AI declaration"),
    "somebody else's": ({"declarations": Declarations(ai_generated=False, original=False)}, "repost_source"),
}
VIDEOS: dict[str, tuple[dict[str, Any], str]] = {
    "a wide picture": ({"width": 7680, "height": 4320}, "7680×4320, and 4096 pixels"),
    "a fast picture": ({"fps": 240}, "240 frames a second"),
    "a heavy file": ({"size_bytes": 4_000_000_001}, "4000 MB are allowed"),
    "a long film": ({"length_s": 18_001}, "18000.0 s are allowed"),
    "another codec": ({"video_codec": "vp9"}, "vp9"),
}


@pytest.mark.parametrize("why", [*PROBLEMS, *VIDEOS])
def test_what_bilibili_would_refuse_is_known_before_anything_is_sent(why: str) -> None:
    changes, words = {**PROBLEMS, **VIDEOS}[why]
    with stand(BILIBILI, Path(quick_folder()) / "w") as (made, server), made.worker() as context:
        good = made.release()
        changes = {"video": good.video.model_copy(update=changes)} if why in VIDEOS else changes
        entry = context.ledger.prepare(Release(**{**dict(good), **changes}), by=PERSON, at=NOW)
        assert deliver(entry.id, context) is State.FAILED
        reason = context.ledger.get(entry.id).reason
    assert reason is not None
    assert words in str(reason)
    assert say(reason, "zh") != str(reason)
    assert not server.calls


def test_nothing_is_wrong_with_a_good_release(bench: Callable[..., Bench]) -> None:
    at = bench()
    assert PLATFORM.problems(at.job.release, at.job.settings) == ()
    said = at.job.release.model_copy(
        update={"declarations": Declarations(ai_generated=True), "captions": at.job.release.captions.model_copy(update={"text": "AI 生成"})}
    )
    assert PLATFORM.problems(said, at.job.settings) == ()


@pytest.mark.parametrize("second", ["refused", "second_post", "same_post"])
def test_a_call_that_is_delivered_twice_is_no_clean_no(bench: Callable[..., Bench], second: str) -> None:
    at = bench(Fault(kind="duplicate_fragment", endpoint="add"), second_publish=second)
    at.upload()
    # Its nonce was used up by the first one.
    with pytest.raises(ActionRequired) as raised:
        at.publish()
    assert not raised.value.had_no_effect
    assert [at.look_up().post_id] == [post.id for post in at.server.posts]


def test_a_category_list_that_was_garbled_once_blames_no_setting(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    at, whole = bench(), BilibiliServer.types
    answers = [lambda *_: Answer(data={"code": 0, "data": [{"id": 17, "name": "单机游戏"}]}), whole]
    monkeypatch.setattr(BilibiliServer, "types", lambda *given: answers.pop(0)(*given))
    at.upload()
    assert at.server.uploads[0].state == "complete"


def test_the_posts_of_a_day_are_counted_and_a_call_that_is_repeated_counts_once(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="http_429", endpoint="add"), posts_per_day=99)
    at.job.limits = PLATFORM.limits(at.settings(posts_per_day=1))
    at.upload()
    for ending in (RateLimited, None):
        if ending:
            with pytest.raises(ending):
                at.publish()
        else:
            at.publish()
    other = at.context.ledger.prepare(at.made.release(captions=Captions(title="南瓜", topics=("南瓜",))), by=PERSON, at=NOW)
    assert other.id != at.job.entry.id
    with pytest.raises(RetryableError) as spent:
        at.job.session.spend("posts")
    # Midnight in Peking is at four in the afternoon.
    assert spent.value.after_s == (16 - 11.5) * 3600


def test_a_platform_that_has_had_its_posts_of_the_day_leaves_it_in_doubt_and_is_asked_for_the_post() -> None:
    with stand(BILIBILI, Path(quick_folder()) / "w", settings=BilibiliSettings(posts_per_day=0)) as (made, server):
        with made.worker() as context:
            entry = made.prepare(context)
            assert deliver(entry.id, context) is State.UNCERTAIN
            left = context.ledger.get(entry.id)
            assert "used up" in str(left.reason)
            assert left.next_at is not None
            assert left.next_at - NOW >= timedelta(hours=6)
        assert [call.endpoint for call in server.calls].count("add") == 1


def test_a_permission_that_was_never_given_is_a_persons(bench: Callable[..., Bench]) -> None:
    at = bench()
    grant = at.server.grants.give(OWN, ("USER_INFO",))
    at.made.log_in(grant.access, grant.refresh, grant.access_ends)
    with pytest.raises(ActionRequired, match="lacks a permission"):
        at.upload()


# Looking


def test_a_post_is_in_review_until_it_is_open(bench: Callable[..., Bench]) -> None:
    at = bench(processing_looks=2, hidden_looks=1)
    at.upload()
    posted = at.publish()
    seen = [at.look_up(posted.post_id) for _ in range(4)]
    assert [each.state for each in seen] == ["processing", "processing", "processing", "live"]
    assert seen[-1].address == f"https://www.bilibili.com/video/{posted.post_id}"


def test_what_the_review_refuses_ends_as_failed_with_its_reason() -> None:
    plan = Plan(faults=(Fault(kind="processing_then_refused", endpoint="post", amount=2),))
    with stand(BILIBILI, Path(quick_folder()) / "w", plan) as (made, _), made.worker(retry_policy=RetryPolicy(stay_s=1e6)) as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.FAILED
        assert "画面不清晰" in str(context.ledger.get(entry.id).reason)


STATES: dict[str, tuple[Any, str]] = {
    "open": ({"state": 0}, "live"),
    "pending": ({"state": -1, "reject_reason": ""}, "processing"),
    "under review": ({"state": -30}, "processing"),
    "returned": ({"state": -2}, "refused"),
    "locked": ({"state": -4, "state_desc": "锁定"}, "refused"),
    "deleted": ({"state": -100}, "refused"),
    "refused with a reason": ({"state": -16, "reject_reason": "转码失败"}, "refused"),
    "a step that no document lists": ({"state": -9, "state_desc": "转码中"}, "unknown"),
    "another state above": ({"state": 1}, "unknown"),
    "not a number": ({"state": "0"}, "unknown"),
    "a truth": ({"state": False}, "unknown"),
    "nothing": (None, "unknown"),
}


@pytest.mark.parametrize("which", STATES)
def test_only_what_is_open_is_called_live(bench: Callable[..., Bench], which: str) -> None:
    info, state = STATES[which]
    at = bench()
    at.says("view", code=0, request_id="r-1", data={"addit_info": info})
    seen = at.look_up("BV1")
    assert (seen.state, seen.post_id, seen.request_id) == (state, "BV1", "r-1")
    assert bool(seen.address) == (state == "live")
    assert state not in ("refused", "unknown") or seen.reason is not None


def test_a_post_is_found_again_by_words_and_time(bench: Callable[..., Bench]) -> None:
    at = bench()
    like_it = {"account": OWN, "upload": "", "sha256": "0" * 64, "size_bytes": 1, "fields": {"cover": ""}}
    at.server.new_post(id="before", title=TITLE, caption=WORDS, **like_it)
    at.upload()
    at.publish()
    at.server.new_post(id="after", title=TITLE + "!", caption=WORDS, **like_it)
    at.server.new_post(id="other-words", title=TITLE, caption=WORDS + "!", **like_it)
    assert at.look_up().post_id == at.server.posts[1].id


def test_a_post_whose_description_was_changed_there_is_not_called_absent(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.upload()
    at.publish()
    at.server.amend(at.server.posts[0].id, caption="平台改过的简介")
    assert at.look_up().state == "unknown"


def test_with_hundreds_of_posts_since_it_is_still_found(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.upload()
    at.publish()
    for number in range(120):
        at.made.clock.advance(1)
        at.server.new_post(
            id=f"more-{number}", account=OWN, upload="", sha256="0" * 64, size_bytes=1, title=str(number), fields={"cover": ""}
        )
    assert at.look_up().post_id == at.server.posts[0].id
    assert at.asked("viewlist") == 1 + 3


def test_a_list_that_is_empty_is_a_list(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.says("viewlist", code=0, request_id="r-1", data={"list": None})
    assert at.look_up().state == "absent"
    at.says("viewlist", code=0, request_id="r-1", data={"page": {}})
    with pytest.raises(OutcomeUnknown):
        at.look_up()
