"""The Kuaishou adapter against its server: fragments that are sent once, one call that publishes, and a post that is found again."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from pipeline.documents.release import Captions, CartLink, CoverFile, Declarations, Release
from pipeline.network.errors import (
    ActionRequired,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    RetryableError,
    TokenRejected,
    UploadExpired,
)
from pipeline.publish.platforms.kuaishou.adapter import PLATFORM
from tests.fakes.adapter_bench import Bench, adapter_of, bench_of, over_a_line_that_breaks
from tests.fakes.publishing_setup import OWN, PICTURE, WORDS
from tests.fakes.servers.fault_plan import Fault
from tests.fakes.servers.http_wire import Answer
from tests.fakes.servers.kuaishou import KuaishouServer, KuaishouSettings

KUAISHOU = adapter_of("kuaishou")


bench = bench_of("kuaishou", partial(KuaishouSettings, hidden_looks=0))


def test_the_file_arrives_whole_and_each_fragment_once(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.upload()
    at.publish()
    [post] = at.server.posts
    assert (post.sha256, post.size_bytes) == (at.job.release.video.sha256, 150_000)
    assert at.server.uploads[0].bytes_received == 150_000
    assert at.asked("start_upload", "complete") == 2
    assert at.asked("resume") == 0


def test_only_what_is_missing_is_sent_after_a_break(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="reset_during", endpoint="fragment", nth=2, done=True), Fault(kind="reset_before", endpoint="fragment", nth=4))
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            at.upload()
    at.upload()
    # Four fragments: the second had arrived although its answer had not, the fourth had not.
    assert at.asked("fragment") == 5
    assert at.server.uploads[0].bytes_received == 150_000
    assert at.server.uploads[0].state == "complete"


def test_the_token_is_on_the_disk_before_the_first_byte(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="reset_before", endpoint="fragment"))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    kept = at.context.ledger.progress.load(at.job.entry.id)
    assert kept is not None
    assert kept.session.get_secret_value() == at.server.uploads[0].id
    at.again()
    at.upload()
    assert [upload.state for upload in at.server.uploads] == ["complete"]


@pytest.mark.parametrize("amount", [-2, -1, 1, 2])
@pytest.mark.parametrize("resent", ["answers", "refused"])
def test_a_list_of_fragments_that_is_wrong_does_no_harm(bench: Callable[..., Bench], amount: int, resent: str) -> None:
    at = bench(
        Fault(kind="reset_before", endpoint="fragment", nth=3),
        Fault(kind="wrong_offset", endpoint="resume", amount=amount),
        resent_fragment=resent,
    )
    with pytest.raises(OutcomeUnknown):
        at.upload()
    at.upload()
    at.publish()
    assert at.server.posts[0].sha256 == at.job.release.video.sha256


@pytest.mark.parametrize("resent", ["answers", "refused"])
def test_a_fragment_that_is_delivered_twice_does_no_harm(bench: Callable[..., Bench], resent: str) -> None:
    at = bench(Fault(kind="duplicate_fragment", endpoint="fragment", nth=0), resent_fragment=resent)
    at.upload()
    at.publish()
    assert at.server.posts[0].sha256 == at.job.release.video.sha256


def test_finishing_twice_does_no_harm(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="reset_during", endpoint="complete", done=True))
    with pytest.raises(OutcomeUnknown):
        at.upload()
    at.upload()
    assert (at.asked("fragment"), at.server.uploads[0].state) == (4, "complete")


def test_an_upload_that_is_no_longer_known_begins_anew(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="lost_upload", endpoint="fragment", nth=3))
    with pytest.raises(UploadExpired):
        at.upload()
    at.job.progress.forget()
    at.upload()
    assert [upload.state for upload in at.server.uploads] == ["gone", "complete"]


@pytest.mark.system
def test_two_hundred_megabytes_over_a_line_that_breaks_every_ten() -> None:
    over_a_line_that_breaks(KUAISHOU, part_mb=8)


@pytest.mark.parametrize("host", ["evil.cn", "gifshow.com.evil.cn", "localhost"])
def test_an_upload_host_that_is_not_on_the_list_gets_nothing(bench: Callable[..., Bench], host: str) -> None:
    at = bench(upload_host=host)
    with pytest.raises(ActionRequired, match="upload_hosts"):
        at.upload()
    assert (at.asked("start_upload"), at.asked("fragment")) == (2, 0)
    assert "session" not in at.job.progress.recall()


GARBLED_STARTS: dict[str, dict[str, Any]] = {
    "no host": {"result": 1, "upload_token": "t-1"},
    "two hosts in one": {"result": 1, "upload_token": "t-1", "endpoint": "127.0.0.1:1@evil.cn"},
    "a blank": {"result": 1, "upload_token": "t-1", "endpoint": " "},
    "a number": {"result": 1, "upload_token": "t-1", "endpoint": 7},
    "a strange host, once": {"result": 1, "upload_token": "t-1", "endpoint": "g1fshow.cn"},
    "no token": {"result": 1, "endpoint": "127.0.0.1"},
    "a token in pieces": {"result": 1, "upload_token": {"a": "b"}, "endpoint": "127.0.0.1"},
    "a code that nobody knows": {"result": 998877, "error_msg": "?"},
    "a yes that is none": {"result": True, "upload_token": "t-1", "endpoint": "127.0.0.1"},
}


@pytest.mark.parametrize("garbled", GARBLED_STARTS)
def test_a_garbled_answer_to_the_first_call_is_tried_again_and_blames_no_setting(
    bench: Callable[..., Bench], garbled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, whole = bench(), KuaishouServer.start_upload
    answers = [lambda *_: Answer(data=GARBLED_STARTS[garbled]), whole]
    monkeypatch.setattr(KuaishouServer, "start_upload", lambda *given: answers.pop(0)(*given))
    with suppress(OutcomeUnknown):
        at.upload()
    at.upload()
    assert [upload.state for upload in at.server.uploads] == ["complete"]


def test_this_machine_is_an_upload_host_only_where_the_settings_say_so(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.set(upload_hosts=("gifshow.com", "kwimgs.com"))
    with pytest.raises(ActionRequired, match="upload_hosts"):
        at.upload()
    assert at.asked("fragment") == 0


@pytest.mark.parametrize("field", ["form", "query"])
def test_the_product_goes_where_the_settings_say(bench: Callable[..., Bench], field: str) -> None:
    at = bench(product_field=field)
    at.set(product_field=field)
    at.upload()
    at.publish()
    assert at.server.posts[0].product == "2020"


def test_the_post_has_its_words_and_the_cover_of_its_shape(bench: Callable[..., Bench]) -> None:
    at = bench()
    wide = at.made.folder / "wide.png"
    wide.write_bytes(b"\x89PNG" + bytes(99))
    covers = (
        CoverFile(path=str(wide), sha256="0" * 64, size_bytes=103, width=1600, height=900),
        *at.job.release.covers,
    )
    release = at.job.release.model_copy(update={"covers": covers})
    at.upload()
    PLATFORM.publish(release, at.job.session, at.job.progress)
    [post] = at.server.posts
    assert (post.caption, post.cover_sha256) == (WORDS, hashlib.sha256(PICTURE).hexdigest())


def test_a_cover_that_was_changed_is_not_sent(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.upload()
    at.made.cover.write_bytes(PICTURE + b"!")
    with pytest.raises(Rejected, match="changed"):
        at.publish()
    assert at.asked("publish") == 0


PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "a long caption": ({"captions": Captions(text="土" * 1001)}, "1001 characters"),
    "an empty caption": ({"captions": Captions(title="土豆")}, "the caption is empty"),
    "no cover": ({"covers": ()}, "a cover is missing"),
    "a heavy cover": ({"covers": (CoverFile(path="a.jpg", sha256="0" * 64, size_bytes=10_000_000, width=9, height=16),)}, "below 10 MB"),
    "a cover of another kind": ({"covers": (CoverFile(path="a.webp", sha256="0" * 64, size_bytes=10, width=9, height=16),)}, "JPEG or PNG"),
    "a product with letters": ({"cart": CartLink(kind="product_id", value="kwai-1")}, "not the number of a product"),
    "AI that is not said": ({"declarations": Declarations(ai_generated=True)}, "AI declaration"),
    "AI in another word": ({"declarations": Declarations(ai_generated=True), "captions": Captions(text="fresh maize")}, "AI declaration"),
}


@pytest.mark.parametrize("why", PROBLEMS)
def test_what_kuaishou_would_refuse_is_known_before_anything_is_sent(bench: Callable[..., Bench], why: str) -> None:
    at = bench()
    changes, words = PROBLEMS[why]
    release = Release(**{**dict(at.job.release), **changes})
    assert any(words in str(problem) for problem in PLATFORM.problems(release, at.job.settings))


def test_nothing_is_wrong_with_a_good_release(bench: Callable[..., Bench]) -> None:
    at = bench()
    assert PLATFORM.problems(at.job.release, at.job.settings) == ()
    said = at.job.release.model_copy(
        update={"declarations": Declarations(ai_generated=True), "captions": Captions(text="部分画面由AI生成")}
    )
    assert PLATFORM.problems(said, at.job.settings) == ()


ENDS: dict[int, type[PlatformError]] = {
    100200100: ActionRequired, 100200101: ActionRequired, 100200102: TokenRejected, 100200103: ActionRequired, 100200106: ActionRequired,
    100200107: ActionRequired, 100200108: TokenRejected, 100200109: ActionRequired, 100200110: ActionRequired, 100200111: ActionRequired,
    100200113: ActionRequired, 100200500: RetryableError, 100100402: ActionRequired, 120002: UploadExpired, 120003: Rejected,
    100400: Rejected,
    10000200: Rejected, 777: OutcomeUnknown,
}  # fmt: skip


@pytest.mark.parametrize("code", ENDS)
def test_each_code_of_the_contract_ends_as_it_means(bench: Callable[..., Bench], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    at.upload()
    no = Answer(data={"result": code, "error": "no", "error_msg": "不行"}, code=str(code))
    monkeypatch.setattr(KuaishouServer, "publish", lambda *_: no)
    with pytest.raises(PlatformError) as raised:
        at.publish()
    assert type(raised.value) is ENDS[code] or (ENDS[code] is Rejected and isinstance(raised.value, Rejected))
    assert "不行" in str(raised.value.message)
    assert raised.value.response["result"] == code
    assert not raised.value.had_no_effect, "no line of the contract says that a refusal did nothing"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"result": 1}', b'{"result": 1, "video_info": {}}', b'{"result": "yes"}', b'{"result": null}']
)
def test_an_answer_that_names_no_post_is_no_answer(bench: Callable[..., Bench], body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    at.upload()
    monkeypatch.setattr(KuaishouServer, "publish", lambda *_: Answer(body=body))
    with pytest.raises(OutcomeUnknown):
        at.publish()


@pytest.mark.parametrize("kind", ["http_500", "http_502", "http_503"])
@pytest.mark.parametrize("done", [True, False])
def test_a_gateways_error_says_nothing_of_a_publishing_call(bench: Callable[..., Bench], kind: Any, done: bool) -> None:
    at = bench(
        Fault(kind=kind, endpoint="publish", done=done, retry_after_s=30), Fault(kind=kind, endpoint="start_upload", retry_after_s=30)
    )
    with pytest.raises(RetryableError) as early:
        at.upload()
    assert early.value.after_s == 30
    at.upload()
    with pytest.raises(RetryableError) as late:
        at.publish()
    assert not late.value.had_no_effect


def test_too_many_calls_say_how_long_to_wait_and_nothing_of_the_post(bench: Callable[..., Bench]) -> None:
    at = bench(Fault(kind="http_429", endpoint="publish", retry_after_s=60, as_date=True))
    at.upload()
    with pytest.raises(RateLimited) as raised:
        at.publish()
    assert raised.value.after_s == 60
    assert not raised.value.had_no_effect


@pytest.mark.parametrize("second", ["refused", "second_post", "same_post"])
def test_a_call_that_is_delivered_twice_is_no_clean_no(bench: Callable[..., Bench], second: str) -> None:
    at = bench(Fault(kind="duplicate_fragment", endpoint="publish"), second_publish=second)
    at.upload()
    if second == "refused":
        with pytest.raises(Rejected) as raised:
            at.publish()
        assert not raised.value.had_no_effect
        assert at.look_up().post_id == at.server.posts[0].id
    else:
        assert at.publish().post_id in {post.id for post in at.server.posts}


def test_a_permission_that_was_never_given_is_a_persons(bench: Callable[..., Bench]) -> None:
    at = bench()
    grant = at.server.grants.give(OWN, ("user_info",))
    at.made.log_in(grant.access, grant.refresh, grant.access_ends)
    with pytest.raises(ActionRequired, match="lacks a permission"):
        at.upload()


def test_a_post_is_processing_until_it_is_not_pending(bench: Callable[..., Bench]) -> None:
    at = bench(processing_looks=2, hidden_looks=1)
    at.upload()
    posted = at.publish()
    seen = [at.look_up(posted.post_id) for _ in range(4)]
    assert [each.state for each in seen] == ["processing", "processing", "processing", "live"]
    assert (seen[-1].cart, seen[-1].address) == ("there", f"https://www.kuaishou.com/short-video/{posted.post_id}")


@pytest.mark.parametrize("milliseconds", [True, False])
def test_a_post_is_found_again_by_words_and_time(bench: Callable[..., Bench], milliseconds: bool) -> None:
    at = bench(create_time_ms=milliseconds)
    words = Captions(text=f"  {WORDS.replace(' ', '  ')}\n")
    at.server.new_post(id="before", account=OWN, upload="", sha256="0" * 64, size_bytes=1, caption=WORDS)
    at.server.new_post(id="pinned", account="somebody-else", upload="", sha256="0" * 64, size_bytes=1, caption=WORDS)
    at.upload()
    at.publish()
    at.server.new_post(id="after", account=OWN, upload="", sha256="0" * 64, size_bytes=1, caption=WORDS + "!")
    at.job.entry = at.job.entry.model_copy(update={"release": at.job.release.model_copy(update={"captions": words})})
    assert at.look_up().post_id == at.server.posts[2].id


def test_with_hundreds_of_posts_since_it_is_still_found(bench: Callable[..., Bench]) -> None:
    at = bench(calls_per_day=5000)
    at.upload()
    at.publish()
    for number in range(230):
        at.made.clock.advance(1)
        at.server.new_post(id=f"more-{number}", account=OWN, upload="", sha256="0" * 64, size_bytes=1, caption=str(number))
    assert at.look_up().post_id == at.server.posts[0].id
    # Three pages and the end; one was asked for before.
    assert at.asked("list") == 5


@pytest.mark.parametrize("off_s", [-1700, 1700])
def test_times_are_compared_by_the_clock_of_the_platform(bench: Callable[..., Bench], off_s: float) -> None:
    at = bench()
    ours = at.made.clock
    at.server.clock = lambda: ours.now() + timedelta(seconds=off_s)
    at.server.new_post(id="just-before", account=OWN, upload="", sha256="0" * 64, size_bytes=1, caption=WORDS)
    ours.advance(5)
    at.upload()
    at.job.progress.keep(for_good={"before": []})  # as if the list had hidden it
    since = ours.now()
    assert at.look_up(since=since).state == "absent"
    at.publish()
    assert at.look_up(since=since).post_id == at.server.posts[1].id


def test_a_post_of_the_same_moment_is_not_taken_for_ours(bench: Callable[..., Bench]) -> None:
    at = bench()
    at.server.new_post(id="a-moment-before", account=OWN, upload="", sha256="0" * 64, size_bytes=1, caption=WORDS)
    at.made.clock.advance(1)
    at.upload()
    at.job.progress.keep(for_good={"before": []})
    assert at.look_up(since=at.made.clock.now()).state == "unknown"


@pytest.mark.parametrize(("hidden_s", "state"), [(0.0, "processing"), (600.0, "absent")])
def test_a_number_from_a_broken_answer_does_not_lose_the_post(bench: Callable[..., Bench], hidden_s: float, state: str) -> None:
    at = bench(list_hidden_s=hidden_s)
    at.upload()
    post_id = at.publish().post_id
    at.made.clock.advance(60)
    seen = at.look_up("3xbr0ken")
    assert (seen.state, seen.post_id) == (state, post_id if state == "processing" else "3xbr0ken")
