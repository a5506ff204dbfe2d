"""Two machines on one: a workspace that `fieldcut up` keeps, and a helper beside it, each of their workers on a core of its own.

Server, database and watch are pinned to core 0, the worker that makes stories to core 1. The second worker is a `fieldcut worker` with a
folder of its own, pinned to core 0 beside the server: on two cores it has what those leave it. Clips are variants of the demo's, so that
none is a copy of another.
"""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.supervisor import ask_to_end
from flows.supervisor_files import running_api
from pipeline.actions.run_record import read_run
from pipeline.media import FFMPEG
from pipeline.resources import ASSETS
from pipeline.store import file_sha256
from pipeline.system import end_child, start_child

CLIPS = ("VID_20261018_081200.mp4", "果园 远景.mp4")
START_S, STORY_S, END_S = 300.0, 7200.0, 90.0
SERVER_CORE, STORY_CORE = 0, 1


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


@dataclass(frozen=True)
class ManyRun:
    """Many stories as they were made. seconds: from the last folder that was dropped to the last video. videos: SHA-256 by story.

    chunks: of all stories. helped: those that the second worker has made.
    """

    seconds: float
    videos: Mapping[str, str]
    chunks: int
    helped: int
    server_cpu_s: float
    work_cpu_s: float


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
        until(START_S, lambda: "Ctrl-C" in log.read_text(encoding="utf-8"), f"`up` did not start: {log}")
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
            until(
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

    def make_many(self, folders: Sequence[Path], idle: Mapping[str, float]) -> ManyRun:
        """Drop these folders into the inbox, as a village does, and wait for the last video. Raises RuntimeError for one without."""
        before = self._cpu()
        for folder in folders:
            shutil.copytree(folder, self.workspace / "inbox" / folder.name)
        for folder in folders:
            (self.workspace / "inbox" / folder.name / "done").touch()
        began_s = time.monotonic()
        runs = {folder.name: self.workspace / "stories" / folder.name for folder in folders}

        def have_ended() -> bool:
            found = [read_run(run) for run in runs.values()]
            return all(run is not None and run.state != "working" for run in found)

        until(STORY_S, have_ended, "the stories did not end")
        after, lasted_s = self._cpu(), time.monotonic() - began_s
        videos = {story: read_run(run) for story, run in runs.items()}
        without = [f"{story}: {run and run.said}" for story, run in videos.items() if run is None or not run.video]
        if without:
            raise RuntimeError("; ".join(without))
        plans = [json.loads(path.read_text(encoding="utf-8")) for path in self.workspace.glob("stories/*/renditions/*/plan.json")]
        return ManyRun(
            seconds=lasted_s,
            videos={story: file_sha256(Path(run.video)) for story, run in videos.items() if run is not None},
            chunks=sum(len(plan["chunks"]) for plan in plans),
            helped=len([path for path in (self.helper / "cache" / "chunks").glob("*.mp4") if ".part" not in path.name]),
            server_cpu_s=max(0.0, after["server"] - before["server"] - idle["server"] * lasted_s),
            work_cpu_s=after["work"] - before["work"],
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


def until(seconds: float, look: Callable[[], object], else_say: str) -> None:
    """Wait until something is so. Raises RuntimeError with what to say when it is not after that time."""
    give_up = time.monotonic() + seconds
    while not look():
        if time.monotonic() > give_up:
            raise RuntimeError(else_say)
        time.sleep(0.2)


def write_clips(folder: Path, seconds: float, size: str, first: int = 0) -> Path:
    """Write so many seconds of upright clips: windows into the demo's pictures, each at another place, some mirrored, none like another.

    first: the number of the first variant.
    """
    folder.mkdir(parents=True)
    width, height = (int(side) for side in size.split("x"))
    number, written = first, 0.0
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
