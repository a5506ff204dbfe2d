"""A worker that is killed between any two steps leaves a ledger from which the next one goes on, and nothing is posted twice."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, AlreadyReleased, Ledger, Progress, ReleaseLeased, State, open_ledger

Facts = dict[str, Any]
MOST_MOMENTS = 400


class Platform:
    """What a platform has received, one line a call, in a file that outlives a worker."""

    def __init__(self, file: Path, moment: Callable[[], None] = lambda: None) -> None:
        self._file = file
        self._moment = moment

    def call(self, what: str) -> None:
        """The effect takes place between two moments at which the worker may die."""
        self._moment()
        with self._file.open("a") as out:
            out.write(what + "\n")
        self._moment()

    def posts(self) -> int:
        """How many times it was told to publish."""
        return self._file.read_text().splitlines().count("publish") if self._file.exists() else 0


def drive(ledger: Ledger, release: Release, platform: Platform, facts: Facts) -> State:
    """A worker as every adapter has one: each state is written before the call it announces, and an unknown answer is looked up."""
    now: datetime = facts["now"]
    worker, lookup, person = facts["worker"], facts["lookup"], facts["person"]
    try:
        entry = ledger.prepare(release, by=person, at=now)
    except AlreadyReleased as known:
        entry = known.entry
    with ledger.lease(entry.id, holder="worker-1", at=now):
        found = entry.state
        while entry.state not in PUBLIC | {State.FAILED}:
            if entry.state is State.PREPARED:
                entry = ledger.advance(entry, State.UPLOADING, by=worker, at=now)
            elif entry.state is State.UPLOADING:
                ledger.progress.save(entry.id, Progress.model_validate({"session": "https://up.example.com/s?upload_id=1"}), at=now)
                platform.call("upload")
                entry = ledger.advance(entry, State.UPLOADED, by=worker, at=now)
            elif entry.state is State.UPLOADED:
                entry = ledger.advance(entry, State.PUBLISH_INTENT, by=worker, at=now)
                platform.call("publish")
                entry = ledger.advance(entry, State.PUBLISH_SENT, by=worker, at=now, answer={"result": 1})
                entry = ledger.advance(entry, State.ACCEPTED, by=worker, at=now, post_id="3x7q")
            elif found in IN_FLIGHT and not platform.posts():
                entry = ledger.advance(entry, State.FAILED, by=lookup, at=now, reason=M("The clip is gone."))
            else:
                entry = ledger.advance(entry, State.LIVE, by=lookup, at=now, post_id="3x7q")
    return entry.state


def after_the_death(address: str, cipher: Fernet, release: Release, platform: Platform, facts: Facts) -> State:
    """The next worker; a server takes a moment to see that a session is dead."""
    for _ in range(200):
        with open_ledger(address, cipher=cipher) as ledger:
            try:
                return drive(ledger, release, platform, facts)
            except ReleaseLeased:
                time.sleep(0.05)
    raise AssertionError("the lock outlived its holder")


def is_whole(address: str, release: Release, platform: Platform) -> State | None:
    """Hold the ledger against its own rules; the state in which the release was left."""
    if address.startswith("sqlite:///"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with open_ledger(address) as ledger:
        entries = [entry for entry in ledger.releases() if entry.release.video == release.video]
        if not entries:
            assert platform.posts() == 0
            return None
        [entry] = entries
        history = ledger.history(entry.id)
        assert [move.step for move in history] == [*range(1, entry.step + 1)]
        assert [move.before for move in history] == [None, *(move.after for move in history[:-1])]
        assert history[-1].after is entry.state
        if platform.posts():
            assert entry.state in IN_FLIGHT | PUBLIC, "a call left before the ledger knew of it"
        return entry.state


@pytest.mark.system
def test_killed_at_any_moment_it_is_posted_once(
    address: str, tmp_path: Path, cipher: Fernet, release: Callable[..., Release], facts: Facts, child: Any, killer: Any
) -> None:
    open_ledger(address).close()
    left: set[State | None] = set()
    every = 1 if address.startswith("sqlite") else 2  # a server makes each run longer
    for number in range(1, MOST_MOMENTS, every):
        given, calls = release(number), tmp_path / f"calls-{number}"

        def work(number: int = number, given: Release = given, calls: Path = calls) -> None:
            platform = Platform(calls, killer(number).moment)
            with open_ledger(address, cipher=cipher) as ledger:
                drive(ledger, given, platform, facts)

        code, _ = child(work).end()
        assert code in (0, -signal.SIGKILL)
        platform = Platform(calls)
        left.add(is_whole(address, given, platform))
        state = after_the_death(address, cipher, given, platform, facts)
        assert (state, platform.posts()) in {(State.LIVE, 1), (State.FAILED, 0)}
        if state is State.FAILED:
            # What is known not to be public is tried again, and is posted once then.
            assert after_the_death(address, cipher, given, platform, facts) is State.LIVE
            assert platform.posts() == 1
        if code == 0:
            break
    assert code == 0, "the worker never came to its end"
    way = [State.PREPARED, State.UPLOADING, State.UPLOADED, State.PUBLISH_INTENT, State.PUBLISH_SENT, State.ACCEPTED, State.LIVE]
    assert left == {None, *way}


def test_a_lock_dies_with_its_holder(address: str, release: Callable[..., Release], facts: Facts, child: Any) -> None:
    with open_ledger(address) as ledger:
        entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])
    out, into = os.pipe()

    def hold() -> None:
        with open_ledger(address) as ledger, ledger.lease(entry.id, holder="worker-1", at=facts["now"]):
            os.write(into, b"held")
            signal.pause()

    holding = child(hold)
    assert os.read(out, 4) == b"held"
    with open_ledger(address) as ledger:
        with pytest.raises(ReleaseLeased, match="worker-1"), ledger.lease(entry.id, holder="worker-2", at=facts["now"]):
            pass
        os.kill(holding.pid, signal.SIGKILL)
        holding.end()
        for _ in range(200):
            try:
                with ledger.lease(entry.id, holder="worker-2", at=facts["now"]):
                    return
            except ReleaseLeased:
                time.sleep(0.05)
    raise AssertionError("the lock outlived its holder")


def test_a_child_of_the_holder_does_not_hold_what_the_holder_holds(
    address: str, release: Callable[..., Release], facts: Facts, child: Any
) -> None:
    with open_ledger(address) as ledger:
        entry = ledger.prepare(release(), by=facts["person"], at=facts["now"])
        with ledger.lease(entry.id, holder="worker-1", at=facts["now"]):

            def move() -> str:
                try:
                    ledger.advance(entry, State.UPLOADING, by=facts["worker"], at=facts["now"])
                except ValueError as error:
                    return str(error)
                return "moved"

            _, told = child(move).end()
        assert "takes a release before" in told
        assert ledger.get(entry.id) == entry
