"""A release in the hands of a worker, at its platform's server: what the contract tests of the adapters work on."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.publish.engine import EngineContext, deliver
from pipeline.publish.engine.release_job import ReleaseJob, open_job
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import Actor, State, Who
from pipeline.publish.platforms.base import LookupResult, Platform, PublishResult
from tests.fakes.publishing_setup import ADAPTERS, NOW, Adapter, Stand, quick_folder, stand
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.http_wire import Answer
from tests.fakes.servers.record import CommonSettings

MIB = 1024 * 1024
WORKER = Actor(who=Who.MACHINE, name="worker-1")


@dataclasses.dataclass
class Bench:
    """A release that is being uploaded, in the hands of a worker, and the server."""

    made: Stand
    server: Server
    context: EngineContext
    job: ReleaseJob

    @property
    def platform(self) -> Platform:
        """The adapter."""
        return self.made.adapter.platform

    def upload(self) -> None:
        """As the engine calls it."""
        self.platform.upload(self.job.release, self.job.session, self.job.progress)

    def publish(self) -> PublishResult:
        """The same."""
        return self.platform.publish(self.job.release, self.job.session, self.job.progress)

    def look_up(self, post_id: str = "", since: datetime = NOW) -> LookupResult:
        """The same."""
        return self.platform.look_up(self.job.release, self.job.session, self.job.progress, since=since, post_id=post_id)

    def asked(self, *endpoints: str) -> int:
        """How many calls of these endpoints came."""
        return sum(call.endpoint in endpoints for call in self.server.calls)

    def settings(self, **changes: Any) -> Mapping[str, Any]:
        """The account's."""
        return {**self.job.settings, **changes}

    def set(self, **changes: Any) -> None:
        """Change the account's settings."""
        self.job.session = dataclasses.replace(self.job.session, settings=self.settings(**changes))

    def says(self, endpoint: str, **told: Any) -> None:
        """From now on this endpoint answers so, and does nothing."""
        answer = Answer(data=told)
        setattr(self.server, endpoint, lambda _: answer)

    def again(self) -> None:
        """As another process would take the release up: with what is on the disk."""
        self.job = open_job(self.context.ledger.get(self.job.entry.id), self.context)


def adapter_of(name: str) -> Adapter:
    """The line in the engine's list."""
    return next(adapter for adapter in ADAPTERS if adapter.name == name)


@contextmanager
def bench_at(adapter: Adapter, plan: Plan, settings: CommonSettings) -> Iterator[Bench]:
    """For as long as the block lasts."""
    standing = stand(adapter, Path(quick_folder()) / "w", plan, settings=settings, answer_s=0.8)
    with standing as (made, server), made.worker() as context:
        entry = made.prepare(context)
        with context.ledger.lease(entry.id, holder="worker-1", at=NOW):
            yield Bench(made, server, context, open_job(context.ledger.advance(entry, State.UPLOADING, by=WORKER, at=NOW), context))


def bench_of(name: str, settings: Callable[..., CommonSettings]) -> Any:
    """A fixture for one adapter's tests: `bench(*faults, **settings of the server)`."""

    @pytest.fixture
    def bench() -> Iterator[Callable[..., Bench]]:
        with ExitStack() as stack:

            def make(*faults: Fault, **given: Any) -> Bench:
                return stack.enter_context(bench_at(adapter_of(name), Plan(faults=faults), settings(**given)))

            yield make

    return bench


def over_a_line_that_breaks(adapter: Adapter, *, part_mb: int) -> None:
    """200 MB in parts of so many over a line that breaks every ten: sent are the file, and at most one part for each break, since what had
    arrived of the one that was under way is lost."""
    size, every = 200 * MIB, 10 * MIB
    larger = dataclasses.replace(adapter, toml=adapter.toml.replace("0.04", str(part_mb)))
    with (
        stand(larger, Path(quick_folder()) / "w", Plan(break_every=every), size=size, answer_s=20) as (made, server),
        made.worker(retry_policy=RetryPolicy(stay_s=1e9)) as context,
    ):
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.LIVE
        breaks = sum(call.cut == "plan" for call in server.calls)
        [upload], [post] = server.uploads, server.posts
    assert post.sha256 == entry.release.video.sha256
    assert breaks >= size // every - 1
    assert upload.bytes_received <= size + breaks * part_mb * MIB
    # Each break costs what had come of one part: with ten megabytes between two, two of them.
    assert upload.bytes_received <= 1.27 * size
