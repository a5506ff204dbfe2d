"""Kill -9 the command line at random moments of the demo story, run it again, and count what was lost.

`python -m benchmarks.kill_runs --runs 200 --seed 1` kills that many runs, spread over as many stories as it takes, and prints one table.
Each story starts from nothing and is killed until a run gets through before its time; what comes out is held against a run that nobody
disturbed, and every file that was finished when a run was killed must be the same file, untouched, to the end.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.resources import ASSETS, ROOT
from pipeline.stages.registry import ORDER, load_stage
from pipeline.store import Store, file_sha256
from pipeline.store.content import seal_path
from pipeline.store.inventory import list_items

SMALL = ("--size", "270x480", "--preset", "draft", "--seconds", "10", "--lang", "en", "--json")
A_STORY = 8
"""Kills at most before a story is left alone to come out."""
STARTING_S = 1.0
"""What loading the program takes, about: as good a moment to die as any."""


@dataclass
class Tally:
    """What happened to the stories."""

    kills: Counter[str] = field(default_factory=Counter)
    """By the stage that was at work."""
    stories: int = 0
    equal: int = 0
    made_twice: int = 0
    """Finished files of the store that a later run wrote again."""
    chunks_twice: int = 0
    left: int = 0
    """Files that dead runs left, after the last run."""
    failed: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another story, too."""
        self.kills += other.kills
        self.stories += other.stories
        self.equal += other.equal
        self.made_twice += other.made_twice
        self.chunks_twice += other.chunks_twice
        self.left += other.left
        self.failed += other.failed

    def table(self) -> str:
        """For a person."""
        rows = [("killed runs", sum(self.kills.values())), *((f"  in {stage}", count) for stage, count in self.kills.most_common())]
        rows += [("stories", self.stories), ("results equal to an undisturbed run", self.equal)]
        rows += [("finished chunks made twice", self.chunks_twice), ("finished files made twice", self.made_twice)]
        rows += [("leftovers after the last run", self.left), ("runs that failed", len(self.failed))]
        return "\n".join(f"| {name:<40} | {count:>6} |" for name, count in rows)


def begin(folder: Path, workspace: Path, scratch: Path) -> subprocess.Popen[str]:
    """The command line on a dropped folder; its temporary files lie where they can be counted."""
    scratch.mkdir(parents=True, exist_ok=True)
    make = ["make", str(folder), "--workspace", str(workspace), "--catalog", str(ASSETS / "demo" / "catalog.csv"), *SMALL]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    return subprocess.Popen([sys.executable, "-m", "flows.cli", *make], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@dataclass(frozen=True)
class Whole:
    """What a run gives that nobody disturbs, by the names of the files, and the seconds that each stage takes."""

    files: dict[str, str]
    seconds: dict[str, float]


def undisturbed(folder: Path, home: Path) -> Whole:
    """One run from nothing."""
    run = begin(folder, home / "workspace", home / "tmp")
    out, err = run.communicate()
    if run.returncode != 0:
        raise RuntimeError(f"the story does not come out even when it is left alone: {out}{err}")
    return whole_of(home / "workspace", json.loads(out))


def whole_of(workspace: Path, told: dict[str, Any]) -> Whole:
    """What a run that nobody disturbed left in its workspace. told: what it printed for scripts."""
    return Whole(results(workspace), {"starting": STARTING_S, **told["seconds"]})


def results(workspace: Path) -> dict[str, str]:
    """Hashes of what a person gets and may edit. A report tells the time it took, and is another each time."""
    kept = [path for name in ("outbox", "shelf") for path in (workspace / name).rglob("*") if path.suffix in (".mp4", ".jpg", ".srt")]
    kept += [path for name in ("edit.json", "subtitles.srt") for path in workspace.glob(f"stories/*/{name}")]
    return {str(path.relative_to(workspace)): file_sha256(path) for path in kept}


def kill_story(folder: Path, home: Path, whole: Whole, dice: random.Random, most: int) -> Tally:
    """One story from nothing, killed at random moments, at most so many times, then made to its end."""
    workspace, scratch, tally = home / "workspace", home / "tmp", Tally(stories=1)
    finished: dict[Path, tuple[int, int]] = {}
    for turn in range(most + 1):
        begun = time.time()
        run = begin(folder, workspace, scratch)
        if turn < most:
            _kill_in(run, dice.choice(list(whole.seconds)), workspace, begun, whole, dice)
        out, err = run.communicate()
        census(workspace, finished, tally)
        if run.returncode != -signal.SIGKILL:
            tally.failed += [out + err] if run.returncode else []
            break
        tally.kills[_stage(workspace, begun)] += 1
    tally.equal = int(results(workspace) == whole.files)
    tally.left = sum(item.what == "leftover" for item in list_items(Store(workspace / "cache")))
    tally.left += sum(".part" in path.name for name in ("stories", "outbox", "shelf") for path in (workspace / name).rglob("*"))
    tally.left += len(list(scratch.glob("fieldcut*")))
    shutil.rmtree(home)
    return tally


def _kill_in(run: subprocess.Popen[str], stage: str, workspace: Path, begun: float, whole: Whole, dice: random.Random) -> None:
    """Kill a run at a random moment of a stage; it gets through when it is faster than that."""
    names = list(whole.seconds)
    while run.poll() is None and names.index(_stage(workspace, begun)) < names.index(stage):
        time.sleep(0.002)
    until = time.monotonic() + dice.uniform(0, whole.seconds[stage])
    while run.poll() is None and time.monotonic() < until and _stage(workspace, begun) == stage:
        time.sleep(0.002)
    run.kill()


def _stage(workspace: Path, begun: float) -> str:
    """The first stage whose documents this run has not written."""
    if not any(path.stat().st_mtime >= begun for path in workspace.glob("stories/*/.began")):
        return "starting"
    for stage in map(load_stage, ORDER):
        made = [path for path in workspace.glob("stories/**/*") if path.name in stage.writes and path.stat().st_mtime >= begun]
        if len(made) < len(stage.writes):
            return stage.name
    return ORDER[-1]


def census(workspace: Path, finished: dict[Path, tuple[int, int]], tally: Tally) -> None:
    """Count what was finished before and is another file now; add what is finished now."""
    for path in (workspace / "cache").glob("*/*"):
        if path.suffix == ".seal" or not path.is_file() or not seal_path(path).is_file():
            continue
        here = (path.stat().st_ino, path.stat().st_mtime_ns)
        if seal_path(path).read_text() == f"{path.stat().st_size} {file_sha256(path)}" and finished.setdefault(path, here) != here:
            tally.made_twice += 1
            tally.chunks_twice += path.parent.name == "chunks"
            finished[path] = here


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=200, help="how many runs are killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ASSETS / "demo" / "story", help="the dropped clips")
    asked = parser.parse_args()
    dice, tally = random.Random(asked.seed), Tally()
    with tempfile.TemporaryDirectory(prefix="kill-runs-") as home:
        whole = undisturbed(asked.folder, Path(home) / "undisturbed")
        while (missing := asked.runs - sum(tally.kills.values())) > 0:
            tally.add(kill_story(asked.folder, Path(home) / f"{tally.stories}", whole, dice, min(missing, A_STORY)))
            print(json.dumps({"kills": sum(tally.kills.values()), "stories": tally.stories, "equal": tally.equal}), file=sys.stderr)
    print(tally.table())
    for failure in tally.failed:
        print(failure)
    sys.exit(tally.equal != tally.stories or tally.made_twice or tally.left or len(tally.failed))


if __name__ == "__main__":
    main()
