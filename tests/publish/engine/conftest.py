"""A platform on 127.0.0.1 with an account, a ledger and a video, for one test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.publishing_setup import ADAPTERS, Stand, quick_folder, stand
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.kuaishou import KuaishouSettings


@pytest.fixture
def at_platform() -> Iterator[Callable[..., tuple[Stand, Server]]]:
    """`at_platform(*faults, **settings of the server)`: a stand and its server."""
    with ExitStack() as stack:

        def make(*faults: Fault, answer_s: float = 0.5, size: int | None = None, **settings: Any) -> tuple[Stand, Server]:
            folder = Path(quick_folder())
            given: AbstractContextManager[tuple[Stand, Server]] = stand(
                ADAPTERS[0], folder / "w", Plan(faults=faults), settings=KuaishouSettings(**settings), answer_s=answer_s, size=size
            )
            return stack.enter_context(given)

        yield make
