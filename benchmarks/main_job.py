"""What the main job costs: seconds per stage, processor seconds and the peak memory of the process tree, medians of some runs on empty
workspaces. What rendering costs: benchmarks/render.py.

uv run python benchmarks/main_job.py FOLDER [--catalog SHEET] [--size 1080x1920] [--preset standard] [--runs 3] [--memory]

`--memory` looks at the tree ten times a second, which costs the run a few seconds. The stages' own seconds do not have the start of the
program and the page on the shelf, the whole run has.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from render_parts.cost import Cost, middle, run_costed

UNTIL_ANALYSED = ("catalog", "footage", "analysis", "speech")
AFTER_WATCHABLE = ("lesson",)


def make(arguments: list[str], workspace: Path, *, memory: bool = False) -> tuple[dict[str, Any], Cost]:
    """The command's JSON and what it cost."""
    out = workspace / "out.json"
    command = [sys.executable, "-m", "flows.cli", "make", *arguments, "--workspace", str(workspace / "workspace"), "--json"]
    cost = run_costed(command, log=out, memory=memory)
    return json.loads(out.read_text(encoding="utf-8")), cost


def main() -> None:
    """Run and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder")
    parser.add_argument("--catalog", default="")
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    catalog = ["--catalog", options.catalog] if options.catalog else []
    arguments = [options.folder, *catalog, "--size", options.size, "--preset", options.preset]
    cold: list[tuple[dict[str, Any], Cost]] = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(make(arguments, Path(folder), memory=options.memory))
            warm, again = make(arguments, Path(folder))
    seconds = {name: median(told["seconds"][name] for told, _ in cold) for name in cold[0][0]["seconds"]}
    length_s, cost = cold[0][0]["length_s"], middle(cost for _, cost in cold)
    watchable_s = sum(took for name, took in seconds.items() if name not in (*UNTIL_ANALYSED, *AFTER_WATCHABLE))
    print(f"| {options.folder} at {options.size}, {options.preset}, {length_s} s of video, {options.runs} runs | |\n|---|---|")
    for name, took in seconds.items():
        print(f"| {name} | {took:.1f} s |")
    print(f"| whole run, cold | {cost.wall_s:.1f} s, {cost.cpu_s:.1f} s of processor |")
    print(f"| whole over render | {cost.wall_s / seconds['render']:.2f} |")
    print(f"| watchable after the analysis | {watchable_s:.1f} s, {watchable_s / length_s:.2f} of its length |")
    print(f"| the same again | {again.wall_s:.1f} s, {warm['chunks']['made']} chunks made |")
    if options.memory:
        print(f"| peak memory of the process tree (PSS) | {cost.peak_mb:.0f} MB |")


if __name__ == "__main__":
    main()
