"""Telling people, without ever getting in the way of the work: whatever goes wrong here is one line, and takes bounded time."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError
from pipeline.network.client import open_client
from pipeline.network.clock import Clock, SystemClock
from pipeline.network.errors import PlatformError
from pipeline.network.http import send
from pipeline.network.quota import QuotaCounter, QuotaSpent, QuotaWindow
from pipeline.notices.notice import Channel, DeliveryResult, Notice, Post
from pipeline.notices.unsent import Waiting
from pipeline.secrets.secret import Secret

BOUND_S = 10.0
"""How long one call here takes at most, by the machine's own clock, whatever names, networks and servers do."""
ANSWER_S = 5.0
REST_S = 60.0
"""After a channel could not be reached, nobody tries it again before: offline, each notice would cost the whole bound."""
PLATFORM = "notices"
"""Under which budgets stand in the ledger."""
MOST_ANSWER = 64 * 1024


class Notifier:
    """Sends notices to channels. folder: where those wait that cannot be sent yet. quota: the ledger's, for the channels' budgets.

    clock: aware times for budgets and ages. bound_s: see `BOUND_S`.
    """

    def __init__(
        self, channels: Sequence[Channel], folder: Path, quota: QuotaCounter, *, clock: Clock | None = None, bound_s: float = BOUND_S
    ) -> None:
        self._channels = tuple(channels)
        self._folder = folder
        self._quota = quota
        self._clock = clock or SystemClock()
        self._bound_s = bound_s
        # Kept as long as there is somebody to speak to: while a secret lives, logs of the network are searched for it.
        self._secret_forms = tuple(form for channel in channels for form in _forms(channel.address))

    def tell(self, *notices: Notice) -> tuple[Message, ...]:
        """Send these, and whatever waits; warnings, at most one for each channel. Never raises, and takes `bound_s` at most.

        What the budget does not allow now, or what could not be delivered, waits on the disk for the next call of any process. A notice
        whose answer was lost is sent again, and may then be seen twice.
        """
        return self._bounded(lambda channel, until: self._through(channel, notices, until))

    def flush(self, *, wait_s: float = 0.0) -> tuple[Message, ...]:
        """Send what waits; like `tell`. wait_s: how much longer it may take where only the budget is missing, at a run's end."""
        return self._bounded(lambda channel, until: self._through(channel, (), until), wait_s)

    def _bounded(self, work: Callable[[Channel, float], Message | None], wait_s: float = 0.0) -> tuple[Message, ...]:
        # Name look-ups know no time-out, so the work is left behind when it takes too long; at the process's end it goes as well.
        until = time.monotonic() + self._bound_s + wait_s
        warnings: dict[str, Message | None] = {}

        def run(channel: Channel) -> None:
            problem: Message | None
            try:
                problem = work(channel, until if wait_s else 0.0)
            except FieldCutError as error:
                problem = _late(channel, error.message)
            except Exception as error:  # nothing here may end the work, and its text may hold an address
                problem = _late(channel, type(error).__name__)
            warnings[channel.name] = problem

        threads = [threading.Thread(target=run, args=(channel,), daemon=True, name=f"notices {channel.name}") for channel in self._channels]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        slow = M("it does not answer")
        return tuple(
            warning
            for channel in self._channels
            if (warning := warnings.get(channel.name, None if channel.name in warnings else _late(channel, slow))) is not None
        )

    def _through(self, channel: Channel, notices: Sequence[Notice], until: float) -> Message | None:
        waiting = Waiting(self._folder, channel.name)
        for notice in notices:
            if notice.kind in channel.kinds:
                waiting.put(notice)
        with waiting.alone() as alone:
            # Whoever sends from there takes these with it, or the next one does.
            return self._emptied(channel, waiting, until) if alone else None

    def _emptied(self, channel: Channel, waiting: Waiting, until: float) -> Message | None:
        there, given_up = waiting.read(self._clock.now())
        warning = _given_up(channel, given_up) if given_up else None
        with open_client(answer_s=ANSWER_S) as client:
            while there:
                try:
                    self._spend(channel)
                except QuotaSpent as spent:
                    pause_s = (spent.until - self._clock.now()).total_seconds()
                    if time.monotonic() + pause_s < until:
                        self._clock.wait(max(0.05, pause_s))
                        continue
                    return warning
                post = channel.compose([notice for _, notice in there], self._clock.now())
                verdict = self._sent(channel, client, post)
                if verdict.after_s is not None:
                    self._rest(channel, verdict.after_s)
                    return _late(channel, verdict.why or "")
                for path, _ in there[: post.taken]:
                    waiting.drop(path)
                if not verdict.done:
                    return _lost(channel, post.taken, verdict.why or "")
                there, given_up = waiting.read(self._clock.now())
                warning = _given_up(channel, given_up) if given_up else warning
        return warning

    def _sent(self, channel: Channel, client: httpx.Client, post: Post) -> DeliveryResult:
        try:
            answer = send(
                client,
                "POST",
                channel.address.get_secret_value(),
                headers=post.headers,
                content=post.body,
                most_bytes=MOST_ANSWER,
            )
            return channel.judge(answer)
        except PlatformError as ending:
            return DeliveryResult(after_s=REST_S, why=ending.message)

    def _spend(self, channel: Channel) -> None:
        now, quota = self._clock.now(), channel.quota
        begins = datetime.fromtimestamp(now.timestamp() // quota.per_s * quota.per_s, UTC)
        window = QuotaWindow(name=quota.name, starts_at=begins, ends_at=begins + timedelta(seconds=quota.per_s), limit=quota.calls)
        self._quota.spend(PLATFORM, _known_as(channel), window, at=now)

    def _rest(self, channel: Channel, seconds: float) -> None:
        self._quota.hold_off(PLATFORM, _known_as(channel), self._clock.now() + timedelta(seconds=seconds))


def _known_as(channel: Channel) -> str:
    """The budget is the address's, whatever name it goes by; nobody gets from this back to the address."""
    return hashlib.sha256(channel.address.get_secret_value().encode()).hexdigest()[:24]


def _forms(address: Secret) -> tuple[Secret, ...]:
    """The address as a client writes it, and its tail, which is what is secret in it."""
    url = httpx.URL(address.get_secret_value())
    texts = (str(url), url.raw_path.decode("ascii"), url.query.decode("ascii"), url.path)
    return tuple(Secret(text) for text in texts if len(text.strip("/")) >= 8)


def _late(channel: Channel, why: Message | str) -> Message:
    return M("A notice to {channel} waits, since {why}. The work is not touched by it.", channel=channel.name, why=why)


def _lost(channel: Channel, count: int, why: Message | str) -> Message:
    return M("{count} notices to {channel} were given up: {why}.", count=count, channel=channel.name, why=why)


def _given_up(channel: Channel, count: int) -> Message:
    return _lost(channel, count, M("they were too old or too many"))
