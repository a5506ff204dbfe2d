"""A question about a release is answered once, by one person, by whichever way; a no ends it and takes back an earlier yes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.errors import UserMistake
from pipeline.publish.engine import approval_subject
from pipeline.publish.ledger import AlreadyDecided, ApprovalDecision, Approved, Entry, Ledger, StaleEntry, State, open_ledger
from pipeline.publish.ledger.tasks import APPROVE
from tests.fakes.postgres_server import STANDSTILL_S

Facts = dict[str, Any]


def asked(entry: Entry) -> tuple[Approved, str]:
    approved = approval_subject(entry.release)
    return approved, approved.question(entry.id, entry.attempt)


def answer(entry: Entry, said: str, reason: str = "") -> ApprovalDecision:
    approved, question = asked(entry)
    return ApprovalDecision(answer=said, approved=approved, question=question, way="link", reason=reason)  # type: ignore[arg-type]


@pytest.fixture
def entry(ledger: Ledger, release: Callable[..., Any], facts: Facts) -> Entry:
    return ledger.prepare(release(), by=facts["person"], at=facts["now"])


def test_a_yes_is_kept_with_who_when_and_how_and_lets_the_release_go_on(ledger: Ledger, entry: Entry, facts: Facts) -> None:
    later = facts["now"] + timedelta(hours=3)
    given = ledger.decide(entry, answer(entry, "yes"), by=facts["person"], at=facts["now"], next_at=later)
    assert (given.by, given.at, given.way, given.release_id) == (facts["person"], facts["now"], "link", entry.id)
    assert ledger.approvals.decision_on(asked(entry)[1]) == given
    assert ledger.approvals.approval_for(entry.release.story, asked(entry)[0]) == given
    assert (ledger.get(entry.id).state, ledger.get(entry.id).next_at) == (State.PREPARED, later)


def test_a_no_ends_the_release_with_its_reason_and_revokes_what_was_said_before(ledger: Ledger, entry: Entry, facts: Facts) -> None:
    ledger.approvals.approve(entry.release.story, asked(entry)[0], by=facts["person"], at=facts["now"])
    ledger.decide(entry, answer(entry, "no", " 价格不对 "), by=facts["person"], at=facts["now"], next_at=None)
    after = ledger.get(entry.id)
    assert after.state is State.FAILED
    assert "李老师 said no: 价格不对" in str(after.reason)
    assert ledger.approvals.approval_for(entry.release.story, asked(entry)[0]) is None
    assert after.refused
    assert not ledger.tasks.all(), "somebody has decided: nothing is asked any more"


def test_a_question_is_answered_once(ledger: Ledger, entry: Entry, facts: Facts) -> None:
    first = ledger.decide(entry, answer(entry, "yes"), by=facts["person"], at=facts["now"], next_at=None)
    for said in ("yes", "no"):
        with pytest.raises(AlreadyDecided) as refused:
            ledger.decide(entry, answer(entry, said, "太晚了"), by=facts["person"], at=facts["now"], next_at=None)
        assert refused.value.decision == first
    assert ledger.get(entry.id).state is State.PREPARED


def test_of_many_who_answer_at_once_one_is_heard(address: str, release: Callable[..., Any], facts: Facts, at_once: Any) -> None:
    with open_ledger(address) as ledger:
        entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])

    def say(said: str) -> Callable[[], str]:
        def work() -> str:
            with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
                try:
                    return ledger.decide(entry, answer(entry, said, "不行"), by=facts["person"], at=facts["now"], next_at=None).answer
                except (AlreadyDecided, StaleEntry) as error:
                    return type(error).__name__

        return work

    heard = at_once([say("yes"), say("no"), say("yes")])
    assert sum(one in ("yes", "no") for one in heard) == 1, heard


def test_who_is_no_person_decides_nothing_and_a_no_has_a_reason(ledger: Ledger, entry: Entry, facts: Facts) -> None:
    for decision, by in ((answer(entry, "yes"), facts["worker"]), (answer(entry, "no", "  "), facts["person"])):
        with pytest.raises(UserMistake):
            ledger.decide(entry, decision, by=by, at=facts["now"], next_at=None)
    assert ledger.approvals.of(entry.release.story) == []


@pytest.mark.parametrize("state", [State.PUBLISH_INTENT, State.LIVE, State.UNCERTAIN, State.FAILED])
def test_what_may_have_left_is_past_deciding(ledger: Ledger, state: State, brought_to: Callable[..., Entry], facts: Facts) -> None:
    entry = brought_to(ledger, state)
    with pytest.raises(StaleEntry):
        ledger.decide(entry, answer(entry, "no", "不行"), by=facts["person"], at=facts["now"], next_at=None)
    assert ledger.get(entry.id).state is state


def test_the_same_after_a_no_is_asked_anew(ledger: Ledger, entry: Entry, facts: Facts) -> None:
    ledger.decide(entry, answer(entry, "no", "不行"), by=facts["person"], at=facts["now"], next_at=None)
    again = ledger.prepare(entry.release, by=facts["person"], at=facts["now"])
    assert asked(again)[1] != asked(entry)[1]
    ledger.decide(again, answer(again, "yes"), by=facts["person"], at=facts["now"], next_at=None)
    assert ledger.approvals.approval_for(entry.release.story, asked(again)[0]) is not None


def test_what_asks_for_an_answer_ends_with_it_and_when_the_release_goes_on(
    ledger: Ledger, release: Callable[..., Any], facts: Facts, move: Callable[..., Entry]
) -> None:
    answered, gone = (ledger.prepare(release(number), by=facts["person"], at=facts["now"]) for number in (1, 2))
    for entry in (answered, gone):
        ledger.tasks.ask(APPROVE, facts["question"], asked(entry)[1], at=facts["now"], release_id=entry.id)
    ledger.decide(answered, answer(answered, "yes"), by=facts["person"], at=facts["now"], next_at=None)
    assert [task.release_id for task in ledger.tasks.all()] == [gone.id]
    move(ledger, gone, State.UPLOADING, facts["worker"].who)
    assert ledger.tasks.all() == []


def test_an_approval_of_an_older_ledger_holds_as_it_was_given(ledger: Ledger, entry: Entry, facts: Facts) -> None:
    ledger.approvals.approve(entry.release.story, asked(entry)[0], by=facts["person"], at=facts["now"])
    with ledger._database.write() as connection:
        connection.execute(sa.text("UPDATE approvals SET files_sha256 = NULL, place = NULL, planned = NULL"))
    assert ledger.approvals.approval_for(entry.release.story, asked(entry)[0]) is not None
