"""A planned post goes out on its hour: what takes time is done ahead of it, and what changed meanwhile is still seen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.documents.rendition import Inspection
from pipeline.publish.engine import PublishRules, deliver
from pipeline.publish.ledger import State
from tests.fakes.publishing_setup import NOW, PERSON, Stand
from tests.fakes.servers.base import Server

AtPlatform = Callable[..., tuple[Stand, Server]]
HOUR = NOW + timedelta(hours=5)
SHEET_S, LINK_S = 9.0, 15.0


class SlowSheet:
    """A sheet that takes long to read, and is read again only when somebody has saved it; a link that answers late."""

    def __init__(self, made: Stand) -> None:
        self.made, self.price, self._read = made, "29.90", ""
        self.links: list[float] = []

    def outdated(self, _release: Release) -> tuple[Message, ...]:
        """As the rules ask."""
        if self._read != self.price:
            self.made.clock.wait(SHEET_S)
            self._read = self.price
        return () if self.price == "29.90" else (M("{what}: {was} → {now}", what=M("price"), was="29.90", now=self.price),)

    def dead_links(self, _release: Release) -> tuple[Message, ...]:
        """As the rules ask."""
        self.links.append((HOUR - self.made.clock.now()).total_seconds())
        self.made.clock.wait(LINK_S)
        return ()

    def rules(self) -> PublishRules:
        """With which a worker asks them."""
        return PublishRules(
            inspection=lambda release: Inspection(rendition_sha256=release.video.sha256, findings=()),
            outdated=self.outdated,
            dead_links=self.dead_links,
        )


def test_a_slow_sheet_and_a_slow_link_do_not_delay_the_call(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    sheet = SlowSheet(made)
    with made.worker(rules=sheet.rules()) as context:
        entry = context.ledger.prepare(made.release(planned_at=HOUR), by=PERSON, at=NOW, next_at=NOW)
        assert deliver(entry.id, context) is State.UPLOADED
    # The machine's run for the hour is a process of its own, and knows nothing of the first one's checks.
    made.clock.until(HOUR - timedelta(seconds=80))
    another = SlowSheet(made)
    with made.worker(rules=another.rules()) as context:
        assert deliver(entry.id, context) is State.LIVE
    [post] = server.posts
    assert HOUR <= post.created_at <= HOUR + timedelta(seconds=2)
    assert [30 < ahead <= 60 for ahead in another.links] == [True]


def test_a_run_that_waits_long_checks_again_a_minute_before_the_hour(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    made.clock.until(HOUR - timedelta(seconds=290))
    sheet = SlowSheet(made)
    with made.worker(rules=sheet.rules()) as context:
        entry = context.ledger.prepare(made.release(planned_at=HOUR), by=PERSON, at=NOW, next_at=made.clock.now())
        assert deliver(entry.id, context) in (State.ACCEPTED, State.LIVE)
    assert [ahead <= 60 for ahead in sheet.links] == [False, True]
    assert HOUR <= server.posts[0].created_at <= HOUR + timedelta(seconds=2)


@pytest.mark.parametrize("saved_s", [40, 1])
def test_a_sheet_that_changes_between_the_checks_and_the_hour_holds_the_post(
    at_platform: AtPlatform, saved_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, server = at_platform()
    sheet = SlowSheet(made)
    with made.worker(rules=sheet.rules()) as context:
        entry = context.ledger.prepare(made.release(planned_at=HOUR), by=PERSON, at=NOW, next_at=NOW)
        assert deliver(entry.id, context) is State.UPLOADED
        made.clock.until(HOUR - timedelta(seconds=70))
        wait = made.clock.wait

        def wait_while_somebody_saves(seconds: float) -> None:
            wait(seconds)
            if made.clock.now() >= HOUR - timedelta(seconds=saved_s) and seconds > SHEET_S:
                sheet.price = "35.90"

        monkeypatch.setattr(made.clock, "wait", wait_while_somebody_saves)
        assert deliver(entry.id, context) is State.FAILED
        assert "29.90 → 35.90" in str(context.ledger.get(entry.id).reason)
    assert not server.posts


def test_a_video_that_is_spoiled_between_the_checks_and_the_hour_is_not_published(
    at_platform: AtPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, server = at_platform()
    with made.worker() as context:
        entry = context.ledger.prepare(made.release(planned_at=HOUR), by=PERSON, at=NOW, next_at=NOW)
        assert deliver(entry.id, context) is State.UPLOADED
        made.clock.until(HOUR - timedelta(seconds=55))
        wait, cover = made.clock.wait, Path(entry.release.covers[0].path)

        def wait_while_somebody_draws(seconds: float) -> None:
            wait(seconds)
            if made.clock.now() >= HOUR:
                cover.write_bytes(cover.read_bytes()[::-1])

        monkeypatch.setattr(made.clock, "wait", wait_while_somebody_draws)
        assert deliver(entry.id, context) is State.FAILED
        assert "changed after" in str(context.ledger.get(entry.id).reason)
    assert not server.posts


def test_a_token_that_would_have_to_be_renewed_at_the_hour_is_renewed_ahead(at_platform: AtPlatform) -> None:
    made, server = at_platform()
    grant = server.grants.give("coop-main", made.adapter.scopes)
    with made.worker() as context:
        entry = context.ledger.prepare(made.release(planned_at=HOUR), by=PERSON, at=NOW, next_at=NOW)
        assert deliver(entry.id, context) is State.UPLOADED
        made.clock.until(HOUR - timedelta(seconds=55))
        made.log_in(grant.access, grant.refresh, HOUR + timedelta(seconds=1700))
    with made.worker() as context:
        assert deliver(entry.id, context) is State.LIVE
    [renewed] = [call for call in server.calls if call.endpoint == "refresh"]
    assert renewed.at < HOUR
