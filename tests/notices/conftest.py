"""A robot's group and a webhook's receiver on this machine, and a notifier that talks to them, all on one clock put forward by hand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.message import M
from pipeline.notices import Channel, Notice, Notifier, Webhook, WeComRobot
from pipeline.publish.destinations import platform_label
from pipeline.publish.ledger import Ledger, open_ledger
from pipeline.secrets.secret import Secret
from tests.fakes.servers import wecom
from tests.fakes.servers.webhook import WebhookServer
from tests.fakes.servers.wecom import WeComServer

NOW = datetime(2026, 11, 22, 10, 0, 7, tzinfo=UTC)
PATH = "/services/T0AB/hemlig-plats-7xk29"
"""Of a webhook, and as secret as a key."""

MakeNotifier = Callable[..., Notifier]


class HandClock:
    """It moves only when somebody waits, or puts it forward."""

    def __init__(self) -> None:
        self._at = NOW

    def __call__(self) -> datetime:
        return self._at

    now = __call__

    def wait(self, seconds: float) -> None:
        """At once."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        self._at += timedelta(seconds=seconds)


def notice(number: int = 0, **changes: Any) -> Notice:
    """One notice; changes replace its fields."""
    given: dict[str, Any] = {
        "kind": "finished",
        "story": f"土豆{number}",
        "platform": "douyin",
        "text": M("{path} is missing.", path=f"第{number}条"),
        "link": "https://coop.example.org/r?id=1&x=2",
        "reference": f"r{number}",
        "at": NOW,
    }
    return Notice(**{**given, **changes})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def group(clock: HandClock) -> Iterator[WeComServer]:
    """The group's server; what the robot said stands in `messages`."""
    with WeComServer(clock=clock) as server:
        yield server


@pytest.fixture
def receiver(clock: HandClock) -> Iterator[WebhookServer]:
    with WebhookServer(clock=clock) as server:
        yield server


@pytest.fixture
def robot(group: WeComServer) -> WeComRobot:
    return WeComRobot("wecom:village", Secret(f"{group.url}/cgi-bin/webhook/send?key={wecom.KEY}"), platform_label=platform_label)


@pytest.fixture
def webhook(receiver: WebhookServer) -> Webhook:
    return Webhook("webhook:office", Secret(receiver.url + PATH))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def notifier(ledger: Ledger, clock: HandClock, tmp_path: Path) -> MakeNotifier:
    """A notifier of this workspace for some channels; its bound is long, since this machine may be busy."""

    def make(*channels: Channel, **changes: Any) -> Notifier:
        given: dict[str, Any] = {"clock": clock, "bound_s": 60.0}
        return Notifier(channels, tmp_path / "notices", ledger.quota, **{**given, **changes})

    return make


def contents(messages: Sequence[dict[str, Any]]) -> list[str]:
    """What a group has read."""
    return [message[message["msgtype"]]["content"] for message in messages]
