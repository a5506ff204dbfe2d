"""What FieldCut relies on in the pinned Prefect, tried on a real server and a real worker: schedules make runs, a worker makes them, and
who cancels a run ends the process that renders for it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.server import running_server
from pipeline.media import die_with_parent
from tests.flows.conftest import environment

pytestmark = pytest.mark.system

FLOWS = '''
"""Two flows as FieldCut has them: the child of a run is started by `run_media`, in the flow's main thread and its session."""

import json
import os
import sys
from pathlib import Path

from prefect import flow

from pipeline.media import run_media


@flow(name="short")
def short(done: str) -> None:
    with Path(done).open("a", encoding="utf-8") as out:
        out.write(f"{os.getpid()}\\n")


@flow(name="long")
def long(pids: str) -> None:
    def note(line: str) -> None:
        Path(pids).write_text(f"{os.getpid()} {line}", encoding="ascii")

    child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    run_media([sys.executable, "-c", child], name="a long render", on_line=note, stall_s=600)
'''
DEPLOY = """
import json, sys
from datetime import timedelta
from prefect import deploy, flow
from prefect.schedules import Cron, Interval

source, done, pids = sys.argv[1:]
often = Interval(timedelta(seconds=20), timezone="Asia/Shanghai", slug="often")
evening = Cron("0 18 * * *", timezone="Asia/Shanghai", slug="evening")
short = flow.from_source(source=source, entrypoint="lab.py:short")
long = flow.from_source(source=source, entrypoint="lab.py:long")
made = deploy(
    short.to_deployment("often", schedules=[often], parameters={"done": done}),
    short.to_deployment("evening", schedules=[evening], parameters={"done": done}),
    long.to_deployment("long", parameters={"pids": pids}),
    work_pool_name="local",
    build=False,
    push=False,
    print_next_steps_message=False,
)
print(json.dumps([str(one) for one in made]))
"""
SCHEDULED_S = 60.0
"""With a scheduler that looks every 5 s the runs are there after 7 s on a quiet machine."""
COMPLETED_S = 180.0
"""Up to 20 s until the time of the next run, then 5 to 15 s to start its process, several times that on a busy machine."""
CHILD_GONE_S = 15.0
"""0.1 s after the worker has heard of it; the worker asks every few seconds."""
CANCELLED_S = 90.0


@dataclass
class Installation:
    """A server, a pool and a worker with three deployments, and the processes they are known to have started."""

    api: str
    folder: Path
    deployments: tuple[str, ...] = ()
    begun: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> Path:
        """Where every short run leaves the number of its process."""
        return self.folder / "完成 done.txt"

    @property
    def pids(self) -> Path:
        """Where the long run leaves its own process and its child's."""
        return self.folder / "pids.txt"

    def ask(self, path: str, **content: Any) -> Any:
        """Post to the server's API; a server whose database is busy is asked again, as every client of it must."""
        until = time.monotonic() + 30
        while True:
            answer = httpx.post(f"{self.api}/{path}", json=content, timeout=30, trust_env=False)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > until:
                answer.raise_for_status()
                return answer.json() if answer.content else None
            time.sleep(0.2)

    def get(self, path: str) -> Any:
        """Read from the server's API."""
        answer = httpx.get(f"{self.api}/{path}", timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def runs(self, deployment: str, *states: str) -> list[dict[str, Any]]:
        """Runs of a deployment that are in one of these states, the earliest first."""
        wanted = {"deployments": {"id": {"any_": [deployment]}}, "flow_runs": {"state": {"type": {"any_": list(states)}}}}
        found = self.ask("flow_runs/filter", **wanted, sort="EXPECTED_START_TIME_ASC")
        assert isinstance(found, list)
        return found


def within(seconds: float, look: Callable[[], Any]) -> Any:
    """What `look` gives once it gives something, or its last empty answer after these seconds."""
    until = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.1)
    return seen


def alive(pid: int) -> bool:
    """Whether a process is there and is more than the remains of one that ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask once, then insist."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_noted(pids: Path) -> None:
    """Kill what a long run noted and left behind; its command line says that the number was not given to another process meanwhile."""
    for pid in pids.read_text(encoding="ascii").split() if pids.is_file() else ():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"time.sleep(600)" in command or b"prefect" in command:
            os.kill(int(pid), signal.SIGKILL)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, prefect_home: Callable[[Path], Path]) -> Iterator[Installation]:
    """Everything in a folder with Chinese and a space in its name; all processes end with the tests, whatever happens."""
    folder = tmp_path_factory.mktemp("prefect") / "村里 资料"
    home = prefect_home(folder / "pf home")
    (folder / "lab.py").write_text(FLOWS, encoding="utf-8")
    with ExitStack() as ending:
        shared = ending.enter_context(running_server(home, {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5"}))
        found = Installation(shared["PREFECT_API_URL"], folder)
        found.ask("work_pools/", name="local", type="process")
        variables = environment(**shared)
        arguments = [sys.executable, "-c", DEPLOY, str(folder), str(found.done), str(found.pids)]
        deployed = subprocess.run(arguments, env=variables, capture_output=True, text=True, check=False, timeout=120)
        assert deployed.returncode == 0, deployed.stderr[-4000:]
        found.deployments = tuple(json.loads(deployed.stdout.splitlines()[-1]))
        found.begun = time.monotonic()
        ending.callback(end_noted, found.pids)
        with (home / "worker.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "prefect", "worker", "start", "--pool", "local", "--name", "test", "--limit", "2"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=variables,
                cwd=folder,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        ending.callback(end, worker)
        yield found


def test_the_server_is_of_the_version_that_the_flows_import(installation: Installation) -> None:
    assert installation.get("admin/version") == version("prefect")


def test_a_schedule_has_runs_at_its_hours(installation: Installation) -> None:
    evening = installation.deployments[1]
    runs = within(SCHEDULED_S, lambda: installation.runs(evening, "SCHEDULED"))
    print(f"scheduled runs after {time.monotonic() - installation.begun:.1f} s")
    assert len(runs) == 3
    hours = [datetime.fromisoformat(run["expected_start_time"]).astimezone(UTC) for run in runs]
    assert all((at.hour, at.minute) == (10, 0) for at in hours)
    assert [(after - before).days for before, after in pairwise(hours)] == [1, 1]
    assert all(run["auto_scheduled"] for run in runs)


def test_a_worker_makes_a_scheduled_run_once_and_not_before_its_time(installation: Installation) -> None:
    often = installation.deployments[0]
    completed = within(COMPLETED_S, lambda: installation.runs(often, "COMPLETED"))
    assert completed, installation.runs(often, "FAILED", "CRASHED", "SCHEDULED", "PENDING", "RUNNING")[:3]
    begun = datetime.fromisoformat(completed[0]["start_time"])
    late_s = (begun - datetime.fromisoformat(completed[0]["expected_start_time"])).total_seconds()
    print(f"begun {late_s:.1f} s after its time")
    assert late_s > -1  # the worker waits by its own clock: up to a tenth of a second before was seen
    made = len(installation.done.read_text(encoding="utf-8").split())
    assert len(completed) <= made <= len(installation.runs(often, "COMPLETED", "RUNNING")), "one process a run"
    installation.ask(f"deployments/{often}/pause_deployment")  # nobody looks at any more of them


def test_who_cancels_a_run_ends_its_child(installation: Installation) -> None:
    run = installation.ask(f"deployments/{installation.deployments[2]}/create_flow_run")
    assert within(COMPLETED_S, lambda: installation.pids.is_file() and len(installation.pids.read_text("ascii").split()) == 2)
    flow, child = map(int, installation.pids.read_text(encoding="ascii").split())
    assert alive(flow)
    assert alive(child)
    assert os.getsid(child) == os.getsid(flow)

    answer = installation.ask(f"flow_runs/{run['id']}/set_state", state={"type": "CANCELLING"})
    asked_at = time.monotonic()
    assert answer["status"] == "ACCEPT"
    assert within(CHILD_GONE_S, lambda: not alive(child)), "the child outlived its run"
    print(f"child gone {time.monotonic() - asked_at:.1f} s after the cancel")
    assert within(CHILD_GONE_S, lambda: not alive(flow)), "the flow's process outlived its run"
    print(f"flow gone {time.monotonic() - asked_at:.1f} s after the cancel")
    assert within(CANCELLED_S, lambda: installation.get(f"flow_runs/{run['id']}")["state"]["name"] == "Cancelled")
    print(f"said to be cancelled after {time.monotonic() - asked_at:.1f} s")
