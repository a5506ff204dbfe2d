"""One supervisor keeps a workspace; whoever only asks whether one does is not in its way."""

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from flows.supervisor import HOME, LOCK, Supervisor, is_running
from pipeline.errors import UserMistake


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
