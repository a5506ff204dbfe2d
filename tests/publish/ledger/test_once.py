"""The same video with the same words goes to the same account once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.documents.release import Captions, Declarations, PageShown, Release
from pipeline.errors import UserMistake
from pipeline.publish.ledger import REPOST, AlreadyReleased, Entry, Ledger, StaleEntry, State, Who
from tests.publish.ledger.conftest import way_to

Facts = dict[str, Any]


def test_the_very_same_is_refused_with_when_and_where_it_stands(
    ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], facts: Facts
) -> None:
    live = brought_to(ledger, State.LIVE)
    with pytest.raises(AlreadyReleased) as refused:
        ledger.prepare(release(), by=facts["person"], at=facts["now"] + timedelta(days=3))
    assert refused.value.entry == live
    assert live.created_at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M") in str(refused.value)
    assert "live" in str(refused.value)
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    "change",
    [
        {"account": "coop-second"},
        {"platform": "youtube"},
        {"captions": Captions(title="又一批")},
        {"declarations": Declarations(ai_generated=True)},
    ],
    ids=["account", "platform", "words", "declaration"],
)
def test_another_account_platform_or_text_is_another_release(
    change: Facts, ledger: Ledger, release: Callable[..., Release], facts: Facts
) -> None:
    ledger.prepare(release(), by=facts["person"], at=facts["now"])
    ledger.prepare(release(**change), by=facts["person"], at=facts["now"])
    assert len(ledger.releases()) == 2


def test_another_cover_or_hour_is_the_same_release(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    ledger.prepare(release(), by=facts["person"], at=facts["now"])
    with pytest.raises(AlreadyReleased):
        ledger.prepare(release(planned_at=facts["now"] + timedelta(days=1)), by=facts["person"], at=facts["now"])


def test_a_person_who_insists_gives_a_reason_that_is_kept(
    ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], facts: Facts
) -> None:
    brought_to(ledger, State.LIVE)
    second = ledger.prepare(release(), by=facts["person"], at=facts["now"], repost_reason="  first one was shown to nobody ")
    assert second.edition == 1
    [kept] = ledger.overrides.of("土豆", REPOST)
    assert (kept.reason, kept.by, kept.release_id) == ("first one was shown to nobody", facts["person"], second.id)


@pytest.mark.parametrize(("page", "other_is_live", "goes_back"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_page_of_ones_own_goes_back_to_what_it_said_once_another_took_its_place(
    page: bool,
    other_is_live: bool,
    goes_back: bool,
    ledger: Ledger,
    release: Callable[..., Release],
    move: Callable[..., Entry],
    facts: Facts,
) -> None:
    shown = {"page": PageShown()} if page else {}
    for number, state in ((1, State.REMOVED), *([(2, State.LIVE)] if other_is_live else [])):
        entry = ledger.prepare(release(number, **shown), by=facts["person"], at=facts["now"])
        for to, who in way_to(state):
            entry = move(ledger, entry, to, who)
    if goes_back:
        assert ledger.prepare(release(1, **shown), by=facts["worker"], at=facts["now"]).edition == 1
    else:
        with pytest.raises(AlreadyReleased):
            ledger.prepare(release(1, **shown), by=facts["person"], at=facts["now"])


def test_a_machine_cannot_insist(ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], facts: Facts) -> None:
    brought_to(ledger, State.LIVE)
    with pytest.raises(UserMistake):
        ledger.prepare(release(), by=facts["worker"], at=facts["now"], repost_reason="because")
    assert len(ledger.releases()) == 1


@pytest.mark.parametrize(
    "state", sorted(set(State) - {State.LIVE, State.LIVE_WITHOUT_CART, State.CONFIRMED, State.REMOVED, State.FAILED, State.ABANDONED})
)
def test_nobody_can_insist_while_the_first_may_still_become_public(
    state: State, ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], facts: Facts
) -> None:
    brought_to(ledger, state)
    with pytest.raises(AlreadyReleased):
        ledger.prepare(release(), by=facts["person"], at=facts["now"], repost_reason="it is urgent")
    assert not ledger.overrides.of("土豆")


@pytest.mark.parametrize("state", [State.FAILED, State.ABANDONED])
def test_what_is_known_not_to_be_public_is_tried_again_as_the_same_release(
    state: State, ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], facts: Facts
) -> None:
    failed = brought_to(ledger, state)
    planned = facts["now"] + timedelta(days=2)
    again = ledger.prepare(release(planned_at=planned), by=facts["person"], at=facts["now"])
    assert (again.id, again.attempt, again.state, again.edition) == (failed.id, 2, State.PREPARED, 0)
    assert (again.release.planned_at, again.next_at) == (planned, planned)
    assert again.post_id == again.evidence == ""
    assert ledger.get(failed.id) == again
    assert not ledger.overrides.of("土豆")


def test_a_machine_that_enters_again_what_a_look_up_called_failed_is_refused(
    ledger: Ledger, release: Callable[..., Release], brought_to: Callable[..., Entry], move: Callable[..., Entry], facts: Facts
) -> None:
    move(ledger, brought_to(ledger, State.UNCERTAIN), State.FAILED, Who.LOOKUP)
    with pytest.raises(AlreadyReleased):
        ledger.prepare(release(), by=facts["worker"], at=facts["now"])


def test_an_id_is_never_given_to_another_release(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    first = ledger.prepare(release(1), by=facts["person"], at=facts["now"])
    with pytest.raises(ValueError, match="belongs to another"):
        ledger.prepare(release(2, id=first.id), by=facts["person"], at=facts["now"])
    assert [entry.id for entry in ledger.releases()] == [first.id]


def test_who_read_an_older_step_is_told_that_another_was_faster(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    seen = brought_to(ledger, State.HANDED_OVER)
    moved = move(ledger, seen, State.CLAIMED, Who.PERSON)
    with pytest.raises(StaleEntry) as refused:
        move(ledger, seen, State.ABANDONED, Who.PERSON)
    assert refused.value.entry == moved
    assert len(ledger.history(seen.id)) == moved.step


def test_a_release_that_came_back_to_its_state_is_not_the_one_that_was_read(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    seen = brought_to(ledger, State.HANDED_OVER)
    back = move(ledger, move(ledger, seen, State.CLAIMED, Who.PERSON), State.HANDED_OVER, Who.PERSON)
    assert back.state is seen.state
    with pytest.raises(StaleEntry):
        move(ledger, seen, State.CLAIMED, Who.PERSON)


def test_other_words_on_the_same_bytes_can_be_warned_of(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    first = ledger.prepare(release(), by=facts["person"], at=facts["now"])
    ledger.prepare(release(1), by=facts["person"], at=facts["now"])
    assert ledger.same_video(release(captions=Captions(title="又一批"))) == [first]
