"""From prepared to live, once."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from pipeline.documents.message import M
from pipeline.documents.release import Captions
from pipeline.errors import Fault, UserMistake
from pipeline.network.http import NotSent
from pipeline.publish.engine import RetryPolicy, deliver, first_attempt_at, settle_by_person, work_on_due
from pipeline.publish.ledger import ReleaseLeased, State
from tests.fakes.publishing_setup import NOW, PERSON, WORDS, Stand, line
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault as Wrong
from tests.fakes.servers.fault_plan import Plan

AtPlatform = Callable[..., tuple[Stand, Server]]
DAY = timedelta(days=1)


def asked(server: Server, *endpoints: str) -> int:
    """How many calls of these endpoints came."""
    return sum(call.endpoint in endpoints for call in server.calls)


def test_a_release_becomes_a_live_post(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.LIVE
        entry = context.ledger.get(entry.id)
        assert [move.after for move in context.ledger.history(entry.id)] == [
            *(State.PREPARED, State.UPLOADING, State.UPLOADED, State.PUBLISH_INTENT, State.PUBLISH_SENT, State.ACCEPTED),
            *(State.PROCESSING, State.LIVE),
        ]
    [post] = server.posts
    assert (post.sha256, post.caption, post.product, post.state) == (entry.release.video.sha256, WORDS, "2020", "live")
    assert entry.post_id == post.id
    assert entry.link == f"https://www.kuaishou.com/short-video/{post.id}"


def test_a_live_release_is_not_delivered_again(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        entry = made.prepare(context)
        assert [deliver(entry.id, context) for _ in range(3)] == [State.LIVE] * 3
    assert asked(server, "publish") == 1


def test_every_state_is_on_the_disk_before_its_call_leaves(at_platform: AtPlatform) -> None:
    made, _ = at_platform()
    seen: dict[str, set[str]] = {}

    def look(request: httpx.Request) -> None:
        connection = sqlite3.connect(f"file:{made.folder / 'ledger.db'}?mode=ro", uri=True)
        [(state,)] = connection.execute("SELECT state FROM releases").fetchall()
        connection.close()
        seen.setdefault(request.url.path.rpartition("/")[2], set()).add(state)

    client = line(made.answer_s)
    client.event_hooks = {"request": [look], "response": []}
    try:
        with made.worker() as context:
            deliver(made.prepare(context).id, context)
    finally:
        client.event_hooks = {"request": [], "response": []}
    assert {name: seen[name] for name in ("start_upload", "fragment", "complete", "publish")} == {
        "start_upload": {"uploading"},
        "fragment": {"uploading"},
        "complete": {"uploading"},
        "publish": {"publish_intent"},
    }
    assert "publish_intent" not in seen["info"]


def test_a_token_that_would_end_is_renewed_before_the_intent_is_written(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    grant = server.grants.give("coop-main", made.adapter.scopes)
    made.log_in(grant.access, grant.refresh, made.clock.now() + timedelta(seconds=700))
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.LIVE
    endpoints = [call.endpoint for call in server.calls]
    assert "refresh" not in endpoints[: endpoints.index("start_upload")]
    assert endpoints.index("start_upload") < endpoints.index("refresh") < endpoints.index("publish")
    assert endpoints.count("refresh") == 1


def test_a_token_that_is_refused_is_replaced(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="expired_token", endpoint="start_upload"), Wrong(kind="expired_token", endpoint="info"))
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.LIVE
    assert asked(server, "refresh") == 2
    assert len(server.posts) == 1


def test_a_permission_that_was_taken_back_ends_as_failed_with_a_task(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="revoked_token", endpoint="start_upload"))
    with made.worker() as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.FAILED
        assert "Log in again" in str(context.ledger.get(entry.id).reason)
        assert {task.kind for task in context.ledger.tasks.all(release_id=entry.id)} == {"decide", "act"}
        # The person logs in, and the same command is given again.
        grant = server.grants.give("coop-main", made.adapter.scopes)
        made.log_in(grant.access, grant.refresh, grant.access_ends)
        assert context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now()).attempt == 2
        assert deliver(entry.id, context) is State.LIVE
        assert not context.ledger.tasks.all(release_id=entry.id)


def test_a_planned_post_is_brought_over_ahead_and_never_public_early(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    hour = NOW + timedelta(hours=5)
    with made.worker() as context:
        release = made.release(planned_at=hour)
        touch = first_attempt_at(release, made.adapter.platform.capabilities)
        assert touch is not None
        entry = context.ledger.prepare(release, by=PERSON, at=NOW, next_at=touch)
        assert deliver(entry.id, context) is State.PREPARED
        assert not server.calls
        made.clock.until(touch)
        assert [entry.state for entry in work_on_due(context)] == [State.UPLOADED]
        assert (asked(server, "publish"), asked(server, "complete")) == (0, 1)
        made.clock.until(hour - timedelta(seconds=301))
        assert deliver(entry.id, context) is State.UPLOADED
        made.clock.until(hour)
        assert deliver(entry.id, context) is State.LIVE
    # Before publishing it was asked whether the bytes are still there; they were not sent again.
    assert (asked(server, "publish"), asked(server, "complete"), asked(server, "start_upload")) == (1, 1, 1)
    assert hour <= server.posts[0].created_at < hour + timedelta(seconds=5)


def test_bytes_that_the_platform_has_forgotten_meanwhile_are_sent_again(at_platform: AtPlatform) -> None:
    made, server = at_platform(upload_life_s=3600)
    hour = NOW + timedelta(hours=5)
    with made.worker() as context:
        entry = context.ledger.prepare(made.release(planned_at=hour), by=PERSON, at=NOW, next_at=NOW)
        assert deliver(entry.id, context) is State.UPLOADED
        made.clock.until(hour)
        assert deliver(entry.id, context) is State.LIVE
    assert asked(server, "start_upload") == 2
    assert len(server.posts) == 1


def test_a_call_that_never_left_is_made_again_at_once(at_platform: AtPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    made, server = at_platform()
    whole, gone = made.adapter.platform.publish, [True, True]

    def publish(*given: Any) -> Any:
        if gone:
            gone.pop()
            raise NotSent(M("The platform cannot be reached ({error}).", error="ConnectError"), 90.0)
        return whole(*given)

    monkeypatch.setattr(made.adapter.platform, "publish", publish)
    with made.worker() as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.LIVE
        assert context.ledger.get(entry.id).attempt == 3
    assert (asked(server, "publish"), asked(server, "start_upload", "complete"), len(server.posts)) == (1, 2, 1)
    assert server.posts[0].created_at - NOW >= timedelta(seconds=180)


def test_what_never_leaves_ends_as_failed_after_its_attempts(at_platform: AtPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    made, server = at_platform()
    tried: list[int] = []

    def publish(*_: Any) -> None:
        tried.append(1)
        raise NotSent(M("The platform cannot be reached ({error}).", error="ConnectError"), 0.0)

    monkeypatch.setattr(made.adapter.platform, "publish", publish)
    with made.worker() as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.FAILED
        assert "cannot be reached" in str(context.ledger.get(entry.id).reason)
    assert (len(tried), asked(server, "publish")) == (RetryPolicy().attempts, 0)


def test_an_upload_that_gets_nowhere_is_given_up(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="http_503", endpoint="fragment", nth=0))
    with made.worker(retry_policy=RetryPolicy(stay_s=1e9)) as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.FAILED
        assert "503" in str(context.ledger.get(entry.id).reason)
    waits = [seconds for seconds in made.clock.waited if seconds]
    assert len(waits) >= RetryPolicy().tries - 1
    assert waits == sorted(waits)
    assert not server.posts


def test_a_platform_that_is_not_there_is_waited_for_and_then_given_up(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    server.stop()
    with made.worker() as context:
        entry = made.prepare(context)
        # What takes longer than one run may wait is left with its next hour.
        assert deliver(entry.id, context) is State.UPLOADING
        left = context.ledger.get(entry.id)
        assert left.next_at is not None
        assert left.next_at > made.clock.now()
    with made.worker(retry_policy=RetryPolicy(stay_s=1e9)) as context:
        assert deliver(entry.id, context) is State.FAILED
        assert "cannot be reached" in str(context.ledger.get(entry.id).reason)


def test_a_second_worker_leaves_a_release_alone(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as first, made.worker(worker="worker-2") as second:
        entry = made.prepare(first)
        with first.ledger.lease(entry.id, holder="worker-1", at=NOW), pytest.raises(ReleaseLeased, match="worker-1"):
            deliver(entry.id, second)
        assert not server.calls
        assert deliver(entry.id, second) is State.LIVE


def test_two_posts_with_the_same_words_are_not_in_doubt_at_the_same_time(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="timeout_not_done", endpoint="publish"))
    with made.worker(retry_policy=RetryPolicy(stay_s=0)) as context:
        first = made.prepare(context)
        assert deliver(first.id, context) is State.UNCERTAIN
        made.video.write_bytes(bytes(120_000))
        second = made.prepare(context, again="another film of the same field")
        assert deliver(second.id, context) is State.UPLOADED
        assert asked(server, "publish") == 1
        made.clock.advance(3600)
        work_on_due(context)
        assert [context.ledger.get(each.id).state for each in (first, second)] == [State.UNCERTAIN, State.UPLOADED]
        settle_by_person(first.id, "failed", ledger=context.ledger, by=PERSON, at=made.clock.now())
        for _ in range(6):
            made.clock.advance(300)
            work_on_due(context)
        assert context.ledger.get(second.id).state is State.LIVE
    assert [post.sha256 for post in server.posts] == [second.release.video.sha256]


def test_the_calls_of_a_day_are_counted_over_all_workers(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    toml = made.folder / "fieldcut.toml"
    toml.write_text(toml.read_text() + "\ncalls_per_day = 4\n")
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.ACCEPTED
        assert asked(server, "start_upload", "list", "publish", "info") == 4
    with made.worker(worker="worker-2") as context:
        [entry] = context.ledger.releases()
        # Peking's midnight is the next one.
        assert entry.next_at is not None
        assert entry.next_at >= NOW.replace(hour=16, minute=0)
        made.clock.advance(600)
        assert work_on_due(context) == ()
        made.clock.until(entry.next_at)
        assert [entry.state for entry in work_on_due(context)] == [State.PROCESSING]
    assert asked(server, "info") == 2


def test_a_platform_that_asks_to_be_left_alone_is_left_alone_by_every_worker(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="http_429", endpoint="start_upload", retry_after_s=600))
    with made.worker() as context, made.worker(worker="worker-2") as other:
        entries = [made.prepare(context, captions=Captions(text=f"{WORDS}{number}"), again="a test") for number in range(2)]
        assert [deliver(entry.id, each) for entry, each in zip(entries, (context, other), strict=True)] == [State.UPLOADING] * 2
        assert asked(server, "start_upload") == 1
        made.clock.advance(700)
        assert {entry.state for entry in work_on_due(other)} == {State.LIVE}
    assert [call.at - NOW >= timedelta(seconds=600) for call in server.calls if call.endpoint == "start_upload"] == [False, True, True]


def test_a_ledger_that_cannot_be_written_stops_it_before_the_call(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    held: list[sqlite3.Connection] = []

    def hold(response: httpx.Response) -> None:
        # Another program takes the ledger right after the last thing that is asked before publishing.
        if response.request.url.path.endswith("/photo/list") and not held:
            held.append(sqlite3.connect(made.folder / "ledger.db", isolation_level=None))
            held[0].execute("BEGIN IMMEDIATE")

    client = line(made.answer_s)
    client.event_hooks = {"request": [], "response": [hold]}
    try:
        with made.worker(patience_s=0.2) as context:
            entry = made.prepare(context)
            with pytest.raises(Fault, match="busy"):
                deliver(entry.id, context)
    finally:
        client.event_hooks = {"request": [], "response": []}
        held[0].close()
    assert asked(server, "publish") == 0
    with made.worker() as context:
        assert deliver(entry.id, context) is State.LIVE
    assert len(server.posts) == 1


def test_an_unknown_account_or_platform_is_said_and_nothing_changes(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        for changes in ({"account": "nobody"}, {"platform": "elsewhere"}):
            entry = made.prepare(context, **changes)
            with pytest.raises(UserMistake):
                deliver(entry.id, context)
            assert context.ledger.get(entry.id).state is State.PREPARED
    assert not server.calls


def test_a_mistake_of_the_adapter_while_publishing_leaves_it_uncertain(at_platform: AtPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = at_platform()
    for error in (ZeroDivisionError("a token may stand here"), KeyboardInterrupt()):

        def fail(*_: Any, error: BaseException = error) -> None:
            raise error

        with made.worker() as context, monkeypatch.context() as patch:
            patch.setattr(made.adapter.platform, "publish", fail)
            entry = made.prepare(context, captions=Captions(text=f"{WORDS}{type(error).__name__}"), again="a test")
            with pytest.raises(type(error)):
                deliver(entry.id, context)
            entry = context.ledger.get(entry.id)
            assert entry.state is State.UNCERTAIN
            assert type(error).__name__ in str(entry.reason)
            assert "token" not in str(entry.reason)


def test_nothing_secret_is_left_in_the_ledger_or_the_logs(at_platform: AtPlatform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    made, server = at_platform(
        Wrong(kind="reset_during", endpoint="fragment", nth=2), Wrong(kind="expired_token", endpoint="info"), answer_s=2
    )
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.LIVE
    kept = b"".join(path.read_bytes() for path in made.folder.rglob("*") if path.is_file()) + caplog.text.encode()
    assert server.uploads[0].id.encode() not in kept
    for word in (b"access-token-", b"refresh-token-", b"upload-token-", b"secret-of-the"):
        assert word not in kept


def test_a_healed_platform_takes_up_where_it_broke(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="http_503", endpoint="fragment", nth=3), Wrong(kind="http_503", endpoint="fragment", nth=4))
    with made.worker(retry_policy=RetryPolicy(tries=2)) as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.FAILED
        server.heal(Plan())
        context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        assert deliver(entry.id, context) is State.LIVE
    assert asked(server, "start_upload") == 1
    assert asked(server, "fragment") == 4 + 2
