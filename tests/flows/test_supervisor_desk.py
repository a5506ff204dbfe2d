"""The page on which a person says yes or no is there while the settings ask for approval, and its address is known."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest

from flows import supervisor as supervising
from flows.desk.address import DESK_FILE, LOOPBACK, lan_address, running_desk
from flows.supervisor import DESK, FIRST_DESK_PORT, KeptProcess, Supervisor
from flows.supervisor_files import END_FILE
from pipeline.documents.message import Message
from pipeline.store import write_atomically


@pytest.fixture
def told() -> list[Message]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: list[Message], monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """A supervisor whose processes are only noted."""
    monkeypatch.setattr(KeptProcess, "start", lambda _self: None)
    monkeypatch.setattr(KeptProcess, "look", lambda _self: False)
    monkeypatch.setattr(supervising, "LOOK_EVERY_S", 0.0)
    return Supervisor(tmp_path, "zh", told.append)


def one_look(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep everything for one look."""
    supervisor.home.mkdir(exist_ok=True)
    (supervisor.home / END_FILE).unlink(missing_ok=True)
    monkeypatch.setattr(supervising.time, "sleep", lambda _s: write_atomically(supervisor.home / END_FILE, ""))
    supervisor.keep()


def test_the_desk_opens_when_the_settings_begin_to_ask_and_once(
    supervisor: Supervisor, told: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_look(supervisor, monkeypatch)
    assert supervisor.desk is None
    (supervisor.workspace / "fieldcut.toml").write_text("[publish]\napproval = tru\n", encoding="utf-8")
    one_look(supervisor, monkeypatch)
    assert supervisor.desk is None, "a mistake in the settings ends nothing"
    (supervisor.workspace / "fieldcut.toml").write_text("[publish]\napproval = true\n", encoding="utf-8")
    one_look(supervisor, monkeypatch)
    one_look(supervisor, monkeypatch)
    [desk] = [process for process in supervisor.kept if process.name == DESK]
    assert supervisor.desk is not None
    assert desk.command[-2:] == [LOOPBACK, str(supervisor.desk.port)]
    assert [str(message) for message in told] == [f"Links for approval open at: http://127.0.0.1:{supervisor.desk.port}"]
    assert (supervisor.home / DESK_FILE).is_file()
    assert running_desk(supervisor.workspace) is None, "an address without a supervisor is none"


def test_a_taken_port_is_passed_over_and_phones_reach_it_only_when_asked(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    (supervisor.workspace / "fieldcut.toml").write_text("[publish]\napproval = true\n", encoding="utf-8")
    with socket.socket() as taken:
        with suppress(OSError):  # where somebody else has it, that is as good
            taken.bind(("0.0.0.0", FIRST_DESK_PORT))
        supervisor.lan = True
        one_look(supervisor, monkeypatch)
    assert supervisor.desk is not None
    assert supervisor.desk.port != FIRST_DESK_PORT
    assert supervisor.desk.host == "0.0.0.0"
    assert supervisor.desk.address == f"http://{lan_address()}:{supervisor.desk.port}"
