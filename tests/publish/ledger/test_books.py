"""What is kept beside the releases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.errors import UserMistake
from pipeline.network.quota import QuotaSpent, QuotaWindow
from pipeline.publish.ledger import Approved, Ledger, Progress, ProgressUnreadable, open_ledger

Facts = dict[str, Any]
SEEN = Approved(
    picture_sha256="p1", sound_sha256="s1", captions_sha256="c1", offer_sha256="o1", files_sha256="f1", place="kuaishou:coop", planned=""
)


def test_an_approval_holds_for_exactly_what_was_seen(ledger: Ledger, facts: Facts) -> None:
    given = ledger.approvals.approve("土豆", SEEN, by=facts["person"], at=facts["now"])
    assert ledger.approvals.approval_for("土豆", SEEN) == given
    assert ledger.approvals.approval_for("苹果", SEEN) is None


@pytest.mark.parametrize("part", ["picture", "sound", "captions", "offer", "files", "place", "planned"])
def test_any_change_voids_an_approval_and_is_named(part: str, ledger: Ledger, facts: Facts) -> None:
    given = ledger.approvals.approve("土豆", SEEN, by=facts["person"], at=facts["now"])
    now = SEEN.model_copy(update={part if part in ("place", "planned") else f"{part}_sha256": "another"})
    assert ledger.approvals.approval_for("土豆", now) is None
    assert given.changed(now) == (part,)


def test_an_approval_without_an_hour_holds_for_every_hour(ledger: Ledger, facts: Facts) -> None:
    given = ledger.approvals.approve("土豆", SEEN.model_copy(update={"planned": None}), by=facts["person"], at=facts["now"])
    assert ledger.approvals.approval_for("土豆", SEEN.model_copy(update={"planned": "2026-12-02T11:30:00+00:00"})) == given


def test_what_was_changed_back_is_approved_again(ledger: Ledger, facts: Facts) -> None:
    first = ledger.approvals.approve("土豆", SEEN, by=facts["person"], at=facts["now"])
    other = SEEN.model_copy(update={"captions_sha256": "c2"})
    ledger.approvals.approve("土豆", other, by=facts["person"], at=facts["now"] + timedelta(hours=1))
    assert ledger.approvals.approval_for("土豆", SEEN) == first


def test_a_revoked_approval_holds_no_more(ledger: Ledger, facts: Facts) -> None:
    given = ledger.approvals.approve("土豆", SEEN, by=facts["person"], at=facts["now"])
    ledger.approvals.revoke(given.id, at=facts["now"])
    assert ledger.approvals.approval_for("土豆", SEEN) is None
    assert ledger.approvals.of("土豆")[0].revoked_at == facts["now"]


def test_only_a_person_approves(ledger: Ledger, facts: Facts) -> None:
    with pytest.raises(UserMistake):
        ledger.approvals.approve("土豆", SEEN, by=facts["worker"], at=facts["now"])


def test_a_rule_is_set_aside_with_a_reason_or_not_at_all(ledger: Ledger, facts: Facts) -> None:
    for reason in ("", "   "):
        with pytest.raises(UserMistake):
            ledger.overrides.keep("claims", "土豆", reason, by=facts["person"], at=facts["now"])
    ledger.overrides.keep("claims", "土豆", "tested by the county", by=facts["person"], at=facts["now"], subject="c1")
    assert [kept.reason for kept in ledger.overrides.of("土豆", "claims", "c1")] == ["tested by the county"]
    assert not ledger.overrides.of("土豆", "claims", "c2")


def window(facts: Facts, limit: int, day: int = 0) -> QuotaWindow:
    start = facts["now"] + timedelta(days=day)
    return QuotaWindow(name="uploads", starts_at=start, ends_at=start + timedelta(days=1), limit=limit)


def test_a_quota_ends_at_its_limit_and_starts_anew_with_the_next_window(ledger: Ledger, facts: Facts) -> None:
    spend, at = ledger.quota.spend, facts["now"]
    assert [spend("youtube", "coop", window(facts, 3), at=at) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(QuotaSpent) as refused:
        spend("youtube", "coop", window(facts, 3), at=at)
    assert refused.value.until == at + timedelta(days=1)
    assert ledger.quota.used("youtube", "coop", window(facts, 3)) == 3
    assert spend("youtube", "second", window(facts, 3), at=at) == 2
    assert spend("youtube", "coop", window(facts, 3, day=1), at=at + timedelta(days=1)) == 2


def test_a_call_that_costs_more_than_is_left_is_not_counted(ledger: Ledger, facts: Facts) -> None:
    ledger.quota.spend("youtube", "", window(facts, 100), at=facts["now"], cost=60)
    with pytest.raises(QuotaSpent):
        ledger.quota.spend("youtube", "", window(facts, 100), at=facts["now"], cost=50)
    assert ledger.quota.spend("youtube", "", window(facts, 100), at=facts["now"], cost=40) == 0


def test_nobody_calls_before_the_platform_said_so(ledger: Ledger, facts: Facts) -> None:
    until = facts["now"] + timedelta(minutes=5)
    ledger.quota.hold_off("kuaishou", "coop", until)
    ledger.quota.hold_off("kuaishou", "coop", until - timedelta(minutes=4))
    with pytest.raises(QuotaSpent) as refused:
        ledger.quota.spend("kuaishou", "coop", window(facts, 9), at=until - timedelta(seconds=1))
    assert refused.value.until == until
    assert ledger.quota.used("kuaishou", "coop", window(facts, 9)) == 0
    assert ledger.quota.spend("kuaishou", "coop", window(facts, 9), at=until) == 8
    assert ledger.quota.spend("kuaishou", "other", window(facts, 9), at=facts["now"]) == 8


def test_a_hold_on_the_whole_platform_holds_every_account(ledger: Ledger, facts: Facts) -> None:
    ledger.quota.hold_off("kuaishou", "", facts["now"] + timedelta(minutes=5))
    with pytest.raises(QuotaSpent):
        ledger.quota.spend("kuaishou", "coop", window(facts, 9), at=facts["now"])


def test_a_task_is_asked_once_and_done_once(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])
    asked = ledger.tasks.open("sign-in", M("prepared"), at=facts["now"], release_id=entry.id)
    assert ledger.tasks.open("sign-in", M("prepared"), at=facts["now"], release_id=entry.id) == asked
    ledger.tasks.close(asked.id, by=facts["person"], at=facts["now"], note="done")
    ledger.tasks.close(asked.id, by=facts["worker"], at=facts["now"], note="again")
    [done] = ledger.tasks.all(open_only=False)
    assert (done.closed_by, done.note) == (facts["person"].name, "done")
    assert ledger.tasks.open("sign-in", M("prepared"), at=facts["now"], release_id=entry.id).id != asked.id


def test_a_task_of_no_release_can_be_asked_too(ledger: Ledger, facts: Facts) -> None:
    asked = ledger.tasks.open("sign-in", M("prepared"), at=facts["now"])
    assert ledger.tasks.all() == [asked]


def test_a_consent_is_kept_and_can_be_withdrawn(ledger: Ledger, facts: Facts) -> None:
    kept = ledger.consents.record("土豆", "两个孩子", "孩子的奶奶", by=facts["person"], at=facts["now"], evidence="papers/3.jpg")
    assert ledger.consents.of("土豆") == [kept]
    ledger.consents.withdraw(kept.id, at=facts["now"])
    assert not ledger.consents.of("土豆")
    assert ledger.consents.of("土豆", withdrawn=True)[0].withdrawn_at == facts["now"]


NOTE = Progress.model_validate(
    {"session": "https://up.example.com/s?upload_id=AbC123", "facts": {"sent": 4096, "parts": [{"id": 0, "sum": "x"}]}}
)


def test_an_upload_goes_on_where_the_last_process_stopped(
    address: str, cipher: Fernet, release: Callable[..., Release], facts: Facts
) -> None:
    with open_ledger(address, cipher=cipher) as first:
        entry = first.prepare(release(), by=facts["person"], at=facts["now"])
        assert first.progress.load(entry.id) is None
        with first.lease(entry.id, holder="a", at=facts["now"]):
            first.progress.save(entry.id, Progress(facts={"sent": 0}), at=facts["now"])
            first.progress.save(entry.id, NOTE, at=facts["now"])
    with open_ledger(address, cipher=cipher) as second:
        assert second.progress.load(entry.id) == NOTE
        with second.lease(entry.id, holder="b", at=facts["now"]):
            second.progress.forget(entry.id)
        assert second.progress.load(entry.id) is None


def test_only_who_holds_the_release_writes_its_progress(ledger: Ledger, release: Callable[..., Release], facts: Facts) -> None:
    entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])
    with pytest.raises(ValueError, match="takes a release before"):
        ledger.progress.save(entry.id, NOTE, at=facts["now"])


def test_another_key_opens_nothing_but_the_rest_works(address: str, cipher: Fernet, release: Callable[..., Release], facts: Facts) -> None:
    with open_ledger(address, cipher=cipher) as first:
        entry = first.prepare(release(), by=facts["person"], at=facts["now"])
        with first.lease(entry.id, holder="a", at=facts["now"]):
            first.progress.save(entry.id, NOTE, at=facts["now"])
    for other in (Fernet(Fernet.generate_key()), None):
        with open_ledger(address, cipher=other) as later:
            with pytest.raises(ProgressUnreadable):
                later.progress.load(entry.id)
            assert later.get(entry.id) == entry


def test_without_a_key_no_upload_begins(address: str, release: Callable[..., Release], facts: Facts) -> None:
    with open_ledger(address) as plain:
        entry = plain.prepare(release(), by=facts["person"], at=facts["now"])
        with plain.lease(entry.id, holder="a", at=facts["now"]), pytest.raises(ProgressUnreadable):
            plain.progress.save(entry.id, NOTE, at=facts["now"])
