"""The main path goes its whole way on a system that lacks what Windows lacks and refuses what Windows refuses."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.resources import ROOT
from tests.demo_story import look_at_faces
from tests.flows.conftest import DEMO, Undisturbed
from tests.flows.conftest import undisturbed as undisturbed

BROKEN_OFF = "VID_20261018_092000.mp4"
SHIM = ROOT / "tests" / "system" / "windows_shim.py"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the shim gives Linux the behaviour of Windows")


@pytest.mark.system
def test_a_story_with_talk_is_made_and_put_on_the_shelf(undisturbed: Undisturbed, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    folder = shutil.copytree(undisturbed.folder, tmp_path / "手机 导出" / undisturbed.folder.name)
    shutil.copy(DEMO / BROKEN_OFF, folder)
    look_at_faces(tmp_path / "村里 资料", folder.name)
    command = [sys.executable, str(SHIM), *replace(undisturbed, folder=folder).arguments(Path("村里 资料"))]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONIOENCODING": "gbk"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("gbk")
    told = json.loads(done.stdout.decode("gbk"))
    assert told["passed"] is True
    assert BROKEN_OFF in str(told["set_aside"])
    assert Path(told["files"]["video"]).stat().st_size > 100_000
    assert (tmp_path / "村里 资料" / "shelf" / "index.html").is_file()
    shim = json.loads(done.stderr.decode("gbk").splitlines()[-1])
    assert shim["children"] > 20
    # A file that is still open is deleted by whoever closes it: nothing else was tried, and nothing is left.
    assert all(name.endswith(".lock") and "fieldcut-scratch-" in name for name in shim["refused"])
    assert [path.name for path in (tmp_path / "tmp").iterdir() if path.name.startswith("fieldcut-")] == []


REFUSED = {
    "fcntl": ("import pipeline; exec('import fcntl', {'__name__': 'pipeline.x'})", "ImportError: Windows has no fcntl"),
    "os.set_blocking": ("import os; os.set_blocking(0, False)", "AttributeError: module 'os' has no attribute 'set_blocking'"),
    "preexec_fn": ("import subprocess; subprocess.Popen(['true'], preexec_fn=print)", "ValueError: preexec_fn is not supported"),
    "prctl": ("import ctypes; ctypes.CDLL(None).prctl", "AttributeError: prctl"),
    "os.sched_getaffinity": ("import os; os.sched_getaffinity(0)", "AttributeError: module 'os'"),
    "fsync of a file open for reading": ("import os; os.fsync(open(__file__, 'rb').fileno())", "OSError: [Errno 9]"),
    "rename over an open file": (
        "import os; a = open('a', 'w'); open('b', 'w').close(); os.replace('b', 'a')",
        "PermissionError: [Errno 13]",
    ),
    "rename of an open file": ("import os; a = open('a', 'w'); os.replace('a', 'b')", "PermissionError: [Errno 13]"),
    "rename of what a child reads": (
        "import os, subprocess; open('a', 'w').close(); p = subprocess.Popen(['sleep', '9'], stdin=open('a'))\n"
        "try: os.replace('a', 'b')\nfinally: p.kill()",
        "PermissionError: [Errno 13]",
    ),
    "signal.SIGKILL": ("import signal; signal.SIGKILL", "AttributeError: module 'signal'"),
    "pthread_sigmask": ("import signal; signal.pthread_sigmask(0, [])", "AttributeError: module 'signal'"),
    "/proc": ("open('/proc/self/stat')", "FileNotFoundError: [Errno 2] Windows has no /proc"),
    "a folder": ("import os; os.open('.', os.O_RDONLY)", "PermissionError: [Errno 13]"),
    "SIGINT to a child": (
        "import signal, subprocess; p = subprocess.Popen(['sleep', '1']); p.send_signal(signal.SIGINT)",
        "ValueError: Unsupported signal",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_shim_refuses(what: str, tmp_path: Path) -> None:
    text, error = REFUSED[what]
    (tmp_path / "code.py").write_text(text, encoding="utf-8")
    code = f"import sys; sys.path[:0] = [{str(SHIM.parent)!r}, {str(ROOT)!r}]; import runpy, windows_shim; windows_shim.take_away()"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; runpy.run_path('code.py')"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(error)
