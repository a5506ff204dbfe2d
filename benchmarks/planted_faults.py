"""Plant small faults in the source, one at a time, and see whether the fast tests notice.

uv run python -m benchmarks.planted_faults [--list] [--faults N] [--seed S] [--only 3,7] [--shard 1/2] [--again] [--near-only]
    [--results FILE]

The faults are chosen by a seed from the syntax trees of `pipeline/` and `flows/`: room after room in turn, in each room a kind and then a
place by chance, no two in one function. What is left out as no fault at all, `planting/mutations.py` says. Each is planted in a copy of the
tree, in which the fast tests run until one fails: first the files that name the changed module, then its room's, then all others.

--near-only: leave out the files that neither name the module nor belong to its room. What is caught so is the least that is caught, in a
third of the time.

What is known is kept in a file, so that a run that was ended goes on, and several shards on several machines make one table. A fault that
makes the tests hang is caught, too: CI would not have ended. Ends with 1 when fewer than nine in ten were caught.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.planting.mutations import Fault, faults_in
from pipeline.resources import ROOT

FAULTS, SEED = 50, 20261129
SHARE = 0.9
"""Of the faults that must be caught."""
LONGEST_S = 1800.0
"""For all tests of one fault; they take a few minutes, also on a busy machine."""
NO_COPY = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", "workspace", "dist")
NOTHING_RAN = 5
"""pytest's exit code where all tests of the files given are deselected."""


@dataclass(frozen=True)
class Verdict:
    """Whether a fault was noticed. by: the first test that failed, or why no test could even run."""

    fault: str
    source: str
    caught: bool
    by: str
    seconds: float


def room_of(path: str) -> str:
    """The room, for the choice: a folder below pipeline/, each part of publish/ for itself, all loose files together, flows/."""
    parts = Path(path).parts
    if parts[0] == "flows" or len(parts) == 2:
        return parts[0]
    return "/".join(parts[1:-1][:2] if parts[1] == "publish" else parts[1:2])


def chosen(root: Path, count: int, seed: int) -> list[Fault]:
    """The faults: the same for the same source and seed, spread over all rooms, no two in one function."""
    rooms: dict[str, dict[str, list[Fault]]] = {}
    for package in ("pipeline", "flows"):
        for path in sorted((root / package).rglob("*.py")):
            for fault in faults_in(path, root):
                rooms.setdefault(room_of(fault.path), {}).setdefault(fault.kind, []).append(fault)
    dice = random.Random(seed)
    order = sorted(rooms)
    dice.shuffle(order)
    faults: list[Fault] = []
    while len(faults) < count and any(rooms.values()):
        for room in order:
            kinds = rooms[room]
            if not kinds or len(faults) == count:
                continue
            fault = dice.choice(kinds[dice.choice(sorted(kinds))])
            faults.append(fault)
            for kind in sorted(kinds):
                kinds[kind] = [other for other in kinds[kind] if (other.path, other.function) != (fault.path, fault.function)]
                if not kinds[kind]:
                    del kinds[kind]
    return faults


def in_turn(root: Path, fault: Fault) -> list[list[str]]:
    """The test files in three lots: those that name the module or its package, those of its room, all others."""
    module = fault.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    room = room_of(fault.path)
    files = sorted(path.relative_to(root).as_posix() for path in (root / "tests").rglob("test_*.py"))
    texts = {name: (root / name).read_text(encoding="utf-8") for name in files}
    named = [name for name in files if module in texts[name]]
    near = [
        name
        for name in files
        if name not in named and (name.startswith(f"tests/{room}/") or f"pipeline.{room.replace('/', '.')}" in texts[name])
    ]
    return [lot for lot in (named, near, [name for name in files if name not in {*named, *near}]) if lot]


def fresh_copy(root: Path, copy: Path) -> None:
    """The tree in another folder; large files that nothing changes are linked."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for part in sorted(root.iterdir()):
        if part.name in NO_COPY(str(root), [part.name]):
            continue
        if part.is_dir():
            shutil.copytree(part, copy / part.name, ignore=NO_COPY, copy_function=_link if part.name == "assets" else shutil.copy2)
        else:
            shutil.copy2(part, copy / part.name)
    shared = root.parent / "shared"
    if shared.is_dir() and not (copy.parent / "shared").exists():
        (copy.parent / "shared").symlink_to(shared)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def failing(copy: Path, files: Sequence[str], seconds: float) -> str:
    """The first test that fails in a copy, or what keeps the tests from running; empty when all pass."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONPYCACHEPREFIX": str(copy.parent / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--durations=0", "--durations-min=9999", "-p", "no:cacheprovider", *files]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=copy, env=environment, stdout=said, stderr=said, start_new_session=True)
        try:
            code = process.wait(max(1.0, seconds))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return "it hangs"
        said.seek(0)
        lines = said.read().splitlines()
    if code in (0, NOTHING_RAN):
        return ""
    failures = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return (failures or lines[-1:] or ["no word"])[0][:300]


def judge(root: Path, copy: Path, fault: Fault, lots: int) -> Verdict:
    """Plant a fault in a fresh copy and run the first `lots` lots of tests on it."""
    began = time.monotonic()
    fresh_copy(root, copy)
    file = copy / fault.path
    file.write_text(fault.planted(file.read_text(encoding="utf-8")), encoding="utf-8")
    by = ""
    for lot in in_turn(root, fault)[:lots]:
        by = by or failing(copy, lot, LONGEST_S - (time.monotonic() - began))
    return Verdict(fault.name, source_of(root, fault), bool(by), by, round(time.monotonic() - began, 1))


def source_of(root: Path, fault: Fault) -> str:
    """What the verdict is about: the file as it was."""
    return hashlib.sha256((root / fault.path).read_bytes()).hexdigest()[:16]


def known(results: Path) -> dict[tuple[str, str], Verdict]:
    """The verdicts so far, by fault and source; the last one counts."""
    lines = results.read_text(encoding="utf-8").splitlines() if results.is_file() else []
    verdicts = [Verdict(**json.loads(line)) for line in lines]
    return {(verdict.fault, verdict.source): verdict for verdict in verdicts}


def described(number: int, fault: Fault) -> str:
    """One line for a person."""
    change = f"`{fault.before}` → `{fault.after}`" if len(fault.before) < 60 else f"`{fault.before[:57]}…` → `{fault.after[:20]}`"
    return f"{number:>3}  {fault.path}:{fault.line}  {fault.kind}: {change}"


def main() -> int:
    """Read the command line, plant, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--list", action="store_true", help="only print what would be planted")
    parser.add_argument("--only", default="", help="numbers of the list, with commas")
    parser.add_argument("--shard", default="1/1", help="k/n: every n-th fault from the k-th on")
    parser.add_argument("--again", action="store_true", help="plant those once more that no test noticed")
    parser.add_argument("--near-only", action="store_true", help="only the tests of the module and its room")
    parser.add_argument("--results", type=Path, default=ROOT / ".pytest_cache" / "planted_faults.jsonl", help="what is known so far")
    options = parser.parse_args()
    faults = list(enumerate(chosen(ROOT, options.faults, options.seed), 1))
    shard, of = map(int, options.shard.split("/"))
    only = {int(number) for number in options.only.split(",") if number}
    mine = [(number, fault) for number, fault in faults if (number - shard) % of == 0 and (not only or number in only)]
    if options.list:
        print(*(described(*pair) for pair in mine), sep="\n")
        return 0
    options.results.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="planted-faults-") as home:
        copy = Path(home) / "tree"
        fresh_copy(ROOT, copy)
        for number, fault in mine:
            verdict = known(options.results).get((fault.name, source_of(ROOT, fault)))
            if verdict is None or (options.again and not verdict.caught):
                verdict = judge(ROOT, copy, fault, 2 if options.near_only else 3)
                with options.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
            end = f"caught by {verdict.by}" if verdict.caught else "NOT CAUGHT"
            print(f"{described(number, fault)}\n     {end} ({verdict.seconds:.0f} s)", flush=True)
    verdicts = known(options.results)
    judged = [verdict for _, fault in mine if (verdict := verdicts.get((fault.name, source_of(ROOT, fault))))]
    caught = sum(verdict.caught for verdict in judged)
    print(f"\n{caught} of {len(judged)} planted faults were caught")
    return int(caught < SHARE * len(judged))


if __name__ == "__main__":
    sys.exit(main())
