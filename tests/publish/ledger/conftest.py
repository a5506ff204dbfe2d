"""What the ledger's tests share: both databases, a release, and processes that can be killed."""

import os
import pickle
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, event

from pipeline.documents.message import M
from pipeline.documents.release import Captions, CartLink, Declarations, OfferShown, Release, VideoFile
from pipeline.media.process import die_with_parent
from pipeline.publish.ledger import MOVES, Actor, Entry, Ledger, Movers, State, Who, open_ledger
from tests.fakes.postgres_server import drop_database, new_database
from tests.tiers import sample

NOW = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
WORKER = Actor(who=Who.MACHINE, name="worker-1")
LOOKUP = Actor(who=Who.LOOKUP, name="worker-1")
PERSON = Actor(who=Who.PERSON, name="李老师")
ACTORS = {Who.MACHINE: WORKER, Who.LOOKUP: LOOKUP, Who.PERSON: PERSON}


@pytest.fixture(params=sample(["sqlite", "postgresql"], "sqlite"))
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty ledger's address, once on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    made = new_database(request.getfixturevalue("postgres"))
    yield made
    drop_database(made)


@pytest.fixture(scope="session")
def cipher() -> Fernet:
    """A real one."""
    return Fernet(Fernet.generate_key())


@pytest.fixture
def ledger(address: str, cipher: Fernet) -> Iterator[Ledger]:
    """An open ledger, once on each database."""
    with open_ledger(address, cipher=cipher) as opened:
        yield opened


def make_release(number: int = 0, **changes: Any) -> Release:
    """A release; another number is another video."""
    given: dict[str, Any] = {
        "story": "土豆",
        "platform": "kuaishou",
        "account": "coop-main",
        "video": VideoFile(
            path="/outbox/a.mp4",
            sha256=f"{number:064x}",
            size_bytes=1000,
            length_s=30,
            width=1080,
            height=1920,
            fps=30,
            video_codec="h264",
            audio_codec="aac",
        ),
        "captions": Captions(title="高山土豆", text="现挖现发", topics=("土豆", "大桥镇")),
        "cart": CartLink(kind="product_id", value="2020"),
        "declarations": Declarations(ai_generated=False, commercial=True),
        "offer": OfferShown(sku="TD10", name="土豆", price="¥29.9", unit="10斤"),
    }
    return Release(**{**given, **changes})


@pytest.fixture(scope="session")
def release() -> Callable[..., Release]:
    """`release(number, **changes)` makes one."""
    return make_release


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """The actors and the hour of these tests."""
    return {"now": NOW, "worker": WORKER, "lookup": LOOKUP, "person": PERSON, "actors": ACTORS, "question": M("May it go out?")}


def step(ledger: Ledger, entry: Entry, to: State, who: Who, **more: Any) -> Entry:
    """One move with everything that the state asks for; a machine takes the release for it."""
    given: dict[str, Any] = {
        "reason": M("The clip is gone."),
        "post_id": "3xabc",
        "evidence": "shot.png",
        "at": entry.since + timedelta(seconds=1),
        **more,
    }
    if who is not Who.MACHINE:
        return ledger.advance(entry, to, by=ACTORS[who], **given)
    with ledger.lease(entry.id, holder=WORKER.name, at=NOW):
        return ledger.advance(entry, to, by=WORKER, **given)


def way_to(state: State) -> list[tuple[State, Who]]:
    """A shortest way from prepared to a state."""
    seen: dict[State, list[tuple[State, Who]]] = {State.PREPARED: []}
    waiting = [State.PREPARED]
    while state not in seen:
        here = waiting.pop(0)
        for there, may in MOVES[here].items():
            if there not in seen:
                who = Who.MACHINE if may & (Movers.MACHINE | Movers.SAME_RUN) else Who.PERSON if Movers.PERSON in may else Who.LOOKUP
                seen[there] = [*seen[here], (there, who)]
                waiting.append(there)
    return seen[state]


@pytest.fixture(scope="session")
def move() -> Callable[..., Entry]:
    """`move(ledger, entry, to, who)` makes one move."""
    return step


@pytest.fixture(scope="session")
def brought_to() -> Callable[..., Entry]:
    """`brought_to(ledger, state, number)` makes a release that stands there."""

    def bring(ledger: Ledger, state: State, number: int = 0) -> Entry:
        entry = ledger.prepare(make_release(number), by=PERSON, at=NOW)
        for to, who in way_to(state):
            entry = step(ledger, entry, to, who)
        return entry

    return bring


class Child:
    """A process of our own that runs one function. No ledger may be open here while it starts: SQLite does not survive a fork."""

    def __init__(self, work: Callable[[], Any], gate: int | None = None) -> None:
        self._out, into = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid:
            os.close(into)
            return
        die_with_parent()
        code = 1
        try:
            if gate is not None:
                os.read(gate, 1)
            with os.fdopen(into, "wb") as pipe:
                pipe.write(pickle.dumps(work()))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def end(self) -> tuple[int, Any]:
        """Wait for it: (exit code, or minus the signal; what the function gave back)."""
        with os.fdopen(self._out, "rb") as pipe:
            answer = pipe.read()
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return code, pickle.loads(answer) if answer else None


@pytest.fixture(scope="session")
def child() -> type[Child]:
    """`child(work).end()`."""
    return Child


class Killer:
    """Ends this process with SIGKILL at its n-th moment: before every statement and every commit, and wherever `moment` is called."""

    def __init__(self, number: int) -> None:
        self._left = number
        event.listen(Engine, "before_cursor_execute", self._happened)
        event.listen(Engine, "commit", self._happened)

    def moment(self) -> None:
        """One more."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _happened(self, *_: object) -> None:
        self.moment()


@pytest.fixture(scope="session")
def killer() -> type[Killer]:
    """`killer(n)`, in a child only."""
    return Killer


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], AbstractContextManager[str]]:
    """`copied(address)` is, for a while, the address of a copy that nobody has open."""

    @contextmanager
    def copy(address: str) -> Iterator[str]:
        if address.startswith("sqlite:///"):
            target = tmp_path / f"copy-{uuid4().hex}" / "ledger.db"
            target.parent.mkdir()
            shutil.copyfile(address.removeprefix("sqlite:///"), target)
            yield f"sqlite:///{target}"
            return
        host = address.partition("host=")[2]
        name, new = address.partition("@/")[2].partition("?")[0], f"ledger_{uuid4().hex}"
        with psycopg.connect(host=host, user="fieldcut", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{new}" TEMPLATE "{name}"'.encode())
        yield address.replace(name, new)
        drop_database(address.replace(name, new))

    return copy


@pytest.fixture(scope="session")
def at_once() -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Run functions in processes of their own that all start at the same moment, and give back what each gave."""

    def run(works: Sequence[Callable[[], Any]]) -> list[Any]:
        gate, opener = os.pipe()
        children = [Child(work, gate) for work in works]
        os.write(opener, b"!" * len(works))
        ends = [each.end() for each in children]
        with suppress(OSError):
            os.close(gate)
            os.close(opener)
        assert [code for code, _ in ends] == [0] * len(works)
        return [answer for _, answer in ends]

    return run
