"""Children have one owner, and none outlives it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import DiskFault, MediaFault
from pipeline.media import FFMPEG, Child, run_media, run_side_by_side
from pipeline.resources import ROOT


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def wait_until(true, seconds: float = 5.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_lines_come_as_they_are_written_and_the_log_comes_back():
    lines: list[str] = []
    log = run_media(script("import sys; print('one'); print('two', end=''); sys.stderr.write('said')"), name="x", on_line=lines.append)
    assert (lines, log) == (["one", "two"], "said")


def test_a_child_that_fails_is_named_and_what_it_said_is_kept_for_whoever_mends_it():
    with pytest.raises(MediaFault, match=r"clip\.mp4: the media program failed \(code 3\)\.$") as fault:
        run_media(script("import sys; sys.stderr.write('first\\nbad thing\\n'); sys.exit(3)"), name="clip.mp4")
    assert fault.value.log == "first\nbad thing\n"


def test_a_program_that_is_not_there_is_a_fault():
    with pytest.raises(MediaFault, match="does not start"):
        run_media(["/nowhere/ffmpeg"], name="clip.mp4")


def test_ffmpeg_on_a_bad_file_is_a_fault(tmp_path: Path):
    (tmp_path / "a.mp4").write_text("words")
    with pytest.raises(MediaFault, match=r"a\.mp4: the media program failed"):
        run_media([FFMPEG, "-i", str(tmp_path / "a.mp4"), "-f", "null", "-"], name="a.mp4")


def test_a_child_that_does_nothing_is_ended_and_named():
    begins = time.monotonic()
    with pytest.raises(MediaFault, match=r"clip\.mp4: nothing moved for 1 seconds"):
        run_media(["sleep", "30"], name="clip.mp4", stall_s=0.6)
    assert time.monotonic() - begins < 3


def test_a_progress_report_that_stands_still_is_not_progress():
    report = "while :; do n=$((n+1)); echo frame=7; echo fps=3.$n; echo progress=continue; sleep 0.1; done"
    with pytest.raises(MediaFault, match="nothing moved"):
        run_media(["sh", "-c", report], name="x", stall_s=0.8)


ENDLESS = [FFMPEG, "-nostdin", "-loglevel", "error", "-progress", "pipe:1", "-re", "-f", "lavfi", "-i", "testsrc", "-f", "null", "-"]


def children() -> set[int]:
    """This process's, among them those that other tests keep running."""
    return {int(child) for child in Path("/proc/thread-self/children").read_text().split()}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_child_that_somebody_stopped_is_ended_and_named():
    stopped: list[int] = []
    others = children()

    def stop(_line: str) -> None:
        if not stopped:
            (child,) = children() - others
            stopped.append(child)
            os.kill(stopped[0], signal.SIGSTOP)

    with pytest.raises(MediaFault, match=r"clip\.mp4: nothing moved for 1 seconds"):
        run_media(ENDLESS, name="clip.mp4", on_line=stop, stall_s=1.0)
    assert not alive(stopped[0])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="waits on a pipe with a name, which this system does not have")
def test_an_ffmpeg_that_waits_for_input_which_never_comes_is_ended_and_named(tmp_path: Path):
    os.mkfifo(tmp_path / "clip.mp4")
    with pytest.raises(MediaFault, match=r"clip\.mp4: nothing moved for 1 seconds"):
        run_media([FFMPEG, "-nostdin", "-i", str(tmp_path / "clip.mp4"), "-f", "null", "-"], name="clip.mp4", stall_s=0.8)


@pytest.mark.parametrize("script", ["exit 228", "echo 'No space left on device' >&2; exit 1"], ids=["silent", "says so"])
def test_a_child_that_finds_the_disk_full_is_a_disk_fault_that_names_its_file(script: str):
    """ffmpeg's last words are lost where its log lies on the same disk; its code is not."""
    with pytest.raises(DiskFault, match=r"The disk is full: /a/b/out\.mp4 could not be written"):
        run_media(["sh", "-c", script, "file:/a/b/in.mp4", "file:/a/b/out.mp4", "-y"], name="clip.mp4")


@pytest.mark.parametrize(
    "text",
    [
        "import time\nfor n in range(12): print(f'frame={n}', flush=True); time.sleep(0.1)",
        "import time\nends = time.monotonic() + 1.2\nwhile time.monotonic() < ends: pass",
    ],
    ids=["speaks", "works"],
)
def test_a_slow_child_that_gets_on_is_left_alone(text: str):
    run_media(script(text), name="x", stall_s=0.7)


def test_all_children_end_when_one_fails(tmp_path: Path):
    pids = tmp_path / "pid"
    sleeper = ["sh", "-c", f"echo $$ > {pids}; exec sleep 30"]
    with pytest.raises(MediaFault, match="second"):
        run_side_by_side([Child(sleeper, "first"), Child(["sh", "-c", "sleep 0.3; exit 1"], "second")], at_once=2)
    assert not alive(int(pids.read_text()))


def test_no_more_children_run_at_once_than_asked(tmp_path: Path):
    count = f"touch {tmp_path}/$$; sleep 0.2; ls {tmp_path} | wc -l; rm {tmp_path}/$$"
    seen: list[str] = []
    run_side_by_side([Child(["sh", "-c", count], f"{n}", seen.append) for n in range(4)], at_once=2)
    assert len(seen) == 4
    assert max(map(int, seen)) <= 2


def test_what_follows_a_child_runs_once_it_has_ended_well():
    logs: list[str] = []
    run_side_by_side([Child(["sh", "-c", "echo done >&2"], "x", after=logs.append)])
    assert logs == ["done\n"]


PARENT = """
import sys
from pipeline.media import run_media
run_media(["sh", "-c", "echo $$ > {pid}; exec sleep 30"], name="x")
"""


def parent_with_child(tmp_path: Path) -> tuple[subprocess.Popen[bytes], int]:
    pid = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(pid=pid)], cwd=ROOT, stderr=subprocess.DEVNULL)
    assert wait_until(lambda: pid.is_file() and pid.read_text().strip().isdigit(), 20)
    return parent, int(pid.read_text())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_child_dies_with_its_parent(tmp_path: Path):
    parent, child = parent_with_child(tmp_path)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert wait_until(lambda: not alive(child), 2)


ORPHAN = """
import os, sys, time
from pipeline.media import die_with_parent
if os.fork() == 0:
    while os.getppid() == int(sys.argv[1]): pass
    open({told!r}, "w").write("orphaned")
    die_with_parent()
    open({told!r}, "w").write("lives")
    os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_child_whose_parent_died_while_it_was_being_started_does_not_start(tmp_path: Path):
    told = tmp_path / "told"
    parent = "import os, sys; sys.argv = ['', str(os.getpid())]\n" + ORPHAN.format(told=str(told))
    subprocess.run([sys.executable, "-c", parent], cwd=ROOT, check=True)
    assert wait_until(told.is_file)
    time.sleep(0.3)
    assert told.read_text() == "orphaned"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_leaves_no_child_and_takes_no_time(tmp_path: Path):
    parent, child = parent_with_child(tmp_path)
    begins = time.monotonic()
    os.kill(parent.pid, signal.SIGINT)
    parent.wait(5)
    assert time.monotonic() - begins < 2
    assert wait_until(lambda: not alive(child), 1)
