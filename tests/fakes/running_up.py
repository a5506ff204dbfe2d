"""`fieldcut up` as processes of a test: started, and found by the workspace that they keep."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pipeline.media import die_with_parent
from tests.flows.conftest import command, environment

READY_S = 240.0
SIGNS = {
    "server": ("server start", "prefect.server"),
    "worker": ("worker start", "flows.batch_worker"),
    "run": ("prefect.engine", "flow_engine"),
}
"""What the command lines of its parts have in them."""


def within(seconds: float, look: Callable[[], object]) -> object:
    """What `look` sees, as soon as that is something; else what it sees last."""
    until = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.2)
    return seen


def start_up(workspace: Path, log: Path, until: str = "Ctrl-C", **variables: str) -> "subprocess.Popen[bytes]":
    """Start it, and return when it says that it runs, or something else. It ends with the caller's thread. Fails when it does not start.

    variables: of its environment, beside the usual ones.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command("up", "--workspace", workspace),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment(PYTHONUNBUFFERED="1", **variables),
            preexec_fn=die_with_parent,
            start_new_session=True,
        )
    assert within(READY_S, lambda: until in log.read_text(encoding="utf-8") or process.poll() is not None)
    assert process.poll() is None, log.read_text(encoding="utf-8")
    return process


def family(workspace: Path) -> dict[int, str]:
    """Every living process that belongs to this workspace's server, by what its environment says, with its command line."""
    mark, found = f"PREFECT_HOME={workspace / 'prefect'}".encode(), {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            dead = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
            if mark in (process / "environ").read_bytes().split(b"\0") and not dead:
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
    return found


def processes_of(workspace: Path, part: Literal["server", "worker", "run"]) -> list[int]:
    """The processes of one part: those of runs are one for each."""
    return [pid for pid, line in family(workspace).items() if any(sign in line for sign in SIGNS[part])]
