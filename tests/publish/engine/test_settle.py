"""What is not known is looked up, never repeated; and what cannot be looked up is a person's to say."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.release import Captions, CartLink
from pipeline.errors import UserMistake
from pipeline.publish.engine import EngineContext, RetryPolicy, deliver, settle, settle_by_person, work_on_due
from pipeline.publish.ledger import RESUMABLE, Actor, AlreadyReleased, ForbiddenMove, State, Who
from tests.fakes.publishing_setup import NOW, PERSON, WORDS, Stand, open_ones
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault

AtPlatform = Callable[..., tuple[Stand, Server]]
LOST = Fault(kind="timeout_done", endpoint="publish")
NOT_DONE = Fault(kind="timeout_not_done", endpoint="publish")
SHORT = RetryPolicy(stay_s=0)


def asked(server: Server, endpoint: str) -> int:
    """How many calls of this endpoint came."""
    return sum(call.endpoint == endpoint for call in server.calls)


def until_quiet(made: Stand, context: EngineContext, most_s: float = 30 * 86_400) -> None:
    """Settle, or go on with an upload, whenever something is due, until nothing is or so much time has passed."""
    end = made.clock.now() + timedelta(seconds=most_s)
    while (times := [entry.next_at for entry in open_ones(context.ledger) if entry.next_at]) and min(times) < end:
        made.clock.until(min(times))
        (work_on_due if any(entry.state in RESUMABLE for entry in open_ones(context.ledger)) else settle)(context)


def test_a_lost_answer_is_found_by_words_and_time(at_platform: AtPlatform) -> None:
    made, server = at_platform(LOST, answer_s=0.3)
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.UNCERTAIN
        assert [task.kind for task in context.ledger.tasks.all()] == ["settle"]
        until_quiet(made, context)
        entry = context.ledger.get(entry.id)
        assert (entry.state, entry.post_id) == (State.LIVE, server.posts[0].id)
        assert not context.ledger.tasks.all()
    assert asked(server, "publish") == 1


def test_a_call_that_never_arrived_ends_as_failed_once_a_list_would_show_it(at_platform: AtPlatform) -> None:
    made, server = at_platform(NOT_DONE, answer_s=0.3)
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context, 80_000)
        assert context.ledger.get(entry.id).state is State.UNCERTAIN
        until_quiet(made, context)
        entry = context.ledger.get(entry.id)
        assert entry.state is State.FAILED
        assert "shows no such post" in str(entry.reason)
        assert entry.since - NOW >= timedelta(days=1)
        # A look-up may be wrong: only a person tries again.
        with pytest.raises(AlreadyReleased):
            context.ledger.prepare(entry.release, by=Actor(who=Who.MACHINE, name="worker-1"), at=made.clock.now())
        context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        deliver(entry.id, context)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.LIVE
    assert len(server.posts) == 1


def test_a_post_that_shows_only_after_it_was_given_up_is_not_posted_again(at_platform: AtPlatform) -> None:
    made, server = at_platform(LOST, answer_s=0.3, list_hidden_s=30 * 3600)
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.FAILED
        made.clock.advance(10 * 3600)
        grant = server.grants.give("coop-main", made.adapter.scopes)
        made.log_in(grant.access, grant.refresh, grant.access_ends)
        context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        deliver(entry.id, context)
        until_quiet(made, context)
        entry = context.ledger.get(entry.id)
        assert (entry.state, entry.post_id) == (State.LIVE, server.posts[0].id)
    assert asked(server, "publish") == 1


def test_an_older_post_with_the_same_words_is_not_taken_for_ours(at_platform: AtPlatform) -> None:
    made, server = at_platform(NOT_DONE, answer_s=0.3)
    server.new_post(id="older", account="coop-main", upload="", sha256="0" * 64, size_bytes=1, caption=WORDS)
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.FAILED


def test_of_two_posts_that_fit_a_person_says_which(at_platform: AtPlatform) -> None:
    made, server = at_platform(LOST, answer_s=0.3)
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        server.new_post(id="by-hand", account="coop-main", upload="", sha256="0" * 64, size_bytes=1, caption=WORDS)
        until_quiet(made, context, 90 * 86_400)
        entry = context.ledger.get(entry.id)
        assert (entry.state, entry.next_at) == (State.UNCERTAIN, None)
        assert [task.kind for task in context.ledger.tasks.all()] == ["settle"]
        link = f"https://www.kuaishou.com/short-video/{server.posts[0].id}"
        done = settle_by_person(entry.id, "live", ledger=context.ledger, by=PERSON, at=made.clock.now(), link=link)
        assert (done.state, done.link) == (State.LIVE, link)
        assert not context.ledger.tasks.all()


def test_processing_that_ends_in_a_refusal_is_failed(at_platform: AtPlatform) -> None:
    made, _ = at_platform(Fault(kind="processing_then_refused", endpoint="post", amount=3))
    with made.worker() as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.FAILED
        assert "transcoding failed" in str(context.ledger.get(entry.id).reason)


@pytest.mark.system
def test_processing_without_end_becomes_a_persons_task(at_platform: AtPlatform) -> None:
    made, server = at_platform(Fault(kind="processing_forever_until", endpoint="post", amount=10_000))
    with made.worker() as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context)
        entry = context.ledger.get(entry.id)
        assert (entry.state, entry.next_at) == (State.UNCERTAIN, None)
        assert [task.kind for task in context.ledger.tasks.all()] == ["settle"]
    # Less and less often, and not for ever.
    assert 20 < asked(server, "info") < 100


def test_a_cart_link_that_does_not_stick_is_not_live_and_is_a_task(at_platform: AtPlatform) -> None:
    made, server = at_platform(Fault(kind="link_does_not_stick", endpoint="post"))
    with made.worker() as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context, 7200)
        assert context.ledger.get(entry.id).state is State.LIVE_WITHOUT_CART
        assert [task.kind for task in context.ledger.tasks.all()] == ["cart"]
        server.amend(server.posts[0].id, link_stuck=True)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.LIVE
        assert not context.ledger.tasks.all()


def test_a_cart_link_that_cannot_be_read_is_looked_at_by_a_person(at_platform: AtPlatform) -> None:
    made, _ = at_platform(product_in_info=False)
    with made.worker() as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.LIVE
        assert [task.kind for task in context.ledger.tasks.all()] == ["look_at_cart"]


def test_nobody_is_asked_to_look_at_a_cart_link_that_was_never_wanted(at_platform: AtPlatform) -> None:
    made, _ = at_platform(product_in_info=False)
    with made.worker() as context:
        entry = made.prepare(context, cart=CartLink())
        assert deliver(entry.id, context) is State.LIVE
        assert not context.ledger.tasks.all()


def test_a_live_post_is_looked_at_again(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        entries = [made.prepare(context, captions=Captions(text=f"{WORDS}{number}"), again="a test") for number in range(2)]
        assert [deliver(entry.id, context) for entry in entries] == [State.LIVE] * 2
        server.amend(server.posts[0].id, deleted=True)
        server.amend(server.posts[1].id, link_stuck=False)
        made.clock.advance(3700)
        (work_on_due if any(entry.state in RESUMABLE for entry in open_ones(context.ledger)) else settle)(context)
        until_quiet(made, context)
        assert [context.ledger.get(entry.id).state for entry in entries] == [State.REMOVED, State.LIVE_WITHOUT_CART]


def test_a_look_up_that_needs_a_login_asks_for_it_and_goes_on_after(at_platform: AtPlatform) -> None:
    made, server = at_platform(Fault(kind="revoked_token", endpoint="info"))
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.ACCEPTED
        until_quiet(made, context, 3600)
        assert [task.kind for task in context.ledger.tasks.all()] == ["act"]
        grant = server.grants.give("coop-main", made.adapter.scopes)
        made.log_in(grant.access, grant.refresh, grant.access_ends)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.LIVE
        assert not context.ledger.tasks.all()


def test_settling_publishes_nothing(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        made.prepare(context)
        assert settle(context, at_once=True) == ()
        assert not server.calls
        assert [entry.state for entry in work_on_due(context)] == [State.LIVE]


def test_one_account_that_is_gone_does_not_keep_the_others(at_platform: AtPlatform) -> None:
    made, _ = at_platform()
    with made.worker() as context:
        gone = made.prepare(context, account="gone")
        good = made.prepare(context)
        work_on_due(context)
        assert context.ledger.get(good.id).state is State.LIVE
        assert context.ledger.get(gone.id).state is State.PREPARED
        assert [task.release_id for task in context.ledger.tasks.all()] == [gone.id]


def test_what_a_person_says_needs_a_person_and_something_to_show(at_platform: AtPlatform, tmp_path: Path) -> None:
    made, _ = at_platform(NOT_DONE, answer_s=0.3)
    shot = tmp_path / "截图.png"
    shot.write_bytes(b"png")
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        given: dict[str, Any] = {"ledger": context.ledger, "by": PERSON, "at": made.clock.now()}
        with pytest.raises(ForbiddenMove):
            settle_by_person(entry.id, "live", **given, link="https://www.kuaishou.com/short-video/3x")
        deliver(entry.id, context)
        for wrong in ({}, {"link": "http://www.kuaishou.com/short-video/3x"}, {"screenshot": tmp_path / "none.png"}, {"link": "3x"}):
            with pytest.raises(UserMistake):
                settle_by_person(entry.id, "live", **given, **wrong)
        machine = Actor(who=Who.MACHINE, name="worker-1")
        with pytest.raises(UserMistake, match="Only a person"):
            settle_by_person(entry.id, "failed", ledger=context.ledger, by=machine, at=made.clock.now())
        assert context.ledger.get(entry.id).state is State.UNCERTAIN
        done = settle_by_person(entry.id, "live", **given, screenshot=shot)
        assert (done.state, done.evidence) == (State.LIVE, str(shot))


def test_what_a_person_called_failed_is_looked_for_before_it_is_posted_again(at_platform: AtPlatform) -> None:
    made, server = at_platform(LOST, answer_s=0.3)
    with made.worker(retry_policy=SHORT) as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        done = settle_by_person(entry.id, "failed", ledger=context.ledger, by=PERSON, at=made.clock.now(), note="没看到")
        assert done.state is State.FAILED
        assert "没看到" in str(done.reason)
        context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        deliver(entry.id, context)
        until_quiet(made, context)
        assert context.ledger.get(entry.id).state is State.LIVE
    assert asked(server, "publish") == 1
