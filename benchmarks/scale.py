"""One long story made by one worker and by two, each on a core of its own, and with the second one killed half-way; or many short ones.

uv run python -m benchmarks.scale [--seconds 120] [--size 1080x1920] [--preset standard] [--small] [--database bundled]
uv run python -m benchmarks.scale --stories 20 [--seconds 12] …

Where the parts run stands in `benchmarks/two_machines.py`. Prints for the long story two tables, the measured one and a model made from
it; ends with 1 when videos differ.
"""

import argparse
import math
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.two_machines import ManyRun, ScaleRun, TwoMachines, write_clips

RATES = (10, 100, 1000)
USE = 0.8
"""The share of a core that is planned with: work comes unevenly."""
SERVER_CORES = 1.0
"""One API server is one process."""
AT_ONCE = 2
"""Stories that one worker makes at once, where many wait: while it listens to one, others render the other."""


@dataclass(frozen=True)
class Load:
    """What a rate of stories asks of each part, as shares of what one of it can do."""

    rate: int
    workers: int
    """Cores that render, judge and listen."""
    server: float
    database: float
    network_mbit: float
    """To and from the shared place, megabits a second."""


def load_of(rate: int, work_cpu_s: float, server_cpu_s: float, database_cpu_s: float, shared_bytes: float) -> Load:
    """Model a rate (stories an hour) from what one story took of each part."""
    an_hour = 3600.0
    return Load(
        rate=rate,
        workers=max(1, math.ceil(rate * work_cpu_s / an_hour / USE)),
        server=rate * server_cpu_s / an_hour / SERVER_CORES,
        database=rate * database_cpu_s / an_hour,
        network_mbit=rate * shared_bytes * 2 * 8 / an_hour / 1e6,
    )


def saturates_first(load: Load, cores: int, network_mbit: float = 1000.0) -> str:
    """Name what is used up first on a site with so many worker cores and such a network."""
    shares = {
        "worker cores": load.workers / cores,
        "the API server": load.server / USE,
        "the database": load.database / USE,
        "the network to the shared place": load.network_mbit / (network_mbit * USE),
    }
    return max(shares, key=lambda name: shares[name])


def tables(runs: Mapping[str, ScaleRun]) -> str:
    """What was measured, and what follows from it."""
    one, two = runs["one worker"], runs["two workers"]
    lines = ["| | " + " | ".join(runs) + " |", "|---|" + "---|" * len(runs)]
    rows: list[tuple[str, Callable[[ScaleRun], Any]]] = [
        (stage, lambda run, stage=stage: f"{run.stages[stage]:.1f} s") for stage in one.stages
    ]
    rows += [
        ("whole story", lambda run: f"{run.seconds:.1f} s"),
        ("times as fast", lambda run: f"{one.seconds / run.seconds:.2f}"),
        ("chunks of the second worker", lambda run: f"{run.helped} of {run.chunks}"),
        ("begun by the second worker and lost", lambda run: run.lost),
        ("processor of the server", lambda run: f"{run.server_cpu_s:.1f} s"),
        ("processor of the database", lambda run: f"{run.database_cpu_s:.1f} s"),
        ("in the shared place", lambda run: f"{run.shared_bytes / 1e6:.0f} MB"),
        ("the same video", lambda run: "yes" if run.sha256 == one.sha256 else "NO"),
    ]
    lines += [f"| {name} | " + " | ".join(str(show(run)) for run in runs.values()) + " |" for name, show in rows]
    lines += ["", "| stories an hour | worker cores | API server | database | network | with 8 cores used up first |", "|---|" + "---|" * 5]
    for rate in RATES:
        load = load_of(rate, one.work_cpu_s, two.server_cpu_s, two.database_cpu_s, two.shared_bytes)
        shares = f"{load.server:.0%} of a core | {load.database:.0%} of a core | {load.network_mbit:.0f} Mbit/s"
        lines.append(f"| {rate} | {load.workers} | {shares} | {saturates_first(load, 8)} |")
    return "\n".join(lines)


def measure(folder: Path, seconds: float, size: str, preset: str, database: str, batch_s: float) -> dict[str, ScaleRun]:
    """Make the story three times. folder: an empty one that the user as whom PostgreSQL runs can reach."""
    clips = write_clips(folder / "clips" / "long", seconds * 1.6, size)
    machines = _machines(folder, ["--seconds", f"{seconds:g}", "--size", size, "--preset", preset], batch_s)
    runs: dict[str, ScaleRun] = {}
    try:
        machines.start(database)
        idle = machines.idle()
        runs["one worker"] = machines.make(clips, idle)
        machines.forget()
        with machines.helping():
            runs["two workers"] = machines.make(clips, idle)
        machines.forget()
        with machines.helping() as helper:
            runs["two, one killed half-way"] = machines.make(clips, idle, kill=helper)
    finally:
        machines.end()
    return runs


def many_table(runs: Mapping[str, ManyRun]) -> str:
    """What was measured of many stories."""
    one = next(iter(runs.values()))
    rows: list[tuple[str, Callable[[ManyRun], Any]]] = [
        ("all stories", lambda run: f"{run.seconds:.1f} s"),
        ("times as fast", lambda run: f"{one.seconds / run.seconds:.2f}"),
        ("chunks of the second worker", lambda run: f"{run.helped} of {run.chunks}"),
        ("processor of the server", lambda run: f"{run.server_cpu_s:.1f} s"),
        ("processor of the first machine's runs", lambda run: f"{run.work_cpu_s:.1f} s"),
        ("the same videos", lambda run: "yes" if run.videos == one.videos else "NO"),
    ]
    lines = ["| | " + " | ".join(runs) + " |", "|---|" + "---|" * len(runs)]
    return "\n".join([*lines, *(f"| {name} | " + " | ".join(str(show(run)) for run in runs.values()) + " |" for name, show in rows)])


def measure_many(folder: Path, stories: int, seconds: float, size: str, preset: str, database: str, batch_s: float) -> dict[str, ManyRun]:
    """Make short stories that are dropped into the inbox together, by one worker and by two, each time in a new workspace."""
    width, height = size.split("x")
    told = f'width = {width}\nheight = {height}\npreset = "{preset}"\nmax_seconds = {seconds:g}\n'
    clips = [write_clips(folder / "clips" / f"plot-{number:02}", seconds * 1.6, size, first=7 * number) for number in range(stories)]
    for story in clips:
        (story / "story.toml").write_text(told, encoding="utf-8")
    runs: dict[str, ManyRun] = {}
    for name, helps in (("one worker", False), ("two workers", True)):
        root = folder / name.replace(" ", "-")
        root.mkdir()
        machines = _machines(root, (), batch_s, f"\n[server]\nstories_at_once = {AT_ONCE}\n")
        try:
            machines.start(database)
            idle = machines.idle()
            with machines.helping() if helps else nullcontext():
                runs[name] = machines.make_many(clips, idle)
        finally:
            machines.end()
    return runs


def _machines(folder: Path, options: Sequence[str], batch_s: float, more: str = "") -> TwoMachines:
    machines = TwoMachines(folder, options)
    machines.workspace.mkdir()
    machines.shared.mkdir()
    settings = f'[store]\nshared = "{machines.shared}"\nbatch_seconds = {batch_s:g}\n{more}'
    (machines.workspace / "fieldcut.toml").write_text(settings, encoding="utf-8")
    return machines


def main() -> int:
    """Read the command line, measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stories", type=int, default=1, help="many short stories that are dropped together, instead of one long one")
    parser.add_argument("--seconds", type=float, default=0.0, help="of a video; unless said, 120 of one story, 12 of each of many")
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--database", default="bundled", help="as `fieldcut up` takes it; empty for SQLite")
    parser.add_argument("--batch", type=float, default=30.0, help="processor seconds in a part that the second worker is given, at least")
    parser.add_argument("--small", action="store_true", help="thirty seconds in small pictures: whether it works, not how fast it is")
    asked = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        print("two cores are needed", file=sys.stderr)
        return 1
    length_s = asked.seconds or (120.0 if asked.stories == 1 else 12.0)
    small = ("270x480", "draft", min(30.0, length_s), 1.0)
    size, preset, seconds, batch_s = small if asked.small else (asked.size, asked.preset, length_s, asked.batch)
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        if asked.stories > 1:
            many = measure_many(folder, asked.stories, seconds, size, preset, asked.database, batch_s)
            print(many_table(many))
            return 0 if len({tuple(sorted(run.videos.items())) for run in many.values()}) == 1 else 1
        runs = measure(folder, seconds, size, preset, asked.database, batch_s)
    print(tables(runs))
    return 0 if len({run.sha256 for run in runs.values()}) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
