"""At the keyboard: a yes or a no to what waits, and a link for whoever is elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock

from flows.desk.address import DeskPlace, note_desk
from flows.supervisor_files import HOME, LOCK
from pipeline.publish.ledger import State
from tests.flows.conftest import Answer, Run
from tests.flows.desk.conftest import Coop


def approve(coop: Coop, run_here: Run, *arguments: str) -> Answer:
    return run_here("approve", *arguments, "--workspace", coop.here.workspace)


@contextmanager
def running(coop: Coop, place: DeskPlace) -> Iterator[None]:
    """A supervisor that holds the workspace, as far as others see it."""
    home = coop.here.workspace / HOME
    home.mkdir(exist_ok=True)
    note_desk(home, place)
    with FileLock(home / LOCK):
        yield


def test_a_yes_at_the_keyboard_is_kept_with_the_name_that_was_given(coop: Coop, run_here: Run) -> None:
    entry = coop.waiting("键盘上同意")
    answer = approve(coop, run_here, entry.id[:12], "--by", "社长")
    assert answer.code == 0, answer.err
    assert "已同意（社长）" in answer.out
    given = coop.decisions()[0]
    assert (given.by.name, given.way, given.answer, given.release_id) == ("社长", "command", "yes", entry.id)
    assert "社长 已同意" in coop.phone.get(coop.link(entry)).text


def test_a_no_at_the_keyboard_ends_it_with_its_reason(coop: Coop, run_here: Run) -> None:
    entry = coop.waiting("键盘上不同意")
    answer = approve(coop, run_here, entry.id[:12], "--no", "字太小", "--by", "社长")
    assert answer.code == 0, answer.err
    assert "不同意，没有发（社长：字太小）" in answer.out
    assert coop.entry(entry).state is State.FAILED


def test_what_does_not_wait_is_named_with_what_does(coop: Coop, run_here: Run) -> None:
    entry = coop.waiting("还在等")
    answer = approve(coop, run_here, "没有这个")
    assert answer.code == 2
    assert entry.id[:8] in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_a_link_is_printed_for_a_desk_that_runs_and_opens_the_page(coop: Coop, run_here: Run) -> None:
    entry = coop.waiting("要一个链接")
    closed = approve(coop, run_here, entry.id[:12], "--link")
    assert closed.code == 2
    assert "fieldcut up" in closed.err
    with running(coop, DeskPlace(port=4312)):
        answer = approve(coop, run_here, entry.id[:12], "--link")
    assert answer.code == 0, answer.err
    [address] = [line for line in answer.out.splitlines() if line.startswith("http")]
    assert address.startswith("http://127.0.0.1:4312/a/")
    assert "要一个链接" in coop.phone.get(address).text
    assert address.removeprefix("http://127.0.0.1:4312") == coop.link(entry), "the same link, whoever makes it"


def test_answers_that_exclude_each_other_are_refused(coop: Coop, run_here: Run) -> None:
    for arguments in (("x", "--no", "a", "--link"), ("x", "--to", "shelf", "--link"), ("x", "--at", "2099-01-01 10:00")):
        answer = approve(coop, run_here, *arguments)
        assert answer.code == 2
        assert "--to" in answer.err


def test_the_status_names_what_waits_with_its_link_while_a_desk_runs(coop: Coop, run_here: Run) -> None:
    entry = coop.waiting("状态里")
    link = f"http://127.0.0.1:4312{coop.link(entry)}"
    assert link not in run_here("status", "--workspace", coop.here.workspace).out
    with running(coop, DeskPlace(port=4312)):
        said = run_here("status", "--workspace", coop.here.workspace)
        told = run_here("status", "--json", "--workspace", coop.here.workspace).told
    assert f"土豆 → 快手 coop 等人同意。{link}" in said.out
    assert {"story": "土豆", "place": "kuaishou:coop", "link": link} in told["approvals"]
