"""What this computer is and has, and what a process takes of it."""

import ctypes
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path


def allowed_cores() -> int:
    """Processor cores that this process may use: a container or `taskset` allows fewer than there are."""
    if sys.platform == "linux" and hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, seconds; 0 where the system does not tell."""
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    except (psutil.Error, OSError):
        return 0.0


def own_memory() -> int | None:
    """Bytes that this process takes, its share of what it shares with others; None where the system does not tell."""
    import psutil

    try:
        taken = psutil.Process().memory_full_info()
        return int(getattr(taken, "pss", taken.uss))
    except (psutil.Error, OSError):
        return None


def memory() -> tuple[int, int]:
    """Bytes of memory that this computer has, and those that are free or can be had at once."""
    import psutil

    told = psutil.virtual_memory()
    return int(told.total), int(told.available)


def give_back_memory() -> None:
    """Return to the system what was freed: glibc keeps it, 60 MB in a run of the whole pipeline."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def boot_id() -> str:
    """A name of this start of the computer; always the same where the system gives it none."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "this"


def described() -> tuple[str, str]:
    """Names of system and processor, as their makers write them."""
    name = platform.platform(terse=True)
    if sys.platform == "linux":
        with suppress(OSError, KeyError):
            name = platform.freedesktop_os_release()["PRETTY_NAME"]
    processor = platform.processor()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
    return name, ", ".join(dict.fromkeys(part for part in (platform.machine(), processor) if part))
