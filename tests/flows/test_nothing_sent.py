"""What must stop a post is said in one clear line on the command line, and nothing is sent."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from pipeline.actions import publishing_context
from pipeline.documents.clip import Clips
from pipeline.documents.job import Job
from pipeline.documents.release import Captions
from pipeline.publish.ledger import State, open_ledger
from pipeline.store import save_document
from tests.fakes.logged_in_workspace import ACCOUNT, PLATFORM, STORY, Desk, desk
from tests.flows.conftest import Answer, Run

DAY = timedelta(days=1)
HOLD = """
import sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
ledger.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
Tell = Callable[..., Answer]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        folder = made.workspace / "stories" / STORY
        save_document(folder / "job.json", Job(story=STORY, source="/nowhere", workspace=str(made.workspace), now=datetime.now(UTC)))
        save_document(folder / "clips.json", Clips(clips=(), set_aside=()))
        for name in ("analyses.json", "transcripts.json", "brief.json"):
            (folder / name).write_text("{}", encoding="utf-8")
        yield made


@pytest.fixture
def tell(here: Desk, run_here: Run) -> Tell:
    """`tell("settle")` in the workspace, by a ledger that nobody used before."""
    (here.workspace / "ledger.db").unlink(missing_ok=True)
    return lambda *arguments: run_here(*arguments, "--workspace", here.workspace, "--by", "李老师")


def settled(tell: Tell) -> str:
    """The one release's line after a `settle`."""
    answer = tell("settle")
    assert not answer.err
    return next(line for line in answer.out.splitlines() if "快手 coop" in line)


@pytest.fixture(autouse=True)
def nothing_sent(here: Desk) -> Iterator[None]:
    """But the question for the time, and the upload that a platform itself refuses."""
    before = len(here.server.calls)
    yield
    assert not here.server.posts
    assert {call.method for call in here.server.calls[before:]} <= {"HEAD"}


def test_an_account_that_is_not_there_is_named_before_anything_is_rendered(here: Desk, tell: Tell) -> None:
    answer = tell("publish", STORY, "--to", f"{PLATFORM}:nobody")
    assert answer.code == 2
    assert f"{PLATFORM}:nobody" in answer.err
    assert ACCOUNT in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not here.entries()


@contextmanager
def held(ledger: Path) -> Iterator[None]:
    """Another program has the file for itself. One of our own process would lose it: closing any handle of a file frees its locks."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(ledger)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline()
    try:
        yield
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def test_a_ledger_that_somebody_holds_is_said_to_be_busy(here: Desk, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing_context, "open_ledger", partial(open_ledger, patience_s=0.1))
    here.enter(here.release("高山土豆"))
    with held(here.workspace / "ledger.db"):
        answer = tell("settle")
    assert answer.code == 1
    assert "ledger.db" in answer.err
    assert "正被别的程序占用" in answer.err
    assert "什么都没发出去" in answer.err
    assert len(answer.err.splitlines()) == 1
    assert here.entries()[0].state is State.PREPARED


@pytest.mark.parametrize("how", ["a folder", "other bytes"])
def test_a_ledger_that_cannot_be_used_is_said(here: Desk, tell: Tell, how: str) -> None:
    ledger = here.workspace / "ledger.db"
    if how == "a folder":
        ledger.mkdir()
    else:
        ledger.write_bytes(b"these are no pages of a database " * 50)
    try:
        for command in (("settle",), ("publish", STORY, "--to", ACCOUNT)):
            answer = tell(*command)
            assert answer.code in (1, 3)
            assert "ledger.db" in answer.err
            assert len(answer.err.splitlines()) == 1
    finally:
        ledger.rmdir() if how == "a folder" else ledger.unlink()


@pytest.mark.parametrize("off", [DAY, -DAY])
def test_a_clock_that_is_wrong_by_a_day_is_said(here: Desk, tell: Tell, off: timedelta) -> None:
    clock = here.server.clock
    here.server.clock = lambda: datetime.now(UTC) + off
    try:
        here.enter(here.release("高山土豆"))
        line = settled(tell)
    finally:
        here.server.clock = clock
    assert "失败" in line
    assert "时间" in line or "时钟" in line
    assert here.entries()[0].state is State.FAILED


WRONG: Mapping[str, tuple[Captions, str]] = {
    "emoji": (Captions(title="🥔", text="🥔🥔 🎉"), "没有文字"),
    "nothing": (Captions(title="", text=" \n"), "没有文字"),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_caption_without_words_is_refused(here: Desk, tell: Tell, why: str) -> None:
    captions, said = WRONG[why]
    here.enter(here.release("x", captions=captions))
    line = settled(tell)
    assert "失败" in line
    assert said in line


@pytest.mark.parametrize("link", ["http://www.kuaishou.com/short-video/1", "ftp://x.example.com/1", "kuaishou.com/1", "https://"])
def test_a_link_that_is_not_https_is_no_proof_of_a_post(here: Desk, tell: Tell, link: str) -> None:
    [entry] = here.enter(here.release("高山土豆"))
    answer = tell("settle", entry.id[:8], "--as", "live", "--link", link)
    assert answer.code == 2
    assert "https" in answer.err
    assert len(answer.err.splitlines()) == 1
    assert here.entries()[0].state is State.PREPARED


def test_a_missing_permission_is_said_with_what_to_do(tmp_path: Path, run_here: Run) -> None:
    # The person who logged in gave less than posting needs.
    with desk(tmp_path, scopes=("user_info",)) as bare:
        bare.enter(bare.release("高山土豆"))
        answer = run_here("settle", "--workspace", bare.workspace)
        assert not bare.server.posts
        assert not any(upload.bytes_received for upload in bare.server.uploads)
    assert answer.code == 3
    line, *_, task = answer.out.splitlines()
    assert "失败" in line
    assert task.startswith("→")
    assert "权限" in task
