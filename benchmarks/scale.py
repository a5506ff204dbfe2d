"""One long story made by one worker and by two, each on a core of its own, and with the second one killed half-way.

uv run python -m benchmarks.scale [--seconds 120] [--size 1080x1920] [--preset standard] [--small] [--database bundled]

Server, database and watch are pinned to core 0 in every run, the worker that makes the story to core 1. The second worker is a `fieldcut
worker` with a folder of its own, pinned to core 0 beside the server: on two cores it has what those leave it. Clips are variants of the
demo's, so that none is a copy of another. Prints two tables, the measured one and a model made from it; ends with 1 when videos differ.
"""

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from flows.supervisor import ask_to_end
from flows.supervisor_files import running_api
from pipeline.media import FFMPEG
from pipeline.resources import ASSETS
from pipeline.store import file_sha256
from pipeline.system import end_child, start_child

CLIPS = ("VID_20261018_081200.mp4", "果园 远景.mp4")
START_S, STORY_S, END_S = 300.0, 7200.0, 90.0
SERVER_CORE, STORY_CORE = 0, 1
RATES = (10, 100, 1000)
USE = 0.8
"""The share of a core that is planned with: work comes unevenly."""
SERVER_CORES = 1.0
"""One API server is one process."""


@dataclass(frozen=True)
class ScaleRun:
    """One story as it was made. stages: seconds each. The processor seconds are beyond what the parts take when nothing is made.

    chunks: of the story. helped: those that the second worker has made. lost: those that it had begun when it was killed.
    """

    seconds: float
    stages: Mapping[str, float]
    server_cpu_s: float
    database_cpu_s: float
    work_cpu_s: float
    sha256: str
    chunks: int
    helped: int
    lost: int
    shared_bytes: int


@dataclass
class TwoMachines:
    """One workspace that `fieldcut up` keeps, its shared place, and a second machine's folder."""

    root: Path
    options: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def workspace(self) -> Path:
        """Its workspace."""
        return self.root / "workspace"

    @property
    def shared(self) -> Path:
        """The place that all machines see."""
        return self.root / "shared"

    @property
    def helper(self) -> Path:
        """The second machine's folder."""
        return self.root / "helper"

    def start(self, database: str) -> None:
        """Start `fieldcut up` and pin its parts."""
        command = [sys.executable, "-m", "flows.cli", "up", "--workspace", str(self.workspace), "--lang", "en"]
        command += ["--database", database] if database else []
        log = self.root / "up.log"
        with log.open("wb") as out:
            self.process = start_child(command, stdout=out, stderr=subprocess.STDOUT, session=True)
        _until(START_S, lambda: "Ctrl-C" in log.read_text(encoding="utf-8"), f"`up` did not start: {log}")
        for part in self.parts():
            line = " ".join(part.cmdline())
            part.cpu_affinity([STORY_CORE if "worker start" in line else SERVER_CORE])

    def parts(self) -> list[psutil.Process]:
        """Every process of `up`."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self) -> None:
        """End it."""
        ask_to_end(self.workspace, END_S)
        if self.process is not None:
            end_child(self.process)

    @contextmanager
    def helping(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Have a second machine help while the context lasts."""
        address = str(running_api(self.workspace)).removesuffix("/api")
        command = [
            sys.executable,
            "-m",
            "flows.cli",
            "worker",
            "--join",
            address,
            "--store",
            str(self.shared),
            "--folder",
            str(self.helper),
        ]
        log = self.root / "helper.log"
        with log.open("wb") as out:
            process = start_child([*command, "--threads", "1", "--lang", "en"], stdout=out, stderr=subprocess.STDOUT, session=True)
        psutil.Process(process.pid).cpu_affinity([SERVER_CORE])
        try:
            worker_log = self.helper / "prefect" / "logs" / "worker.log"
            _until(
                START_S,
                lambda: worker_log.is_file() and "started" in worker_log.read_text(encoding="utf-8"),
                "the second worker did not start",
            )
            time.sleep(3)  # until it has asked for work
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_S)
            end_child(process)

    def forget(self) -> None:
        """Empty every store, so that the story is made from the beginning."""
        for folder in (self.workspace / "cache", self.workspace / "stories", self.workspace / "outbox", self.helper):
            shutil.rmtree(folder, ignore_errors=True)
        for entry in self.shared.iterdir():
            shutil.rmtree(entry)

    def make(self, clips: Path, idle: Mapping[str, float], *, kill: "subprocess.Popen[bytes] | None" = None) -> ScaleRun:
        """Have the story made. idle: what the parts take without it, a second. kill: the second worker, which is killed with its runs when
        half of the chunks are there."""
        before, began_s = self._cpu(), time.monotonic()
        watch = threading.Thread(target=self._kill_half_way, args=(kill,), daemon=True)
        if kill is not None:
            watch.start()
        command = [sys.executable, "-m", "flows.cli", "make", str(clips), "--workspace", str(self.workspace), "--catalog", "none", "--json"]
        done = subprocess.run([*command, *self.options, "--lang", "en"], capture_output=True, text=True, check=False, timeout=STORY_S)
        if done.returncode not in (0, 3):
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
        told, after, lasted_s = json.loads(done.stdout), self._cpu(), time.monotonic() - began_s
        spent = {name: max(0.0, after[name] - before[name] - idle[name] * lasted_s) for name in after}
        helped = {path.name for path in (self.helper / "cache" / "chunks").glob("*.mp4") if ".part" not in path.name}
        return ScaleRun(
            seconds=sum(told["seconds"].values()),
            stages=told["seconds"],
            server_cpu_s=spent["server"],
            database_cpu_s=spent["database"],
            work_cpu_s=spent["work"],
            sha256=file_sha256(Path(told["files"]["video"])),
            chunks=told["chunks"]["made"],
            helped=len(helped),
            lost=len(list((self.helper / "cache" / "chunks").glob("*.part*.mp4"))),
            shared_bytes=sum(path.stat().st_size for path in self.shared.rglob("*") if path.is_file()),
        )

    def _kill_half_way(self, process: "subprocess.Popen[bytes]") -> None:
        chunks = self.shared / "chunks"
        while True:
            plans = list(self.workspace.glob("stories/*/renditions/*/plan.json")) + list(self.workspace.glob("stories/*/plan.json"))
            count = len(json.loads(plans[0].read_text(encoding="utf-8"))["chunks"]) if plans else 0
            if count and chunks.is_dir() and 2 * len(list(chunks.glob("*.seal"))) >= count:
                break
            time.sleep(0.1)
        family = psutil.Process(process.pid).children(recursive=True)
        for part in (psutil.Process(process.pid), *family):
            with suppress(psutil.NoSuchProcess):
                part.kill()

    def _cpu(self) -> dict[str, float]:
        """Processor seconds so far of server, database and of all that works, with what its ended children took."""
        while True:
            with suppress(psutil.Error):  # one has ended meanwhile: its parent has its seconds at the next look
                return self._cpu_once()

    def _cpu_once(self) -> dict[str, float]:
        found = {"server": 0.0, "database": 0.0, "work": 0.0}
        for part in self.parts():
            line, times = " ".join(part.cmdline()), part.cpu_times()
            name = "server" if "prefect" in line and "server" in line else "database" if "postgres" in line else "work"
            found[name] += times.user + times.system + times.children_user + times.children_system
        return found

    def idle(self, seconds: float = 20.0) -> dict[str, float]:
        """Processor seconds a second of each while nobody has anything to do."""
        time.sleep(seconds)  # until what was begun by the start is done
        before = self._cpu()
        time.sleep(seconds)
        return {**{name: (after - before[name]) / seconds for name, after in self._cpu().items()}, "work": 0.0}


def _until(seconds: float, look: Callable[[], object], else_say: str) -> None:
    until = time.monotonic() + seconds
    while not look():
        if time.monotonic() > until:
            raise RuntimeError(else_say)
        time.sleep(0.2)


def write_clips(folder: Path, seconds: float, size: str) -> Path:
    """Write so many seconds of upright clips: windows into the demo's pictures, each at another place, some mirrored, none like another."""
    folder.mkdir(parents=True)
    width, height = (int(side) for side in size.split("x"))
    number, written = 0, 0.0
    while written < seconds:
        source, part = ASSETS / "demo" / "story" / CLIPS[number % len(CLIPS)], number // len(CLIPS)
        at, zoom, length_s = part * 0.618 % 1, 1.0 + 0.25 * (part % 4), 3.0 + 0.6 * (part % 5)
        look = f"scale=-2:{round(height * zoom / 2) * 2},crop={width}:{height}:(iw-ow)*{at:.3f}:(ih-oh)*{1 - at:.3f}"
        look += f",hue=h={9 * part}" + (",hflip" if part % 2 else "")
        coded = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-an", "-t", f"{length_s:g}"]
        target = folder / f"VID_2026{10 + part // 28:02}{1 + part % 28:02}_{number:06}.mp4"
        subprocess.run([FFMPEG, "-y", "-loglevel", "error", "-i", str(source), "-vf", look, *coded, str(target)], check=True)
        number, written = number + 1, written + length_s
    return folder


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
    machines = TwoMachines(folder, ["--seconds", f"{seconds:g}", "--size", size, "--preset", preset])
    machines.workspace.mkdir()
    machines.shared.mkdir()
    settings = f'[store]\nshared = "{machines.shared}"\nbatch_seconds = {batch_s:g}\n'
    (machines.workspace / "fieldcut.toml").write_text(settings, encoding="utf-8")
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


def main() -> int:
    """Read the command line, measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--database", default="bundled", help="as `fieldcut up` takes it; empty for SQLite")
    parser.add_argument("--batch", type=float, default=30.0, help="processor seconds in a part that the second worker is given, at least")
    parser.add_argument("--small", action="store_true", help="thirty seconds in small pictures: whether it works, not how fast it is")
    asked = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        print("two cores are needed", file=sys.stderr)
        return 1
    small = ("270x480", "draft", 30.0, 1.0)
    size, preset, seconds, batch_s = small if asked.small else (asked.size, asked.preset, asked.seconds, asked.batch)
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        Path(folder).chmod(0o755)
        runs = measure(Path(folder).resolve(), seconds, size, preset, asked.database, batch_s)
    print(tables(runs))
    return 0 if len({run.sha256 for run in runs.values()}) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
