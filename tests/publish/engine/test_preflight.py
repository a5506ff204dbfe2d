"""What must not be public is refused before anything leaves: lapsed, not inspected, not approved, changed, or by a clock that is wrong."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.message import M
from pipeline.documents.release import Captions, CartLink, OfferShown, Release
from pipeline.documents.rendition import Finding, Inspection
from pipeline.publish.engine import PublishRules, RetryPolicy, approval_subject, deliver, lacks_approval
from pipeline.publish.ledger import ApprovalDecision, Entry, State
from tests.fakes.publishing_setup import NOW, PERSON, WORDS, Stand
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault as Wrong

AtPlatform = Callable[..., tuple[Stand, Server]]
DAY = timedelta(days=1)


APPROVED = PublishRules(
    inspection=lambda release: Inspection(rendition_sha256=release.video.sha256, findings=()), approved=approval_subject
)


def _yes(entry: Entry) -> ApprovalDecision:
    approved = approval_subject(entry.release)
    return ApprovalDecision(answer="yes", approved=approved, question=approved.question(entry.id, entry.attempt), way="link")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a lapsed offer": (
        {"offer": OfferShown(sku="T", name="土豆", price="¥29.9", unit="10斤", offer_ends=NOW - DAY)}, "the offer of 土豆 ends",
    ),
    "an offer that ends before the planned hour": (
        {"offer": OfferShown(sku="T", name="土豆", price="¥29.9", unit="10斤", offer_ends=NOW + DAY), "planned_at": NOW + 2 * DAY},
        "the offer of 土豆 ends",
    ),
    "an offer that has not begun": (
        {"offer": OfferShown(sku="T", name="土豆", price="¥29.9", unit="10斤", offer_begins=NOW + DAY)}, "the offer of 土豆 begins",
    ),
    "an offer that begins after the planned hour": (
        {"offer": OfferShown(sku="T", name="土豆", price="¥29.9", unit="10斤", offer_begins=NOW + 3 * DAY), "planned_at": NOW + 2 * DAY},
        "the offer of 土豆 begins",
    ),
    "an hour long past": ({"planned_at": NOW - DAY}, "its hour was"),
    "a caption of emoji": ({"captions": Captions(title="🥔", text="🥔🥔")}, "the caption has no words"),
    "no cover": ({"covers": ()}, "a cover is missing"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_must_not_be_public_is_refused_and_nothing_is_sent(at_platform: AtPlatform, why: str) -> None:
    made, server = at_platform()
    changes, words = REFUSED[why]
    with made.worker() as context:
        entry = context.ledger.prepare(made.release(**changes), by=PERSON, at=made.clock.now(), next_at=NOW)
        assert deliver(entry.id, context) is State.FAILED
        assert words in str(context.ledger.get(entry.id).reason)
    assert all(call.method == "HEAD" for call in server.calls), "nothing but the time may be asked"


def test_a_file_that_was_not_inspected_as_it_is_is_refused(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    broken = Finding(check="black", passed=False, message=M("the caption is empty"))
    inspections = {
        "土豆": Inspection(rendition_sha256="0" * 64, findings=()),
        "南瓜": Inspection(rendition_sha256=made.release().video.sha256, findings=(broken,)),
    }
    with made.worker(rules=PublishRules(inspection=lambda release: inspections.get(release.story))) as context:
        for number, story in enumerate(("土豆", "南瓜", "白菜")):
            entry = made.prepare(context, story=story, captions=Captions(text=f"{WORDS}{number}"))
            assert deliver(entry.id, context) is State.FAILED
            assert "inspect" in str(context.ledger.get(entry.id).reason)
    assert not server.calls


def test_without_the_approval_that_is_asked_for_nothing_is_sent(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker(rules=APPROVED) as context:
        entry = made.prepare(context)
        other = made.release(captions=Captions(text="别的话"))
        context.ledger.approvals.approve("土豆", approval_subject(other), by=PERSON, at=NOW)
        assert deliver(entry.id, context) is State.PREPARED
        assert not server.calls
        [task] = context.ledger.tasks.all()
        assert "waits for a yes" in str(task.message)
        waiting = context.ledger.get(entry.id)
        assert waiting.next_at is not None
        assert waiting.next_at > made.clock.now()
        context.ledger.decide(waiting, _yes(waiting), by=PERSON, at=NOW, next_at=None)
        assert deliver(entry.id, context) is State.LIVE
        assert context.ledger.tasks.all() == []


VOIDED: dict[str, Callable[[Release], dict[str, Any]]] = {
    "the offer's end": lambda was: {"offer": was.offer.model_copy(update={"offer_ends": NOW + 9 * DAY}) if was.offer else None},
    "the cover": lambda was: {"covers": (was.covers[0].model_copy(update={"sha256": "7" * 64}),)},
    "one word": lambda was: {"captions": was.captions.model_copy(update={"text": was.captions.text + "！"})},
    "the hour": lambda _: {"planned_at": NOW + timedelta(seconds=5)},
    "the cart": lambda _: {"cart": CartLink(kind="product_id", value="2021")},
    "the declarations": lambda was: {"declarations": was.declarations.model_copy(update={"commercial": False})},
    "a subtitle track": lambda _: {"subtitles": ()},
}


@pytest.mark.parametrize("what", VOIDED)
def test_any_change_after_the_yes_voids_it_and_nothing_is_sent(at_platform: AtPlatform, what: str) -> None:
    made, server = at_platform()
    with made.worker(rules=APPROVED) as context:
        seen = made.release()
        context.ledger.approvals.approve("土豆", approval_subject(seen), by=PERSON, at=NOW)
        assert not lacks_approval(seen, context)
        changed = context.ledger.prepare(made.release(**VOIDED[what](seen)), by=PERSON, at=NOW)
        assert lacks_approval(changed.release, context)
        assert deliver(changed.id, context) is State.PREPARED
    assert not server.calls


def test_an_approved_release_whose_offer_has_lapsed_meanwhile_is_not_sent(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    offer = OfferShown(sku="T", name="土豆", price="¥29.9", unit="10斤", offer_ends=NOW + timedelta(hours=2))
    with made.worker(rules=APPROVED) as context:
        entry = made.prepare(context, offer=offer)
        context.ledger.decide(entry, _yes(entry), by=PERSON, at=NOW, next_at=None)
        made.clock.advance(2 * 3600 + 1)
        assert deliver(entry.id, context) is State.FAILED
        assert "the offer of 土豆 ends" in str(context.ledger.get(entry.id).reason)
    assert not server.calls


def test_a_post_whose_hour_passes_without_a_yes_does_not_go_out_later(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    policy = RetryPolicy(late_s=600)
    with made.worker(rules=APPROVED, retry_policy=policy) as context:
        entry = made.prepare(context, planned_at=NOW + timedelta(minutes=5))
        assert deliver(entry.id, context) is State.PREPARED
        next_at = context.ledger.get(entry.id).next_at
        assert next_at is not None
        assert NOW + timedelta(minutes=15) < next_at < NOW + timedelta(minutes=16)
        made.clock.until(next_at)
        assert deliver(entry.id, context) is State.FAILED
        assert "long past" in str(context.ledger.get(entry.id).reason)
    assert all(call.method == "HEAD" for call in server.calls), "nothing but the time may be asked"


@pytest.mark.parametrize("off", [DAY, -DAY])
def test_with_a_clock_that_is_wrong_by_a_day_nothing_is_sent(at_platform: AtPlatform, off: timedelta) -> None:
    made, server = at_platform()
    grant = server.grants.give("coop-main", made.adapter.scopes)
    with made.worker() as context:
        entry = made.prepare(context)
        made.log_in(grant.access, grant.refresh, NOW + 3 * DAY)
        server.clock = lambda: NOW + off
        assert deliver(entry.id, context) is State.FAILED
        assert "clock" in str(context.ledger.get(entry.id).reason)
    assert [(call.method, call.path) for call in server.calls] == [("HEAD", "/"), ("HEAD", "/")]  # the time, and once more


def test_one_garbled_date_of_the_platform_stops_no_post(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    grant = server.grants.give("coop-main", made.adapter.scopes)
    with made.worker() as context:
        entry = made.prepare(context)
        made.log_in(grant.access, grant.refresh, NOW + 3 * DAY)
        right, dates = server.clock, iter([NOW - 9000 * DAY])
        server.clock = lambda: next(dates, None) or right()
        assert deliver(entry.id, context) is State.LIVE


def test_a_clock_that_is_ahead_is_named_and_not_taken_for_a_late_post(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    grant = server.grants.give("coop-main", made.adapter.scopes)
    with made.worker() as context:
        entry = made.prepare(context, planned_at=NOW + timedelta(hours=1))
        made.log_in(grant.access, grant.refresh, NOW + 3 * DAY)
        right = server.clock()
        made.clock.advance(3 * 3600)
        server.clock = lambda: right
        assert deliver(entry.id, context) is State.FAILED
        assert "clock" in str(context.ledger.get(entry.id).reason)
        assert "long past" not in str(context.ledger.get(entry.id).reason)
    assert not server.posts


def test_with_a_clock_behind_the_ledger_nothing_is_sent(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    with made.worker() as context:
        made.prepare(context)
        made.clock.advance(1)
        entry = context.ledger.prepare(made.release(captions=Captions(text="别的话")), by=PERSON, at=NOW + DAY)
        assert deliver(entry.id, context) is State.FAILED
        assert "clock" in str(context.ledger.get(entry.id).reason)
    assert not server.calls


@pytest.mark.parametrize("which", ["video", "cover"])
def test_a_file_that_was_changed_since_is_not_sent(at_platform: AtPlatform, which: str) -> None:
    made, server = at_platform()
    with made.worker() as context:
        entry = made.prepare(context)
        path: Path = getattr(made, which)
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        assert deliver(entry.id, context) is State.FAILED
        assert path.name in str(context.ledger.get(entry.id).reason)
        path.unlink()
        context.ledger.prepare(entry.release, by=PERSON, at=NOW)
        assert deliver(entry.id, context) is State.FAILED
    assert not server.calls


def test_a_file_that_changes_while_it_is_sent_is_not_published(at_platform: AtPlatform) -> None:
    made, server = at_platform(Wrong(kind="reset_before", endpoint="fragment", nth=3))
    with made.worker() as context:
        entry = made.prepare(context)
        made.clock.wait = lambda seconds: (
            made.video.write_bytes(bytes(made.video.stat().st_size)), made.clock.advance(seconds)
        )[1]  # fmt: skip
        assert deliver(entry.id, context) is State.FAILED
        assert "changed" in str(context.ledger.get(entry.id).reason)
    assert sum(call.endpoint == "fragment" for call in server.calls) > 3
    assert not server.posts


def test_a_consent_that_is_taken_back_stops_the_post_that_waits_for_its_hour(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    hour = NOW + timedelta(hours=5)
    with made.worker() as context:
        consent = context.ledger.consents.record("土豆", "小明", "小明的妈妈", by=PERSON, at=NOW)
        entry = context.ledger.prepare(made.release(planned_at=hour), by=PERSON, at=NOW, next_at=NOW)
        assert deliver(entry.id, context) is State.UPLOADED
        context.ledger.consents.withdraw(consent.id, at=NOW + timedelta(hours=1))
        made.clock.until(hour)
        assert deliver(entry.id, context) is State.FAILED
        assert "小明的妈妈 has taken back" in str(context.ledger.get(entry.id).reason)
        assert not server.posts
        # Whoever prepares it anew has been asked about it again.
        context.ledger.prepare(made.release(), by=PERSON, at=made.clock.now(), next_at=made.clock.now())
        assert deliver(entry.id, context) is State.LIVE
