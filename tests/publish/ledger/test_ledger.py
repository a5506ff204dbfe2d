"""What stands in the ledger, and what a worker and a person read from it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.errors import UserMistake
from pipeline.publish.ledger import Entry, Ledger, ReleaseLeased, StaleEntry, State, Who, open_ledger

Facts = dict[str, Any]


def test_every_move_stands_there_with_who_when_and_what_was_said(
    ledger: Ledger, release: Callable[..., Release], facts: Facts, address: str
) -> None:
    now, worker = facts["now"], facts["worker"]
    entry = ledger.prepare(release(), by=facts["person"], at=now)
    with ledger.lease(entry.id, holder="worker-1", at=now):
        entry = ledger.advance(entry, State.UPLOADING, by=worker, at=now + timedelta(seconds=1))
        entry = ledger.advance(
            entry, State.UPLOADED, by=worker, at=now + timedelta(seconds=9), request_id="req-77", answer={"result": 1, "size": 1000}
        )
    with open_ledger(address) as other:
        first, second, third = other.history(entry.id)
        assert other.get(entry.id) == entry
    assert (first.before, first.after, first.by, first.at) == (None, State.PREPARED, facts["person"], now)
    assert (second.before, second.after, second.by, second.step) == (State.PREPARED, State.UPLOADING, worker, 2)
    assert (third.request_id, third.essence, third.attempt) == ("req-77", {"result": 1, "size": 1000}, 1)


def test_times_come_back_as_the_same_moments(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    shanghai = datetime(2026, 12, 1, 19, 30, 5, 123456, tzinfo=timezone(timedelta(hours=8)))
    entry = ledger.prepare(release(planned_at=shanghai), by=facts["person"], at=shanghai)
    again = ledger.get(entry.id)
    assert again.since == again.next_at == again.created_at == shanghai
    assert again.since.tzinfo == UTC


def test_a_time_without_a_zone_is_not_kept(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    with pytest.raises(ValueError, match="timezone"):
        ledger.prepare(release(), by=facts["person"], at=datetime(2026, 12, 1))
    assert not ledger.releases()


def test_the_release_comes_back_as_it_was_given(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    given = release(planned_at=facts["now"], approval="yes-1")
    assert ledger.get(ledger.prepare(given, by=facts["person"], at=facts["now"]).id).release == given


def test_an_unknown_release_is_a_mistake_of_the_command(ledger: Ledger) -> None:
    with pytest.raises(UserMistake, match="no release abc"):
        ledger.get("abc")


def test_what_is_known_of_the_post_is_kept_from_move_to_move(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    entry = brought_to(ledger, State.PUBLISH_SENT)
    entry = move(ledger, entry, State.ACCEPTED, Who.MACHINE, post_id="3x7q")
    entry = move(ledger, entry, State.LIVE, Who.LOOKUP, post_id="", link="https://v.example.com/post/3x7q")
    assert (entry.post_id, entry.link) == ("3x7q", "https://v.example.com/post/3x7q")


def test_a_pack_is_confirmed_with_a_link_or_a_screenshot_only(ledger: Ledger, brought_to: Callable[..., Entry], facts: Facts) -> None:
    claimed = brought_to(ledger, State.CLAIMED).model_copy(update={"evidence": "", "link": ""})
    with pytest.raises(UserMistake):
        ledger.advance(claimed, State.CONFIRMED, by=facts["person"], at=facts["now"])
    with pytest.raises(UserMistake, match="not a web address"):
        ledger.advance(claimed, State.CONFIRMED, by=facts["person"], at=facts["now"], link="posted it")
    assert ledger.advance(claimed, State.CONFIRMED, by=facts["person"], at=facts["now"], evidence="shots/1.png").evidence == "shots/1.png"


def test_a_claim_names_its_person_until_it_is_given_back(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry], facts: Facts
) -> None:
    claimed = brought_to(ledger, State.CLAIMED)
    assert claimed.claimed_by == facts["person"].name
    assert move(ledger, claimed, State.HANDED_OVER, Who.PERSON).claimed_by == ""


@pytest.mark.parametrize(
    ("state", "kind"),
    [(State.UNCERTAIN, "settle"), (State.LIVE_WITHOUT_CART, "cart"), (State.HANDED_OVER, "post"), (State.CLAIMED, "post")],
)
def test_a_state_that_waits_for_a_person_has_one_open_task(
    state: State, kind: str, ledger: Ledger, brought_to: Callable[..., Entry]
) -> None:
    entry = brought_to(ledger, state)
    [task] = ledger.tasks.all()
    assert (task.kind, task.release_id) == (kind, entry.id)
    assert "土豆" in str(task.message)


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (State.FAILED, State.ABANDONED),
        (State.FAILED, State.PREPARED),
        (State.LIVE_WITHOUT_CART, State.LIVE),
        (State.CLAIMED, State.CONFIRMED),
    ],
)
def test_the_task_is_closed_by_who_does_it(
    state: State, end: State, ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry], facts: Facts
) -> None:
    entry = move(ledger, brought_to(ledger, state), end, Who.PERSON)
    assert not ledger.tasks.all()
    assert ledger.tasks.all(release_id=entry.id, open_only=False)[-1].closed_by == facts["person"].name


def test_what_a_person_saw_is_not_public_is_still_to_be_decided(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry], release: Callable[..., Release], facts: Facts
) -> None:
    failed = move(ledger, brought_to(ledger, State.UNCERTAIN), State.FAILED, Who.PERSON)
    [task] = ledger.tasks.all()
    assert (task.kind, task.release_id, failed.id[:8] in str(task.message)) == ("decide", failed.id, True)
    assert [ledger.tasks.claim_telling(task.id, at=facts["now"]) for _ in range(2)] == [True, False]
    # Another story is no decision; the same with other words is one.
    for story, left in (("玉米", 1), (failed.release.story, 0)):
        ledger.prepare(release(number=9 + left, story=story), by=facts["person"], at=facts["now"])
        assert len(ledger.tasks.all()) == left


def test_a_post_without_its_cart_link_is_not_done(ledger: Ledger, brought_to: Callable[..., Entry]) -> None:
    without = brought_to(ledger, State.LIVE_WITHOUT_CART, 1)
    brought_to(ledger, State.LIVE, 2)
    assert ledger.releases(open_only=True) == [without]


def test_releases_are_found_by_story_platform_and_account(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    wanted = [{"story": "a", "platform": "x"}, {"story": "a", "platform": "y"}, {"story": "b", "platform": "x", "account": "z"}]
    for number, more in enumerate(wanted):
        ledger.prepare(release(number, **more), by=facts["person"], at=facts["now"] + timedelta(seconds=number))
    assert [entry.release.platform for entry in ledger.releases(story="a")] == ["x", "y"]
    assert [entry.release.story for entry in ledger.releases(platform="x")] == ["a", "b"]
    assert [entry.release.story for entry in ledger.releases(account="z")] == ["b"]


def test_due_is_what_a_worker_may_touch_now(
    ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], facts: Facts
) -> None:
    now, person = facts["now"], facts["person"]
    later = ledger.prepare(release(100, planned_at=now + timedelta(hours=1)), by=person, at=now)
    for number, state in enumerate(State):
        brought_to(ledger, state, number)
    states = {entry.state for entry in ledger.due(now)}
    assert states == {
        State.PREPARED,
        State.UPLOADING,
        State.UPLOADED,
        State.PUBLISH_INTENT,
        State.PUBLISH_SENT,
        State.ACCEPTED,
        State.PROCESSING,
    }
    assert later not in ledger.due(now)
    assert later in ledger.due(now + timedelta(hours=1))


def test_a_live_post_is_looked_at_again_when_a_time_was_set(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry], facts: Facts
) -> None:
    accepted = brought_to(ledger, State.ACCEPTED)
    tomorrow = facts["now"] + timedelta(days=1)
    live = move(ledger, accepted, State.LIVE, Who.LOOKUP, next_at=tomorrow)
    assert live not in ledger.due(facts["now"])
    assert ledger.due(tomorrow) == [live]


def test_a_release_that_is_put_off_stays_where_it_is(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry], facts: Facts
) -> None:
    entry = brought_to(ledger, State.PROCESSING)
    off = ledger.postpone(entry, facts["now"] + timedelta(hours=1))
    assert ledger.get(entry.id) == off
    assert not ledger.due(facts["now"])
    move(ledger, off, State.LIVE, Who.LOOKUP)
    with pytest.raises(StaleEntry):
        ledger.postpone(off, facts["now"])


def test_one_worker_at_a_time_and_the_other_learns_who(address: str, release: Callable[..., Release], facts: Facts) -> None:
    now = facts["now"]
    with open_ledger(address) as one, open_ledger(address) as two:
        entry = one.prepare(release(), by=facts["person"], at=now)
        with one.lease(entry.id, holder="worker-1 (desk)", at=now):
            with pytest.raises(ReleaseLeased, match=r"worker-1 \(desk\)"), two.lease(entry.id, holder="worker-2", at=now):
                pass
            with pytest.raises(ValueError, match="takes a release before"):
                two.advance(entry, State.UPLOADING, by=facts["worker"], at=now)
        with two.lease(entry.id, holder="worker-2", at=now):
            assert two.advance(entry, State.UPLOADING, by=facts["worker"], at=now).state is State.UPLOADING


def test_a_lease_ends_with_its_block_even_when_the_block_fails(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])
    with pytest.raises(ZeroDivisionError), ledger.lease(entry.id, holder="a", at=facts["now"]):
        raise ZeroDivisionError
    with ledger.lease(entry.id, holder="b", at=facts["now"]):
        pass


def test_the_newest_time_on_record_shows_a_clock_that_is_behind(ledger: Ledger, brought_to: Callable[..., Entry], facts: Facts) -> None:
    assert ledger.latest() is None
    entry = brought_to(ledger, State.UPLOADED)
    assert ledger.latest() == entry.since
    assert entry.since > facts["now"]


def test_a_reason_is_read_in_the_readers_language(ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]) -> None:
    reason = M("{story} is public on {platform} {account} without its cart link. Hang the product on the post there.",
               story="土豆", platform="kuaishou", account="a")  # fmt: skip
    entry = move(ledger, brought_to(ledger, State.UPLOADING), State.FAILED, Who.MACHINE, reason=reason)
    assert ledger.get(entry.id).reason == reason
    assert ledger.history(entry.id)[-1].reason == reason
