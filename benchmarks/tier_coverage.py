"""How much of the lines of `pipeline/` that all tests reach the fast ones reach alone.

uv run python -m benchmarks.tier_coverage [--reuse] [--fast-only] [--folder FOLDER]

Runs both tiers with every process measured, also those that tests start and end, and prints a table by room. --reuse: take what an earlier
run measured where it is there. --fast-only: take all statements for what both tiers reach, which is the least that the share can be, and
run no long test. Measured tests take about twice as long. Ends with 1 when the fast tier reaches less than nine in ten.
"""

import argparse
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from coverage import Coverage, CoverageData

from benchmarks.planted_faults import room_of
from pipeline.resources import ROOT

TIERS = {"fast": "not system", "system": "system"}
LEAST = 0.9
"""Of the lines that both tiers reach together."""
SETTINGS = """[run]
source = {source}
data_file = {data}
parallel = true
sigterm = true
concurrency = thread, multiprocessing
patch = subprocess, _exit
disable_warnings = no-data-collected
"""

Lines = dict[str, set[int]]
"""By file, relative to the repository's root."""


def measure(tier: str, folder: Path) -> int:
    """Run one tier's tests under measurement; their exit code."""
    data, settings = folder / f"{tier}.coverage", folder / f"{tier}.ini"
    settings.write_text(SETTINGS.format(source=ROOT / "pipeline", data=data), encoding="utf-8")
    for old in folder.glob(f"{tier}.coverage*"):
        old.unlink()
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-m", TIERS[tier]]
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False).returncode
    subprocess.run([sys.executable, "-m", "coverage", "combine", f"--rcfile={settings}", "--quiet"], cwd=ROOT, check=True)
    return code


def reached(tier: str, folder: Path) -> Lines:
    """The lines that a tier's tests ran."""
    data = CoverageData(str(folder / f"{tier}.coverage"))
    data.read()
    return {Path(file).relative_to(ROOT).as_posix(): set(data.lines(file) or ()) for file in data.measured_files()}


def statements() -> Lines:
    """The first line of every statement of `pipeline/`: what can be reached at all."""
    looking = Coverage(data_file=None, config_file=False)
    files = sorted((ROOT / "pipeline").rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): set(looking.analysis2(str(file))[1]) for file in files}


def shares(fast: Lines, system: Lines, there: Lines) -> Iterator[tuple[str, int, int, int]]:
    """For each room and at last for all: its name, its statements, those that any test reaches, those that fast ones reach."""
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for file, lines in there.items():
        quick = fast.get(file, set()) & lines
        both = quick | (system.get(file, set()) & lines)
        for name in (room_of(file), "all"):
            for at, count in enumerate((len(lines), len(both), len(quick))):
                rooms[name][at] += count
    for name in sorted(rooms, key=lambda room: (room == "all", room)):
        yield (name, *rooms[name])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folder", type=Path, default=ROOT / ".pytest_cache" / "coverage", help="where the measurements lie")
    parser.add_argument("--reuse", action="store_true", help="measure only what is not measured yet")
    parser.add_argument("--fast-only", action="store_true", help="hold the fast tier against all statements")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for tier in ("fast",) if options.fast_only else TIERS:
        if not (options.reuse and (options.folder / f"{tier}.coverage").is_file()) and measure(tier, options.folder):
            print(f"the {tier} tests do not pass, so what they reach says little")
            return 1
    print("| room | statements | both tiers reach | fast tier reaches | of both |\n|---|---|---|---|---|")
    share = 0.0
    everything = statements()
    system = everything if options.fast_only else reached("system", options.folder)
    for room, count, both, fast in shares(reached("fast", options.folder), system, everything):
        share = fast / both if both else 1.0
        print(f"| {room} | {count} | {both} | {fast} | {share:.1%} |")
    return int(share < LEAST)


if __name__ == "__main__":
    sys.exit(main())
