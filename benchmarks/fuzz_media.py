"""Drop folders of damaged files with one good clip among them, make their stories, and count what was lost.

uv run python -m benchmarks.fuzz_media [--folders N] [--files N] [--seed S]

Each file is first probed and judged for itself in a process of its own, which tells its seconds and its memory, and whether it takes the
process down. Then the folder is made into a video, small; every damaged file must be named in the story, as a clip or set aside with its
reason. Ends with 1 when a story was lost, a file went unnamed, or one took more than its share.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzzing.media_files import make_whole_files, write_damaged_files
from pipeline.analysis import analyse
from pipeline.documents.clip import Clips
from pipeline.footage.ingest import probe_file
from pipeline.resources import ASSETS, ROOT
from pipeline.store import load_document

GOOD = ASSETS / "demo" / "story" / "VID_20261018_081200.mp4"
SMALL = ("--size", "270x480", "--preset", "draft", "--lang", "en", "--json")
LONGEST_S, MOST_MB = 60.0, 1500.0


@dataclass
class Losses:
    """What went wrong."""

    stories: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether anything did."""
        return any((self.stories, self.unnamed, self.crashes, self.slow, self.large))


def judge(path: Path) -> tuple[int, float, float]:
    """Probe and judge one file in a process of its own: its exit status, seconds, and megabytes."""
    began, pid = time.monotonic(), os.fork()
    if not pid:
        with contextlib.suppress(Exception):
            analyse(probe_file(path, path.name))
        os._exit(0)
    _, status, usage = os.wait4(pid, 0)
    return status, time.monotonic() - began, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)


def unnamed_files(workspace: Path, files: list[Path]) -> list[str]:
    """Files that a finished story says nothing of."""
    (document,) = workspace.glob("stories/*/clips.json")
    clips = load_document(document, Clips)
    named = {clip.name for clip in clips.clips} | {aside.name for aside in clips.set_aside if str(aside.reason)}
    return [path.name for path in files if path.name not in named]


def make(folder: Path, workspace: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """The command line on a folder."""
    command = [sys.executable, "-m", "flows.cli", "make", str(folder), "--workspace", str(workspace), *SMALL, *more]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)


def main() -> int:
    """Read the command line, damage, make, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folders", type=int, default=20)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    losses, slowest, largest, made = Losses(), (0.0, ""), (0.0, ""), 0
    with tempfile.TemporaryDirectory(prefix="fuzz-media-") as scratch:
        home = Path(scratch)
        (home / "whole").mkdir()
        whole = make_whole_files(home / "whole")
        for number in range(options.folders):
            folder = home / f"{number}" / f"村{number}"
            folder.mkdir(parents=True)
            files = write_damaged_files(whole, folder, options.files, random.Random(options.seed * 1000 + number))
            for path in files:
                name = f"{options.seed}/{number}/{path.name}"
                status, seconds, megabytes = judge(path)
                slowest, largest = max(slowest, (seconds, name)), max(largest, (megabytes, name))
                for wrong, where in ((status, losses.crashes), (seconds > LONGEST_S, losses.slow), (megabytes > MOST_MB, losses.large)):
                    if wrong:
                        where.append(name)
            shutil.copy2(GOOD, folder)
            answer = make(folder, home / f"{number}" / "w")
            if answer.returncode or not json.loads(answer.stdout)["passed"]:
                losses.stories.append(f"{options.seed}/{number}: {answer.stderr.strip()[-300:]}")
            else:
                made += 1
                losses.unnamed += unnamed_files(home / f"{number}" / "w", files)
            print(f"{number + 1}/{options.folders}: {made} made", file=sys.stderr, flush=True)
            shutil.rmtree(home / f"{number}")
    print(f"| stories made | {made} of {options.folders} |")
    print(f"| damaged files | {options.folders * options.files} |")
    print(f"| slowest file | {slowest[0]:.1f} s ({slowest[1]}) |")
    print(f"| largest process for one file | {largest[0]:.0f} MB ({largest[1]}) |")
    for wrong in ("stories", "unnamed", "crashes", "slow", "large"):
        print(f"| {wrong} lost" if wrong == "stories" else f"| {wrong}", f"| {'; '.join(getattr(losses, wrong)) or 'none'} |")
    return int(losses.any)


if __name__ == "__main__":
    sys.exit(main())
