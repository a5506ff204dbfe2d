"""Facts about this computer, cores, memory and names, and what a process uses of it."""

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
    """Processor time a process has used, seconds; 0 where the system does not report it."""
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    except (psutil.Error, OSError):
        return 0.0


def process_memory() -> int | None:
    """Bytes of memory that this process uses, with its share of shared memory; None where the system does not report it."""
    import psutil

    try:
        usage = psutil.Process().memory_full_info()
        return int(getattr(usage, "pss", usage.uss))
    except (psutil.Error, OSError):
        return None


def memory() -> tuple[int, int]:
    """Total memory of this computer and available memory, bytes."""
    import psutil

    virtual = psutil.virtual_memory()
    return int(virtual.total), int(virtual.available)


def release_freed_memory() -> None:
    """Return freed memory to the system: glibc keeps it, 60 MB in a run of the whole pipeline."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def boot_id() -> str:
    """Identifier of this boot of the computer; a constant where the system has none."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "this"


def system_and_processor() -> tuple[str, str]:
    """Names of the operating system and the processor, as their makers write them."""
    system_name = platform.platform(terse=True)
    if sys.platform == "linux":
        with suppress(OSError, KeyError):
            system_name = platform.freedesktop_os_release()["PRETTY_NAME"]
    processor = platform.processor()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
    return system_name, ", ".join(dict.fromkeys(part for part in (platform.machine(), processor) if part))
