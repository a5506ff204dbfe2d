"""What the main job costs: seconds per stage and the peak memory of the process tree. What rendering costs: benchmarks/render.py.

uv run python benchmarks/main_job.py FOLDER [--catalog SHEET] [--size 1080x1920]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from typing import Any

from render_parts.cost import tree_pss_mb


def make_once(arguments: list[str]) -> tuple[dict[str, Any], float, float]:
    """The command's JSON, its wall seconds, and the highest memory seen, sampled ten times a second."""
    begun, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([sys.executable, "-m", "flows.cli", "make", *arguments, "--json"], stdout=out)
        while process.poll() is None:
            peak = max(peak, tree_pss_mb(process.pid))
            time.sleep(0.1)
        out.seek(0)
        return json.loads(out.read()), time.monotonic() - begun, peak


def main() -> None:
    """Run and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder")
    parser.add_argument("--catalog", default="")
    parser.add_argument("--size", default="1080x1920")
    options = parser.parse_args()
    catalog = ["--catalog", options.catalog] if options.catalog else []
    with tempfile.TemporaryDirectory() as folder:
        arguments = [options.folder, *catalog, "--size", options.size, "--workspace", folder]
        cold, cold_s, peak = make_once(arguments)
        warm, warm_s, _ = make_once(arguments)
    print(f"| {options.folder} at {options.size}, {cold['length_s']} s of video | |\n|---|---|")
    for name, seconds in cold["seconds"].items():
        print(f"| {name} | {seconds:.1f} s |")
    print(f"| whole run, cold | {cold_s:.1f} s |")
    print(f"| the same again | {warm_s:.1f} s, {warm['chunks']['made']} chunks made |")
    print(f"| peak memory of the process tree (PSS) | {peak:.0f} MB |")


if __name__ == "__main__":
    main()
