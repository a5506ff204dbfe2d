"""Let `fieldcut up` live through a busy half hour: many small stories, and everything that happens to a village's computer meanwhile.

uv run python -m benchmarks.soak [--stories 50] [--minutes 30] [--seed 1]

Folders are dropped over the first three quarters of the time, each with clips of its own; every fifth has a planned post. Among them are
broken clips, clips that come late, and the same clips in two folders. The server is killed in the first sixth, the worker a little later,
and runs are killed to the end; the cache is emptied once while stories are made. The clock that `up` and everything below it see jumps an
hour ahead, an hour back and five minutes ahead, for twenty seconds each (`shifted_clock.c`; Linux with a C compiler, else no clock jumps).

Prints one table; ends with 1 when a story is neither ready nor explained, a video or post is there twice, a process grows by more than
half a megabyte a minute after its first ten, or more than the outputs and the cache's limit is left on the disk.
"""

import argparse
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from flows.prefect_api import PrefectApi
from flows.supervisor import ask_to_end
from flows.supervisor_files import running_api
from pipeline.actions.run_record import read_run
from pipeline.media import FFMPEG
from pipeline.publish.ledger import PUBLIC, State
from pipeline.publish.platforms.registry import OWN_SHELF
from pipeline.resources import ASSETS
from tests.fakes.logged_in_workspace import Desk, desk
from tests.fakes.running_up import family, processes_of, start_up, within

Event = Literal[
    "drop",
    "drop with a broken clip",
    "drop the clips of another",
    "add a clip",
    "kill a run",
    "kill the worker",
    "kill the server",
    "jump of the clock",
    "empty the cache",
]
EVENTS: tuple[Event, ...] = get_args(Event)
TALK, VIEW = ASSETS / "demo" / "story" / "VID_20261018_081200.mp4", ASSETS / "demo" / "story" / "果园 远景.mp4"
SETTINGS = 'width = 270\nheight = 480\npreset = "draft"\nmax_seconds = 8.0\nmusic = "none"\nproduct = "YL-PG-05"\n'
INBOX = "[inbox]\nquiet_seconds = 4\ngive_up_seconds = 30\n"
DROPS_OVER = 0.75
"""The share of the time over which folders are dropped."""
JUMPS_S, JUMP_LASTS_S = (3600, -3600, 300), 20.0
SAMPLE_S, YOUNG_S, LONG_ENOUGH_S = 5.0, 600.0, 300.0
"""Memory is looked at so often; a process's first ten minutes do not count, and what follows counts when it is five minutes long."""
GROWTH_LIMIT_MB = 0.5
AFTER_S, END_S = 1800.0, 120.0
"""Patience: after the planned time for what is still under way, and for the end."""
CACHE_LIMIT_BYTES, OTHER_LIMIT_BYTES = 100_000_000, 150_000_000
"""What may be left in a cache that was told to keep nothing, and of records, logs and Prefect's database."""


@dataclass(frozen=True)
class Clips:
    """Clips of one story: files that nobody dropped before."""

    files: tuple[Path, ...]

    @classmethod
    def film(cls, folder: Path, number: int, dice: random.Random) -> "Clips":
        """Cut other stretches, in other colours, out of two of the demo's clips."""
        folder.mkdir(parents=True)
        made = []
        for source, longest_s in ((TALK, 5.5), (VIEW, 4.5)):
            begin_s = dice.uniform(0.0, 0.6)
            out = folder / f"{source.stem}_{number:03}.mp4"
            look = f"scale=540:-2,hue=h={dice.uniform(-8, 8):.2f}:s={dice.uniform(0.9, 1.1):.2f}"
            span = ["-ss", f"{begin_s:.2f}", "-t", f"{longest_s - begin_s - 0.1:.2f}"]
            encoded = ["-vf", look, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-c:a", "aac"]
            command = [FFMPEG, "-hide_banner", "-loglevel", "error", "-nostdin", *span, "-i", str(source), *encoded, str(out)]
            subprocess.run(command, check=True)
            made.append(out)
        return cls(tuple(made))


@dataclass
class Soak:
    """What happened. growth_mb: a minute, of each process that lived long enough, by its part."""

    events: Counter[str] = field(default_factory=Counter)
    ready: int = 0
    explained: dict[str, str] = field(default_factory=dict)
    posts: int = 0
    growth_mb: dict[str, float] = field(default_factory=dict)
    bytes_of: Mapping[str, int] = field(default_factory=dict)
    minutes: float = 0.0
    broken: list[str] = field(default_factory=list)

    def table(self) -> str:
        """For a person."""
        rows: list[tuple[str, object]] = [(event, self.events[event]) for event in EVENTS]
        rows += [("stories ready", self.ready), ("stories and posts held, with the reason", len(self.explained)), ("posts out", self.posts)]
        rows += [(f"growth of {part}, MB a minute", f"{growth:.2f}") for part, growth in self.growth_mb.items()]
        rows += [(f"{name}, MB", f"{size / 1e6:.0f}") for name, size in self.bytes_of.items()]
        rows += [("minutes until all was quiet", f"{self.minutes:.1f}"), ("promises broken", len(self.broken))]
        return "\n".join(f"| {name:<38} | {value!s:>8} |" for name, value in rows)


@dataclass
class Memory:
    """Resident memory of the processes that live as long as `up`, looked at again and again."""

    workspace: Path
    up: int
    samples: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=dict)
    """By part and process: seconds of a clock that is never set, and megabytes."""
    _looked_s: float = 0.0

    def look(self) -> None:
        """Take a sample when it is time."""
        now = time.monotonic()
        if now - self._looked_s < SAMPLE_S:
            return
        self._looked_s = now
        parts = {"up": (self.up,), "server": processes_of(self.workspace, "server"), "worker": processes_of(self.workspace, "worker"),
                 "watcher": [pid for pid, line in family(self.workspace).items() if "flows.watcher" in line]}  # fmt: skip
        for part, processes in parts.items():
            for process in processes:
                with suppress(OSError):
                    self.samples.setdefault((part, process), []).append((now, resident_mb(process)))

    def look_until(self, moment_s: float) -> None:
        """Take samples until that moment of a clock that is never set."""
        while (left_s := moment_s - time.monotonic()) > 0:
            self.look()
            time.sleep(min(1.0, left_s))

    def growth_mb(self) -> dict[str, float]:
        """Megabytes a minute after the first ten minutes, of the process of each part that grew most. Least squares over all samples."""
        found: dict[str, float] = {}
        for (part, _), samples in self.samples.items():
            grown = [(at_s, mb) for at_s, mb in samples if at_s - samples[0][0] >= YOUNG_S]
            if grown and grown[-1][0] - grown[0][0] >= LONG_ENOUGH_S:
                slope = float(np.polyfit([at_s / 60.0 for at_s, _ in grown], [mb for _, mb in grown], 1)[0])
                found[part] = max(slope, found.get(part, -np.inf))
        return found


@dataclass
class ShiftedClock:
    """The wall clock of those processes that are started with its variables. folder: an empty one, for its library and its file."""

    folder: Path

    def __post_init__(self) -> None:
        """Build the library. Raises CalledProcessError when it cannot be built."""
        self.folder.mkdir()
        self.set(0)
        source = Path(__file__).with_name("shifted_clock.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(self._library), str(source), "-ldl"], check=True)

    @property
    def _library(self) -> Path:
        return self.folder / "shifted_clock.so"

    @property
    def _file(self) -> Path:
        return self.folder / "seconds"

    @property
    def variables(self) -> dict[str, str]:
        """Of the environment."""
        return {"LD_PRELOAD": str(self._library), "SHIFTED_CLOCK": str(self._file)}

    def set(self, ahead_s: int) -> None:
        """Set it so far ahead of the machine's own."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("q", ahead_s))


@dataclass
class Village:
    """A workspace in which all of it happens."""

    here: Desk
    clips: Sequence[Clips]
    dice: random.Random
    clock: "ShiftedClock | None"
    result: Soak
    dropped: list[str] = field(default_factory=list)
    hours: dict[str, datetime] = field(default_factory=dict)
    """The hours of the planned posts, by their words."""

    @property
    def workspace(self) -> Path:
        """Its workspace."""
        return self.here.workspace

    def happen(self, event: Event) -> None:
        """Let one thing happen."""
        deeds: dict[Event, Callable[[], None]] = {
            "drop": self.drop,
            "drop with a broken clip": lambda: self.drop(broken=True),
            "drop the clips of another": lambda: self.drop(again=True),
            "add a clip": self.add_clip,
            "kill a run": lambda: self.kill("run"),
            "kill the worker": lambda: self.kill("worker"),
            "kill the server": lambda: self.kill("server"),
            "jump of the clock": self.jump,
            "empty the cache": self.empty_cache,
        }
        deeds[event]()
        self.result.events[event] += 1

    def drop(self, *, broken: bool = False, again: bool = False) -> None:
        """Drop a folder. broken: with a clip that was cut off while it was copied. again: with the clips of a folder before it."""
        number = len(self.dropped)
        story, folder = f"地块{number:02}", self.workspace / "inbox" / f"地块{number:02}"
        folder.mkdir(parents=True)
        (folder / "story.toml").write_text(SETTINGS, encoding="utf-8")
        files = self.clips[self.dice.randrange(number) if again and number else number].files
        for file in files:
            shutil.copyfile(file, folder / file.name)
        if broken:
            (folder / "断了.mp4").write_bytes(files[0].read_bytes()[: self.dice.randrange(0, 60_000)])
        self.dropped.append(story)
        if number % 5 == 4:
            words = f"{story}的土豆"
            self.hours[words] = datetime.now(UTC) + timedelta(seconds=self.dice.uniform(60, 240))
            self.here.enter(self.here.release(words, planned_at=self.hours[words]))

    def add_clip(self) -> None:
        """Put another clip into a folder that was dropped before."""
        if self.dropped:
            number = self.dice.randrange(len(self.dropped))
            shutil.copyfile(VIEW, self.workspace / "inbox" / self.dropped[number] / f"又拍了一条_{number}.mp4")

    def kill(self, part: Literal["server", "worker", "run"]) -> None:
        """Kill the processes of one part; of runs one."""
        doomed = processes_of(self.workspace, part)
        for process in self.dice.sample(doomed, min(len(doomed), 1)) if part == "run" else doomed:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def jump(self) -> None:
        """Set the clock, and set it right again."""
        if self.clock is not None:
            seconds = JUMPS_S[self.result.events["jump of the clock"] % len(JUMPS_S)]
            self.clock.set(seconds)
            time.sleep(JUMP_LASTS_S)
            self.clock.set(0)

    def empty_cache(self) -> None:
        """Order a run that keeps nothing of the cache but what running stories use."""
        address = running_api(self.workspace)
        if address is not None:
            with PrefectApi(address) as api:
                api.order_run("clean-up/clean-up", f"soak:{time.time_ns()}", parameters={"keep_gb": 0})

    def is_quiet(self) -> bool:
        """Whether every story has ended, and every post is out."""
        runs = [read_run(self.workspace / "stories" / story) for story in self.dropped]
        ended = all(run is not None and run.state != "working" for run in runs)
        return ended and all(words in self.held() or self.here.posts_of(words) for words in self.hours)

    def held(self) -> dict[str, str]:
        """Why posts were held, by their words: the clock said that their hour was long past."""
        failed = [entry for entry in self.here.entries() if entry.state is State.FAILED and entry.reason is not None]
        return {entry.release.captions.text: str(entry.reason) for entry in failed if entry.release.captions.text in self.hours}

    def check(self) -> None:
        """See whether every story is ready or explained, and everything there once."""
        for story in self.dropped:
            run = read_run(self.workspace / "stories" / story)
            if run is not None and run.state == "ready" and Path(run.video).is_file():
                self.result.ready += 1
            elif run is not None and run.state in ("needs_person", "failed") and run.said:
                self.result.explained[story] = " ".join(str(message) for message in run.said)
            else:
                self.result.broken.append(f"{story} is neither ready nor explained: {run}")
        pages = Counter(
            (entry.release.story, entry.release.video.sha256) for entry in self.here.entries()
            if entry.release.platform == OWN_SHELF and entry.state in PUBLIC
        )  # fmt: skip
        self.result.broken += [f"{times} pages of one video of {story}" for (story, _), times in pages.items() if times > 1]
        held = self.held()
        for words, hour in self.hours.items():
            at = self.here.posts_of(words)
            self.result.posts += len(at)
            if not at and words in held:
                self.result.explained[words] = held[words]
            elif len(at) != 1 or at[0] < hour - timedelta(seconds=1):
                self.result.broken.append(f"{words}, planned for {hour}: out at {at}")

    def check_disk(self) -> None:
        """See what lies in the workspace once the cache was told to keep nothing."""
        self.empty_cache()
        within(END_S, lambda: _bytes_in(self.workspace / "cache") <= CACHE_LIMIT_BYTES)
        whole = {path.name: _bytes_in(path) for path in self.workspace.iterdir()}
        outputs = sum(whole.pop(name, 0) for name in ("inbox", "outbox", "shelf", "stories"))
        cache = whole.pop("cache", 0)
        self.result.bytes_of = {"clips and outputs": outputs, "cache after it was emptied": cache, "everything else": sum(whole.values())}
        if cache > CACHE_LIMIT_BYTES or sum(whole.values()) > OTHER_LIMIT_BYTES:
            self.result.broken.append(f"left on the disk: cache {cache}, {whole}")


def resident_mb(process: int) -> float:
    """Resident memory of a process in megabytes. Raises OSError for one that is gone."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def plan(stories: int, seconds: float, dice: random.Random) -> list[tuple[float, Event]]:
    """What happens when, in seconds from the beginning, in order of time."""
    kinds: list[Event] = ["drop"] * stories
    for number in range(4, stories, 8):
        kinds[number] = "drop with a broken clip"
    for number in range(7, stories, 8):
        kinds[number] = "drop the clips of another"
    drops = sorted(dice.uniform(0.0, DROPS_OVER * seconds) for _ in range(stories))
    others: list[tuple[float, Event]] = [(0.12, "kill the server"), (0.16, "kill the worker"), (0.6, "empty the cache")]
    others += [(share, "jump of the clock") for share in (0.25, 0.45, 0.65)]
    others += [(dice.uniform(0.05, 0.95), "kill a run") for _ in range(stories // 6)]
    others += [(dice.uniform(0.3, 0.8), "add a clip") for _ in range(stories // 12)]
    return sorted([*zip(drops, kinds, strict=True), *((share * seconds, event) for share, event in others)])


def soak(folder: Path, stories: int, seconds: float, dice: random.Random) -> Soak:
    """Let it all happen in an empty folder."""
    result, started = Soak(), time.monotonic()
    clips = [Clips.film(folder / "clips" / f"{number:03}", number, dice) for number in range(stories)]
    clock = ShiftedClock(folder / "clock") if sys.platform == "linux" and shutil.which("cc") else None
    with desk(folder) as here:
        shutil.copyfile(ASSETS / "demo" / "catalog.csv", here.workspace / "catalog.csv")
        with (here.workspace / "fieldcut.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\n{INBOX}")
        up = start_up(here.workspace, folder / "up.log", **(clock.variables if clock is not None else {}))
        village, memory = Village(here, clips, dice, clock, result), Memory(here.workspace, up.pid)
        try:
            started = time.monotonic()
            for at_s, event in plan(stories, seconds, dice):
                memory.look_until(started + at_s)
                print(f"{time.monotonic() - started:6.0f} s  {event}", file=sys.stderr, flush=True)
                village.happen(event)
            until = started + seconds + AFTER_S
            while time.monotonic() < until and not (time.monotonic() > started + seconds and village.is_quiet()):
                memory.look()
                time.sleep(1.0)
            result.minutes = (time.monotonic() - started) / 60.0
            village.check()
            village.check_disk()
        finally:
            ended = ask_to_end(here.workspace, END_S)
            up.kill()
            up.wait()
        if not ended or not within(END_S, lambda: not family(here.workspace)):
            result.broken.append(f"left over: {family(here.workspace)}")
    result.growth_mb = memory.growth_mb()
    result.broken += [f"{part} grows by {mb:.2f} MB a minute" for part, mb in result.growth_mb.items() if mb > GROWTH_LIMIT_MB]
    return result


def _bytes_in(path: Path) -> int:
    found = [path] if path.is_file() else path.rglob("*")
    total = 0
    for file in found:
        with suppress(OSError):
            total += file.stat().st_size if file.is_file() and not file.is_symlink() else 0
    return total


def main() -> int:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stories", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty folder for everything, which stays")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        result = soak(asked.keep or Path(folder), asked.stories, asked.minutes * 60.0, random.Random(asked.seed))
    print(result.table())
    for story, why in result.explained.items():
        print(f"{story}: {why}")
    for what in result.broken:
        print(what)
    return 1 if result.broken else 0


if __name__ == "__main__":
    sys.exit(main())
