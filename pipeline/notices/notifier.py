"""The notifier: sends notices without delaying the work; whatever goes wrong is one warning, and takes bounded time."""

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
from pipeline.notices.notice import Channel, DeliveryResult, Notice, OutgoingMessage
from pipeline.notices.unsent import UnsentNotices
from pipeline.secrets.secret import Secret

BOUND_S = 10.0
"""Longest time that one call takes, seconds, whatever name servers, networks and receivers do."""
ANSWER_S = 5.0
REST_S = 60.0
"""Wait after a channel could not be reached, seconds: offline, each notice would otherwise take the whole time limit."""
PLATFORM = "notices"
"""Name under which the ledger counts the channels' quotas."""
MAX_ANSWER_BYTES = 64 * 1024


class Notifier:
    """Sends notices to channels. folder: for notices that cannot be sent yet. quota: counts messages over all processes.

    clock: for quotas and ages. bound_s: see `BOUND_S`.
    """

    def __init__(
        self, channels: Sequence[Channel], folder: Path, quota: QuotaCounter, *, clock: Clock | None = None, bound_s: float = BOUND_S
    ) -> None:
        self._channels = tuple(channels)
        self._folder = folder
        self._quota = quota
        self._clock = clock or SystemClock()
        self._bound_s = bound_s
        # Kept for the notifier's life: while a secret lives, logs of the network are searched for it.
        self._secret_forms = tuple(form for channel in channels for form in _secret_spellings(channel.address))

    def send(self, *notices: Notice) -> tuple[Message, ...]:
        """Send these notices and those that wait; return warnings, at most one per channel. Never raises, takes `bound_s` seconds at most.

        What the quota does not allow now, or what could not be delivered, waits on disk for the next call of any process. A notice whose
        answer was lost is sent again, and people may see it twice.
        """
        return self._bounded(lambda channel, deadline: self._queue_and_send(channel, notices, deadline))

    def flush(self, *, wait_s: float = 0.0) -> tuple[Message, ...]:
        """Send the notices that wait, like `send`. wait_s: how many seconds longer it may take, at a run's end, to wait for the quota."""
        return self._bounded(lambda channel, deadline: self._queue_and_send(channel, (), deadline), wait_s)

    def _bounded(self, work: Callable[[Channel, float], Message | None], wait_s: float = 0.0) -> tuple[Message, ...]:
        # Name look-ups know no time-out, so the work is left behind when it takes too long; at the process's end it goes as well.
        deadline = time.monotonic() + self._bound_s + wait_s
        warnings: dict[str, Message | None] = {}

        def run(channel: Channel) -> None:
            problem: Message | None
            try:
                problem = work(channel, deadline if wait_s else 0.0)
            except FieldCutError as error:
                problem = _waiting_warning(channel, error.message)
            except Exception as error:  # nothing here may end the work, and its text may hold an address
                problem = _waiting_warning(channel, type(error).__name__)
            warnings[channel.name] = problem

        threads = [threading.Thread(target=run, args=(channel,), daemon=True, name=f"notices {channel.name}") for channel in self._channels]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        slow = M("it does not answer")
        return tuple(
            warning
            for channel in self._channels
            if (warning := warnings.get(channel.name, None if channel.name in warnings else _waiting_warning(channel, slow))) is not None
        )

    def _queue_and_send(self, channel: Channel, notices: Sequence[Notice], deadline: float) -> Message | None:
        queue = UnsentNotices(self._folder, channel.name)
        for notice in notices:
            if notice.kind in channel.kinds:
                queue.put(notice)
        with queue.exclusive() as is_ours:
            # Another process that is sending takes these with it, or the next call does.
            return self._send_waiting(channel, queue, deadline) if is_ours else None

    def _send_waiting(self, channel: Channel, queue: UnsentNotices, deadline: float) -> Message | None:
        unsent, given_up = queue.read(self._clock.now())
        warning = _expired_warning(channel, given_up) if given_up else None
        with open_client(answer_s=ANSWER_S) as client:
            while unsent:
                try:
                    self._spend(channel)
                except QuotaSpent as spent:
                    pause_s = (spent.until - self._clock.now()).total_seconds()
                    if time.monotonic() + pause_s < deadline:
                        self._clock.wait(max(0.05, pause_s))
                        continue
                    return warning
                post = channel.compose([notice for _, notice in unsent], self._clock.now())
                result = self._send_message(channel, client, post)
                if result.after_s is not None:
                    self._hold_off(channel, result.after_s)
                    return _waiting_warning(channel, result.why or "")
                for path, _ in unsent[: post.notice_count]:
                    queue.drop(path)
                if not result.done:
                    return _lost_warning(channel, post.notice_count, result.why or "")
                unsent, given_up = queue.read(self._clock.now())
                warning = _expired_warning(channel, given_up) if given_up else warning
        return warning

    def _send_message(self, channel: Channel, client: httpx.Client, post: OutgoingMessage) -> DeliveryResult:
        try:
            answer = send(
                client,
                "POST",
                channel.address.get_secret_value(),
                headers=post.headers,
                content=post.body,
                max_bytes=MAX_ANSWER_BYTES,
            )
            return channel.read_answer(answer)
        except PlatformError as ending:
            return DeliveryResult(after_s=REST_S, why=ending.message)

    def _spend(self, channel: Channel) -> None:
        now, quota = self._clock.now(), channel.quota
        begins = datetime.fromtimestamp(now.timestamp() // quota.per_s * quota.per_s, UTC)
        window = QuotaWindow(name=quota.name, starts_at=begins, ends_at=begins + timedelta(seconds=quota.per_s), limit=quota.calls)
        self._quota.spend(PLATFORM, _quota_account(channel), window, at=now)

    def _hold_off(self, channel: Channel, seconds: float) -> None:
        self._quota.hold_off(PLATFORM, _quota_account(channel), self._clock.now() + timedelta(seconds=seconds))


def _quota_account(channel: Channel) -> str:
    """Name of the channel's quota: a hash of its address, so that two names of one address share it and the address stays secret."""
    return hashlib.sha256(channel.address.get_secret_value().encode()).hexdigest()[:24]


def _secret_spellings(address: Secret) -> tuple[Secret, ...]:
    """Return the address as HTTP clients write it, and its path and query, which hold the secret."""
    url = httpx.URL(address.get_secret_value())
    texts = (str(url), url.raw_path.decode("ascii"), url.query.decode("ascii"), url.path)
    return tuple(Secret(text) for text in texts if len(text.strip("/")) >= 8)


def _waiting_warning(channel: Channel, why: Message | str) -> Message:
    return M("A notice to {channel} waits, since {why}. The work is not touched by it.", channel=channel.name, why=why)


def _lost_warning(channel: Channel, count: int, why: Message | str) -> Message:
    return M("{count} notices to {channel} were given up: {why}.", count=count, channel=channel.name, why=why)


def _expired_warning(channel: Channel, count: int) -> Message:
    return _lost_warning(channel, count, M("they were too old or too many"))
