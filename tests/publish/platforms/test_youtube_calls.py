"""What YouTube's answers mean to the adapter, and what it knows before anything is sent."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from pipeline.documents.release import Captions, CartLink, CoverFile, Release
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, RateLimited, Rejected, RetryableError, TokenRejected
from pipeline.publish.engine.preflight import limit_problems
from pipeline.publish.platforms.youtube.adapter import PLATFORM
from pipeline.publish.platforms.youtube.calls import NotFound
from tests.fakes.adapter_bench import Bench, bench_of
from tests.fakes.publishing_setup import NOW, OWN
from tests.fakes.servers.google import no
from tests.fakes.servers.http_wire import Answer
from tests.fakes.servers.youtube import SCOPES, YouTubeServer, YouTubeSettings

MIB = 1024 * 1024
bench = bench_of("youtube", YouTubeSettings)
MakeBench = Callable[..., Bench]


NOES: dict[tuple[int, str], type[PlatformError]] = {
    (401, "authError"): TokenRejected, (403, "quotaExceeded"): RetryableError, (403, "dailyLimitExceeded"): RetryableError,
    (400, "uploadLimitExceeded"): RetryableError, (403, "rateLimitExceeded"): RateLimited, (429, "userRateLimitExceeded"): RateLimited,
    (403, "youtubeSignupRequired"): ActionRequired, (403, "forbiddenPrivacySetting"): ActionRequired, (403, "forbidden"): ActionRequired,
    (403, "insufficientPermissions"): ActionRequired, (403, "authenticatedUserAccountSuspended"): ActionRequired,
    (404, "videoNotFound"): NotFound, (400, "invalidPublishAt"): Rejected, (400, "invalidTitle"): Rejected,
    (503, "backendError"): RetryableError, (400, "backendError"): RetryableError,
    (418, "teapot"): OutcomeUnknown, (302, ""): OutcomeUnknown,
}  # fmt: skip


@pytest.mark.parametrize(("status", "reason"), NOES)
def test_each_reason_ends_as_it_means(bench: MakeBench, status: int, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    at.upload()
    monkeypatch.setattr(YouTubeServer, "update", lambda *_: no(status, reason))
    with pytest.raises(PlatformError) as raised:
        at.publish()
    assert type(raised.value) is NOES[status, reason]
    assert raised.value.response["status"] == status
    assert not raised.value.had_no_effect, "no line of the contract says that a refusal did nothing"


@pytest.mark.parametrize(
    ("status", "body"), [(200, b""), (200, b"[]"), (200, b"{}"), (200, b'{"status": 1}'), (403, b"<html>"), (400, b"{}")]
)
def test_an_answer_that_is_not_youtubes_settles_nothing(
    bench: MakeBench, status: int, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = bench()
    at.upload()
    monkeypatch.setattr(YouTubeServer, "update", lambda *_: Answer(status, body=body))
    with pytest.raises(OutcomeUnknown):
        at.publish()


def test_a_login_without_the_last_permission_is_a_persons(bench: MakeBench) -> None:
    at = bench()
    at.upload()
    grant = at.server.grants.give(OWN, SCOPES)
    at.made.log_in(grant.access, grant.refresh, grant.access_ends)
    with pytest.raises(ActionRequired, match="lacks a permission"):
        at.publish()


@pytest.mark.parametrize("place", ["", "//x", "https://[::1", "\ufffd\ufffd", "{}"])
def test_a_garbled_upload_address_is_asked_for_again_and_blames_no_setting(
    bench: MakeBench, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = bench()
    with monkeypatch.context() as garbled:
        garbled.setattr(YouTubeServer, "session", lambda *_: Answer(200, headers={"Location": quote(place)} if place else {}))
        with pytest.raises(OutcomeUnknown, match="lacks Location"):
            at.upload()
    at.upload()
    assert [post.privacy for post in at.server.posts] == ["private"]


def test_a_strange_upload_address_that_is_named_once_is_not_believed(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    at, whole = bench(), YouTubeServer.session
    answers = [lambda *_: Answer(200, headers={"Location": "https://g0ogleapis.example/u"}), whole]
    monkeypatch.setattr(YouTubeServer, "session", lambda *given: answers.pop(0)(*given))
    at.upload()
    assert [post.privacy for post in at.server.posts] == ["private"]


@pytest.mark.parametrize("place", ["https://evil.example/u?upload_id=1", "https://googleapis.com.evil.example/u"])
def test_an_upload_address_elsewhere_gets_nothing(bench: MakeBench, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    monkeypatch.setattr(YouTubeServer, "session", lambda *_: Answer(200, headers={"Location": place} if place else {}))
    with pytest.raises(ActionRequired, match="upload_hosts"):
        at.upload()
    assert "session" not in at.job.progress.recall()
    assert at.asked("chunk", "state") == 0


@pytest.mark.parametrize(("state", "field", "reason", "words"), [
    ("rejected", "rejectionReason", "copyright", "somebody else's work"), ("rejected", "rejectionReason", "new", "(new)"),
    ("failed", "failureReason", "codec", "codec"), ("failed", "failureReason", "", "(–)"),
])  # fmt: skip
def test_a_refusal_says_why(bench: MakeBench, state: str, field: str, reason: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    at.upload()
    posted = at.publish()
    status = {"uploadStatus": state, "privacyStatus": "public", field: reason}
    monkeypatch.setattr(YouTubeServer, "_resource", lambda _, post, __: {"id": post.id, "status": status})
    seen = at.look_up(posted.post_id)
    assert (seen.state, words in str(seen.reason)) == ("refused", True)
    with pytest.raises(Rejected):
        at.upload()


def cover(**changes: Any) -> tuple[CoverFile, ...]:
    return (CoverFile(**{"path": "a.jpg", "sha256": "0" * 64, "size_bytes": 9, "width": 9, "height": 16, **changes}),)


PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "a long title": ({"captions": Captions(title="字" * 101)}, "the title has 101 characters, and 100 are allowed"),
    "a title of emoji": ({"captions": Captions(title="a" + "🥔" * 50)}, "101 characters"),
    "no title": ({"captions": Captions(text="字")}, "the title is empty"),
    "a bracket in the title": ({"captions": Captions(title="<b>")}, "no < and no >"),
    "a bracket in a topic": ({"captions": Captions(title="b", topics=("a>b",))}, "no < and no >"),
    "a long description": ({"captions": Captions(title="b", text="字" * 1667)}, "and 5000 are allowed"),
    "a description that its link makes too long": ({"captions": Captions(title="b", text="字" * 1660)}, "and 5000 are allowed"),
    "many topics": ({"captions": Captions(title="b", topics=("字" * 249, "a b" * 83))}, "the topics have 501 characters"),
    "a heavy thumbnail": ({"covers": cover(size_bytes=2 * MIB + 1)}, "a.jpg is not a JPEG or PNG picture of at most 2 MB"),
    "a thumbnail of another kind": ({"covers": cover(path="a.webp")}, "a.webp is not a JPEG or PNG"),
}


@pytest.mark.parametrize("why", PROBLEMS)
def test_what_youtube_would_refuse_is_known_before_anything_is_sent(bench: MakeBench, why: str) -> None:
    at = bench()
    changes, words = PROBLEMS[why]
    release = Release(**{**dict(at.job.release), **changes})
    assert words in "; ".join(map(str, PLATFORM.problems(release, at.job.settings)))


def test_a_good_release_and_one_without_a_cover_are_taken(bench: MakeBench) -> None:
    at = bench()
    bare = at.job.release.model_copy(update={"covers": (), "subtitles": (), "cart": CartLink()})
    for release in (at.job.release, bare):
        assert PLATFORM.problems(release, at.job.settings) == ()
    late = at.job.release.model_copy(update={"planned_at": NOW})
    assert "cannot stay unlisted" in str(PLATFORM.problems(late, {**at.job.settings, "privacy": "unlisted"}))


@pytest.mark.parametrize(("changes", "words"), [({"length_s": 901}, "900"), ({"size_bytes": 274_877_906_945}, "274")])
def test_a_video_over_the_limits_is_refused(bench: MakeBench, changes: dict[str, Any], words: str) -> None:
    at = bench()
    limits = PLATFORM.limits(at.job.settings)
    assert words in "; ".join(map(str, limit_problems(limits, at.job.release.video.model_copy(update=changes))))
    assert not list(limit_problems(limits, at.job.release.video))
