"""A story once a feed account: a kin that is live, in doubt or on its way keeps another release back until a person gives a reason."""

from collections.abc import Callable

import pytest

from pipeline.documents.release import Captions
from pipeline.publish.engine import RetryPolicy, deliver, settle_by_person, standing_kin
from pipeline.publish.engine.kin import is_feed
from pipeline.publish.ledger import State
from tests.fakes.publishing_setup import PERSON, WORDS, Stand
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault

AtPlatform = Callable[..., tuple[Stand, Server]]
MENDED = Captions(title="高山土豆", text=f"{WORDS}！")


def test_a_mended_word_does_not_make_the_story_public_twice(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.LIVE
        second = made.prepare(context, captions=MENDED)
        assert deliver(second.id, context) is State.FAILED
        reason = str(context.ledger.get(second.id).reason)
        assert "is live" in reason
        assert "--insist" in reason
        assert "decide" in {task.kind for task in context.ledger.tasks.all(release_id=second.id)}
    assert len(server.posts) == 1


def test_nor_while_the_first_one_is_in_doubt(at_platform: AtPlatform) -> None:
    made, server = at_platform(Fault(kind="timeout_done", endpoint="publish"), answer_s=0.3)
    with made.worker(retry_policy=RetryPolicy(stay_s=0)) as context:
        assert deliver(made.prepare(context).id, context) is State.UNCERTAIN
        assert deliver(made.prepare(context, captions=MENDED).id, context) is State.FAILED
    assert len(server.posts) == 1


def test_of_two_on_their_way_the_first_goes_on(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        first = made.prepare(context)
        made.clock.advance(1)
        second = made.prepare(context, captions=MENDED)
        assert deliver(second.id, context) is State.FAILED
        assert deliver(first.id, context) is State.LIVE
    assert [post.caption for post in server.posts] == [WORDS]


def test_a_person_who_says_why_posts_it_again(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.LIVE
        again = made.prepare(context, captions=MENDED, again="价格写错了，要重发")
        assert deliver(again.id, context) is State.LIVE
        [override] = context.ledger.overrides.of("土豆")
        assert (override.reason, override.release_id) == ("价格写错了，要重发", again.id)
    assert len(server.posts) == 2


def test_what_replaces_a_post_is_proved_live_before_anybody_takes_the_old_one_down(at_platform: AtPlatform) -> None:
    made, server = at_platform(Fault(kind="processing_forever_until", endpoint="post", nth=2, amount=2))
    with made.worker(retry_policy=RetryPolicy(stay_s=0)) as context:
        old = made.prepare(context)
        while context.ledger.get(old.id).state is not State.LIVE:
            made.clock.advance(600)
            deliver(old.id, context)
        new = made.prepare(context, captions=MENDED, replaces=(old.id,))
        while context.ledger.get(new.id).state is not State.LIVE:
            assert not context.ledger.tasks.all(release_id=old.id)
            made.clock.advance(600)
            deliver(new.id, context)
        [task] = context.ledger.tasks.all(release_id=old.id)
        assert task.kind == "take_down"
        assert server.posts[0].id in str(task.message)
        gone = settle_by_person(old.id, "removed", ledger=context.ledger, by=PERSON, at=made.clock.now())
        assert gone.state is State.REMOVED
        assert not context.ledger.tasks.all(release_id=old.id)
        assert not standing_kin(new.release, context.ledger)


@pytest.mark.parametrize(
    ("platform", "feed"),
    [("kuaishou", True), ("douyin", True), ("youtube", True), ("shelf", False), ("wechat_chat", False), ("group_buy", False),
     ("big_screen", False)],
)  # fmt: skip
def test_groups_posters_and_the_shelf_take_one_film_per_leader(platform: str, feed: bool) -> None:
    assert is_feed(platform) is feed


def test_another_account_and_another_platform_have_seen_nothing_yet(at_platform: AtPlatform) -> None:
    made, _ = at_platform()
    with made.worker() as context:
        assert deliver(made.prepare(context).id, context) is State.LIVE
        for changes in ({"account": "other"}, {"platform": "bilibili"}):
            assert not standing_kin(made.release(**changes), context.ledger)
        assert standing_kin(made.release(captions=MENDED), context.ledger)
