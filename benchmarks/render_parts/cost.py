"""What a process costs with everything it starts: processor seconds, wall seconds, memory."""

import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SAMPLE_S = 0.1
KEEPS_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"
"""Set on machines that build software; where people work, a program is compiled once and not at every start."""


@dataclass(frozen=True)
class Cost:
    """Processor seconds (user and system, the process and all descendants it waited for), wall seconds, and the peak of the tree's
    summed proportional set size in megabytes, 0 when memory was not looked at."""

    cpu_s: float
    wall_s: float
    peak_mb: float = 0.0


def middle(costs: Iterable[Cost]) -> Cost:
    """The median of each measure on its own."""
    kept = list(costs)
    return Cost(*(median(getattr(cost, name) for cost in kept) for name in ("cpu_s", "wall_s", "peak_mb")))


def run_costed(
    args: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, log: Path | None = None, memory: bool = False
) -> Cost:
    """Run a command to its end and say what it cost. Its errors are shown; raises CalledProcessError when it fails.

    log: where standard output goes, nowhere without it. The processor time comes from the kernel's own account of the ended child
    (wait4), which holds that of every child it waited for itself.
    """
    peak, ended = [0.0], threading.Event()
    begun = time.monotonic()
    with log.open("wb") if log else open(os.devnull, "wb") as out:
        process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out, cwd=cwd, env={**as_where_people_work(), **(env or {})})
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, ended), daemon=True)
        if memory:
            watcher.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            ended.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    if memory:
        watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, args)
    return Cost(used.ru_utime + used.ru_stime, time.monotonic() - begun, peak[0])


def as_where_people_work() -> dict[str, str]:
    """The environment for what is measured."""
    return {name: value for name, value in os.environ.items() if name != KEEPS_NO_BYTE_CODE}


def _watch(pid: int, peak: list[float], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_S):
        peak[0] = max(peak[0], tree_pss_mb(pid))


def tree_pss_mb(root: int) -> float:
    """Summed proportional set size of a process and all its descendants, megabytes."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    members = {root}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        grown = bool(more)
        members |= more
    total = 0
    for pid in members:
        try:
            for line in (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total / 1024
