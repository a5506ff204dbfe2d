"""No child outlives its parent, whichever way a system offers for it, and none begins what its parent cannot end."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import system
from pipeline.resources import ROOT
from pipeline.system import children

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
WAYS = {
    "death signal": "pass",
    "function before exec": "children._death_signal = lambda: []",
    "watchdog": "children._prctl = None",
}
"""What a system that has only this way lacks."""
PARENT = """
import subprocess, sys, time
from pipeline import system
from pipeline.system import children
{way}
child = system.start_child(["sh", "-c", "sleep 60 & echo $! $$ > {pids}; wait"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
{then}
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true, seconds: float = 20.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.02)
    return False


def parent(tmp_path: Path, way: str, then: str) -> tuple["subprocess.Popen[bytes]", list[int]]:
    pids = tmp_path / "pids"
    text = PARENT.format(way=WAYS[way], pids=pids, then=then)
    process = subprocess.Popen([sys.executable, "-c", text], cwd=ROOT)
    assert wait_until(lambda: pids.is_file() and len(pids.read_text(encoding="ascii").split()) == 2)
    return process, [int(pid) for pid in pids.read_text(encoding="ascii").split()]


@pytest.mark.parametrize("way", WAYS)
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path, way: str) -> None:
    process, (grandchild, child) = parent(tmp_path, way, "time.sleep(60)")
    process.kill()
    process.wait()
    try:
        assert wait_until(lambda: not alive(child), 5)
        if way == "watchdog":  # kills the whole group
            assert wait_until(lambda: not alive(grandchild), 5)
    finally:
        if alive(grandchild):
            os.kill(grandchild, signal.SIGKILL)


@pytest.mark.parametrize("way", WAYS)
def test_a_child_that_is_ended_is_gone(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    started(monkeypatch, way)
    child = system.start_child(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert alive(child.pid)
    system.end_child(child)
    assert not alive(child.pid)


def test_a_watchdog_ends_with_its_owner(tmp_path: Path) -> None:
    dog = tmp_path / "dog"
    then = f"open({str(dog)!r}, 'w').write(str(children.watchdog()._process.pid) + '.'); time.sleep(60)"
    process, (grandchild, _) = parent(tmp_path, "watchdog", then)
    assert wait_until(lambda: dog.is_file() and dog.read_text(encoding="ascii").endswith("."))
    pid = int(dog.read_text(encoding="ascii")[:-1])
    assert alive(pid)
    process.kill()
    process.wait()
    assert wait_until(lambda: not alive(pid) and not alive(grandchild), 5)


def test_a_program_whose_parent_was_gone_before_the_kernel_knew_is_not_run(tmp_path: Path) -> None:
    somebody_else = "1"
    command = [*children._death_signal(), children._SHELL, "-c", children._UNLESS_ORPHANED]
    assert subprocess.run([*command, somebody_else, "touch", str(tmp_path / "ran")], check=False).returncode != 0
    assert not (tmp_path / "ran").exists()
    assert subprocess.run([*command, str(os.getpid()), "touch", str(tmp_path / "ran")], check=False).returncode == 0
    assert (tmp_path / "ran").exists()


def test_a_program_whose_parent_died_before_its_watchdog_knew_is_not_run(tmp_path: Path) -> None:
    command = [children._SHELL, "-c", children._WHEN_SIGNALLED, children._SHELL, "touch", str(tmp_path / "ran")]
    assert subprocess.run(command, input=b"", check=False).returncode != 0
    assert not (tmp_path / "ran").exists()


def started(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    if way == "function before exec":
        monkeypatch.setattr(children, "_death_signal", list)
    if way == "watchdog":
        monkeypatch.setattr(children, "_prctl", None)


def said(*args: str, nice: int = 0) -> bytes:
    process = system.start_child(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, nice=nice)
    try:
        out, _ = process.communicate(timeout=30)
        return out
    finally:
        system.end_child(process)


@pytest.mark.parametrize("way", WAYS)
def test_every_argument_arrives_as_it_is(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    started(monkeypatch, way)
    args = ["村里 资料/100%d 黄土豆'\"\\$x`y`*?[a]", "", "-n", os.fsdecode(bytes(range(128, 256))), "a\nb", "土" * 20_000]
    assert said(sys.executable, "-c", "import sys; sys.stdout.buffer.write(ascii(sys.argv[1:]).encode())", *args) == ascii(args).encode()


@pytest.mark.parametrize("way", WAYS)
def test_a_child_is_as_nice_as_asked_and_hears_ctrl_c(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    started(monkeypatch, way)
    text = "import os, signal; print(os.nice(0), sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))"
    assert said(sys.executable, "-c", text, nice=3).decode().strip() == f"{os.nice(0) + 3} []"


def test_a_watchdog_that_somebody_ended_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    started(monkeypatch, "watchdog")
    first = system.start_child(["sleep", "30"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    dog = children.watchdog()
    assert dog._process is not None
    dog._process.kill()
    dog._process.wait()
    second = system.start_child(["sleep", "30"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert dog._process.stdin is not None
        dog._process.stdin.close()  # what the end of this process does
        assert wait_until(lambda: not alive(first.pid) and not alive(second.pid), 10)
    finally:
        dog._process = None
        system.end_child(first)
        system.end_child(second)


def interrupted_while(starting: "list[str]") -> None:
    with system.interrupts_deferred():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        starting.append("started")
    starting.append("went on")


def test_ctrl_c_waits_until_the_child_has_an_owner() -> None:
    order: list[str] = []
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        interrupted_while(order)
    assert order == ["started"]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


class Kernel32:
    """The five calls of Windows' kernel32.dll that a job needs, as their documentation has them."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.open: set[int] = set()
        self.limits = b""
        self.members: list[int] = []

    def CreateJobObjectW(self, _security: None, _name: None) -> int:
        return 71

    def SetInformationJobObject(self, job: int, kind: int, limits: object, size: int) -> bool:
        assert (job, kind) == (71, 9)
        self.limits = ctypes.string_at(ctypes.addressof(limits._obj), size)  # type: ignore[attr-defined]
        return True

    def OpenProcess(self, access: int, _inherit: bool, pid: int) -> int:
        assert access == 0x0100 | 0x0001  # PROCESS_SET_QUOTA | PROCESS_TERMINATE
        self.open.add(pid + 1000)
        return pid + 1000

    def AssignProcessToJobObject(self, job: int, process: int) -> bool:
        assert job == 71
        assert process in self.open
        self.members.append(process - 1000)
        return not self.refuses

    def CloseHandle(self, handle: int) -> bool:
        self.open.remove(handle)
        return True


def test_a_windows_job_kills_its_members_when_its_handle_goes() -> None:
    kernel32 = Kernel32()
    job = children.make_job(kernel32)
    children.put_in_job(kernel32, job, 5)
    assert kernel32.members == [5]
    assert kernel32.open == set()
    assert len(kernel32.limits) == 144  # sizeof(JOBOBJECT_EXTENDED_LIMIT_INFORMATION) on 64 bits
    assert int.from_bytes(kernel32.limits[16:20], "little") == 0x2000  # LimitFlags: JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE


def test_a_job_that_refuses_a_process_is_an_error_and_leaves_no_handle() -> None:
    kernel32 = Kernel32(refuses=True)
    with pytest.raises(OSError, match="refuses"):
        children.put_in_job(kernel32, 71, 5)
    assert kernel32.open == set()


@pytest.mark.parametrize(("nice", "flag"), [(0, 0), (1, 0x4000), (9, 0x4000), (10, 0x40), (19, 0x40)])
def test_niceness_is_a_priority_class_on_windows(nice: int, flag: int) -> None:
    assert children.priority_class(nice) == flag
