"""The table of moves, held against a second copy that was written by hand, and against what it is for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.ledger import (
    FINAL,
    IN_FLIGHT,
    MOVES,
    PUBLIC,
    Entry,
    ForbiddenMove,
    Ledger,
    Movers,
    State,
    Who,
    open_ledger,
    state_name,
)

# m: the machine; s: the machine, in the run that wrote the state it leaves; o: the machine, when a machine saw the failure;
# l: a look-up; p: a person.
TABLE = """
prepared           uploading m     handed_over m    failed mp
uploading          uploading m     uploaded ml      failed mp
uploaded           uploading m     publish_intent m failed mp
publish_intent     publish_sent s  accepted l       processing l  live l   live_without_cart l   failed sl  uncertain ml
publish_sent       accepted sl     processing sl    live l        live_without_cart l            failed sl  uncertain ml
accepted           processing l    live l           live_without_cart l    failed l              uncertain ml
processing         live l          live_without_cart l            failed l uncertain ml
uncertain          accepted l      processing l     live lp       live_without_cart lp           failed lp
live               live_without_cart lp             removed lp
live_without_cart  live lp         removed lp
failed             prepared olp    abandoned p
removed
handed_over        claimed p       abandoned p
claimed            handed_over p   confirmed p      abandoned p
confirmed          live_without_cart p              removed p
abandoned          prepared p
"""


def expected() -> Iterator[tuple[State, Mapping[State, str]]]:
    for line in TABLE.strip().splitlines():
        before, *rest = line.split()
        yield State(before), {State(after): may for after, may in zip(rest[::2], rest[1::2], strict=True)}


EXPECTED = dict(expected())
LETTER = {Who.MACHINE: "mso", Who.LOOKUP: "l", Who.PERSON: "p"}
"""In the run that made the last move every kind of machine's move is open."""


def test_the_table_knows_every_state() -> None:
    assert set(MOVES) == set(State) == set(EXPECTED)


@pytest.mark.parametrize("before", State)
def test_only_the_moves_of_the_table_are_made(
    before: State, ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    entry, number = brought_to(ledger, before), 1
    own_failure = entry.by.who is Who.MACHINE
    for after in State:
        for who in Who:
            may = EXPECTED[before].get(after, "")
            allowed = set(LETTER[who]) & set(may if own_failure else may.replace("o", ""))
            if allowed:
                assert move(ledger, brought_to(ledger, before, number), after, who).state is after
                number += 1
            else:
                with pytest.raises(ForbiddenMove):
                    move(ledger, entry, after, who)
    assert ledger.get(entry.id) == entry


@pytest.mark.parametrize("before", State)
def test_a_run_that_did_not_make_the_call_does_not_know_its_answer(
    before: State, address: str, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    with open_ledger(address) as first, open_ledger(address) as later:
        entry = brought_to(first, before)
        for after, may in EXPECTED[before].items():
            if "s" in may:
                with pytest.raises(ForbiddenMove):
                    move(later, entry, after, Who.MACHINE)


def test_the_machine_does_not_retry_what_others_called_failed(
    ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    sent = brought_to(ledger, State.PUBLISH_SENT)
    failed = move(ledger, sent, State.FAILED, Who.LOOKUP)
    with pytest.raises(ForbiddenMove):
        move(ledger, failed, State.PREPARED, Who.MACHINE)
    assert move(ledger, failed, State.PREPARED, Who.PERSON).attempt == 2


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (State.REMOVED, State.REMOVED, "这条已经撤下了。"),
        (State.ABANDONED, State.ABANDONED, "本来就是"),
        (State.ABANDONED, State.REMOVED, "不能在这里改成“已撤下”"),
    ],
)
def test_a_move_that_is_refused_says_where_the_release_stands(before: State, after: State, said: str) -> None:
    assert said in say(ForbiddenMove(before, after, Who.PERSON).message, "zh")


def reachable(start: State, without: State) -> set[State]:
    seen, waiting = {start}, [start]
    while waiting:
        for there in MOVES[waiting.pop()]:
            if there not in seen and there is not without:
                seen.add(there)
                waiting.append(there)
    return seen


@pytest.mark.parametrize("state", sorted(IN_FLIGHT | PUBLIC | {State.REMOVED}))
def test_nothing_that_may_be_public_is_ever_published_again(state: State) -> None:
    again = {State.PREPARED, State.UPLOADING, State.UPLOADED, State.PUBLISH_INTENT, State.HANDED_OVER, State.CLAIMED}
    assert not (reachable(state, without=State.FAILED) - {state}) & again


def test_uncertain_is_left_by_a_look_up_or_a_person_only() -> None:
    assert all(may in Movers.LOOKUP | Movers.PERSON for may in MOVES[State.UNCERTAIN].values())


def test_no_machine_calls_a_post_live() -> None:
    for ways in MOVES.values():
        for after in PUBLIC & ways.keys():
            assert ways[after] in Movers.LOOKUP | Movers.PERSON


def test_every_state_is_reached_and_none_is_a_trap() -> None:
    assert reachable(State.PREPARED, without=State.PREPARED) == set(State)
    for state in set(State) - FINAL:
        assert reachable(state, without=State.PREPARED) & FINAL


def test_every_state_has_a_name_of_its_own() -> None:
    names = [str(state_name(state)) for state in State]
    assert len(set(names)) == len(State)


@pytest.mark.parametrize("to", [State.FAILED, State.UNCERTAIN])
def test_an_end_without_a_reason_is_refused(
    to: State, ledger: Ledger, brought_to: Callable[..., Entry], move: Callable[..., Entry]
) -> None:
    entry = brought_to(ledger, State.PUBLISH_SENT)
    with pytest.raises(ValueError, match="reason"):
        move(ledger, entry, to, Who.LOOKUP, reason=None)
    assert ledger.get(entry.id).state is State.PUBLISH_SENT


def test_a_look_up_that_says_live_knows_the_post(ledger: Ledger, brought_to: Callable[..., Entry], facts: dict[str, Any]) -> None:
    entry = brought_to(ledger, State.PUBLISH_INTENT).model_copy(update={"post_id": ""})
    with pytest.raises(ValueError, match="id or its link"):
        ledger.advance(entry, State.LIVE, by=facts["lookup"], at=facts["now"])


def test_a_worker_that_has_not_taken_the_release_moves_nothing(ledger: Ledger, release: Callable[..., Any], facts: dict[str, Any]) -> None:
    entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])
    with pytest.raises(ValueError, match="takes a release before"):
        ledger.advance(entry, State.FAILED, by=facts["worker"], at=facts["now"], reason=M("The clip is gone."))
