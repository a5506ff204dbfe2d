"""Many processes, one winner."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from pipeline.documents.release import Release
from pipeline.network.quota import QuotaSpent, QuotaWindow
from pipeline.publish.ledger import Actor, AlreadyReleased, Entry, ReleaseLeased, StaleEntry, State, Who, open_ledger
from tests.fakes.postgres_server import STANDSTILL_S

Facts = dict[str, Any]
Together = Callable[..., list[Any]]
PROCESSES = 4


def test_of_many_who_claim_a_pack_exactly_one_does(address: str, at_once: Together, brought_to: Callable[..., Entry], facts: Facts) -> None:
    with open_ledger(address) as ledger:
        packs = [brought_to(ledger, State.HANDED_OVER, number) for number in range(60)]

    def claim_all(number: int) -> list[str]:
        won, person = [], Actor(who=Who.PERSON, name=f"person-{number}")
        with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
            for pack in packs:
                with suppress(StaleEntry):
                    won.append(ledger.advance(pack, State.CLAIMED, by=person, at=facts["now"]).id)
        return won

    won = at_once([lambda number=number: claim_all(number) for number in range(PROCESSES)])
    assert sorted(id for each in won for id in each) == sorted(pack.id for pack in packs)
    with open_ledger(address) as ledger:
        for number, each in enumerate(won):
            assert {ledger.get(id).claimed_by for id in each} <= {f"person-{number}"}
        assert all(len(ledger.history(pack.id)) == pack.step + 1 for pack in packs)


def test_of_many_who_enter_the_very_same_exactly_one_does(
    address: str, at_once: Together, release: Callable[..., Release], facts: Facts
) -> None:
    open_ledger(address).close()

    def enter_all() -> list[str]:
        won = []
        with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
            for number in range(25):
                with suppress(AlreadyReleased):
                    won.append(ledger.prepare(release(number), by=facts["person"], at=facts["now"]).id)
        return won

    won = at_once([enter_all] * PROCESSES)
    assert len([id for each in won for id in each]) == 25
    with open_ledger(address) as ledger:
        assert {entry.id for entry in ledger.releases()} == {id for each in won for id in each}


def test_of_many_who_try_a_failed_one_again_exactly_one_does(
    address: str, at_once: Together, brought_to: Callable[..., Entry], release: Callable[..., Release], facts: Facts
) -> None:
    with open_ledger(address) as ledger:
        for number in range(20):
            brought_to(ledger, State.FAILED, number)

    def retry_all() -> int:
        won = 0
        with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
            for number in range(20):
                with suppress(AlreadyReleased, StaleEntry):
                    won += ledger.prepare(release(number), by=facts["person"], at=facts["now"]).attempt == 2
        return won

    assert sum(at_once([retry_all] * PROCESSES)) == 20
    with open_ledger(address) as ledger:
        assert {entry.attempt for entry in ledger.releases()} == {2}


def test_of_many_workers_one_at_a_time_is_at_a_release(
    address: str, at_once: Together, release: Callable[..., Release], facts: Facts
) -> None:
    with open_ledger(address) as ledger:
        entries = [ledger.prepare(release(number), by=facts["person"], at=facts["now"]) for number in range(10)]

    def work(number: int) -> list[str]:
        moved = []
        with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
            for entry in entries:
                with suppress(ReleaseLeased), ledger.lease(entry.id, holder=f"worker-{number}", at=facts["now"]):
                    if ledger.get(entry.id).state is State.PREPARED:
                        ledger.advance(ledger.get(entry.id), State.UPLOADING, by=facts["worker"], at=facts["now"])
                        moved.append(entry.id)
        return moved

    moved = at_once([lambda number=number: work(number) for number in range(PROCESSES)])
    done = [id for each in moved for id in each]
    assert len(done) == len(set(done))
    with open_ledger(address) as ledger:
        assert all(len(ledger.history(entry.id)) == 1 + done.count(entry.id) for entry in entries)


def test_many_processes_share_one_quota_to_the_last_call(address: str, at_once: Together, facts: Facts) -> None:
    open_ledger(address).close()
    window = QuotaWindow(name="uploads", starts_at=facts["now"], ends_at=facts["now"] + timedelta(days=1), limit=50)

    def spend() -> int:
        spent = 0
        with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
            for _ in range(30):
                with suppress(QuotaSpent):
                    ledger.quota.spend("youtube", "coop", window, at=facts["now"])
                    spent += 1
        return spent

    assert sum(at_once([spend] * PROCESSES)) == 50
