"""One supervisor keeps a workspace; whoever only asks whether one does is not in its way."""

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from flows.supervisor import HOME, LOCK, READY_FILE, Supervisor, is_running
from pipeline.errors import UserMistake
from tests.flows.conftest import Run


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """One that starts no process."""
    monkeypatch.setattr(Supervisor, "_start", lambda *_: None)
    return Supervisor(tmp_path, "zh", lambda _: None)


def test_a_look_at_whether_one_runs_keeps_none_from_starting(supervisor: Supervisor) -> None:
    (supervisor.workspace / HOME).mkdir()
    look = FileLock(supervisor.workspace / HOME / LOCK, timeout=0, thread_local=False)
    look.acquire()
    end_of_look = threading.Timer(0.2, look.release)
    end_of_look.start()
    with supervisor.running():
        assert is_running(supervisor.workspace)
    end_of_look.join()
    assert not is_running(supervisor.workspace)


def test_a_second_one_is_refused(supervisor: Supervisor) -> None:
    with supervisor.running(), pytest.raises(UserMistake), Supervisor(supervisor.workspace, "zh", lambda _: None).running():
        pass


def test_until_everything_has_started_it_is_said_to_start_also_after_one_that_was_killed(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, run_here: Run
) -> None:
    said: list[str] = []

    def status() -> str:
        return run_here("status", "--workspace", supervisor.workspace).out.splitlines()[0]

    (supervisor.workspace / HOME).mkdir()
    (supervisor.workspace / HOME / READY_FILE).touch()
    monkeypatch.setattr(Supervisor, "_start", lambda *_: said.append(status()))
    with supervisor.running():
        said.append(status())
    assert ["正在启动" in line for line in said] == [True, False]
    assert "田剪开着" in said[1]


def test_the_folder_for_clips_is_there_with_the_starters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_here: Run) -> None:
    monkeypatch.setattr("flows.cli.up_command.desktop_folder", lambda: tmp_path / "桌面")
    assert run_here("up", "--shortcut", "--workspace", tmp_path / "w").code == 0
    assert (tmp_path / "w" / "inbox").is_dir()
