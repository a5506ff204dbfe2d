"""Kill -9 parts of a running `fieldcut up` at random moments, and hold what comes out in the end against what comes out undisturbed.

uv run python -m benchmarks.up_kills [--moments 100] [--seed 1] [--each N]

For every moment a small story is dropped into the inbox and a post is planned; between the drop and the time that an undisturbed
story takes, the server, the worker, the process of a run, all three, or everything with `fieldcut up` itself (a power cut) is killed; after
a power cut `up` is started again. --each: moments that one story has to live through. Every story must end with the documents, the files
and the entries in the ledger of an undisturbed one, every post must be out once and not before its hour, and every finished chunk must
be the same file to the end. Prints one table; ends with 1 when a promise was broken.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from benchmarks.kill_runs import Tally as StoreTally
from benchmarks.kill_runs import census
from flows.prefect_api import PrefectApi
from flows.supervisor import ask_to_end
from flows.supervisor_files import running_api
from flows.sweep import UNFINISHED
from pipeline.actions.run_record import read_run
from pipeline.documents.story_run import StoryRun
from pipeline.publish.ledger import State
from pipeline.publish.platforms.registry import OWN_SHELF
from pipeline.resources import ASSETS
from pipeline.store import file_sha256
from tests.fakes.logged_in_workspace import Desk, desk
from tests.fakes.running_up import family, processes_of, start_up, within

Target = Literal["server", "worker", "run", "all three", "power"]
TARGETS: tuple[Target, ...] = get_args(Target)
Plan = Sequence[tuple[float, Target]]
"""What is killed while one story is made, and when: as a share of the time that an undisturbed one takes."""
CLIPS = ("VID_20261018_081200.mp4", "果园 远景.mp4")
SETTINGS = 'width = 270\nheight = 480\npreset = "draft"\nmax_seconds = 9.0\nmusic = "none"\nproduct = "YL-PG-05"\n'
STORY_S, POSTS_S, END_S, RUN_S, STAYS_S = 600.0, 400.0, 90.0, 30.0, 30.0
"""Patience: for a story with its kill, for the look-ups of the last post, for the end, for a run's process to appear, for the order that
follows a run which was interrupted."""
LATE_S, CUT_LATE_S = 90.0, 600.0
"""A post whose holder was killed is out this long after its hour at the latest; one that met a power cut, by the rule for late posts."""
KNOWN = ("models", "transcripts", "hearings", "analyses")
"""Kept between the stories: what was recognised in the clips."""
OWN_TO_A_RUN = ("chunks_made", "chunks_reused", "fates", "seconds", "now", "made_at", "began_at", "changed_at", "key")
UNLIKE = ("run.json", "outcome.json", "seconds.json", "job.json", ".made.json")
"""Documents that tell when and how long a run went on."""


@dataclass(frozen=True)
class StoryResult:
    """What a story came to: the hashes of its documents and files by their names without the story's, and where its page stands."""

    files: Mapping[str, str]
    page: tuple[str, ...]


@dataclass
class UpKills:
    """What happened. lateness_s: of every post."""

    kills: Counter[str] = field(default_factory=Counter)
    stories: int = 0
    equal: int = 0
    lateness_s: list[float] = field(default_factory=list)
    store: StoreTally = field(default_factory=StoreTally)
    broken: list[str] = field(default_factory=list)

    def table(self) -> str:
        """For a person."""
        rows: list[tuple[str, object]] = [("moments", sum(self.kills.values()))]
        rows += [(f"  {target}", self.kills[target]) for target in TARGETS]
        rows += [("stories", self.stories), ("equal to an undisturbed one", self.equal), ("posts", len(self.lateness_s))]
        rows += [("latest post, seconds after its hour", f"{max(self.lateness_s, default=0.0):.1f}")]
        rows += [("finished chunks made twice", self.store.chunks_twice), ("promises broken", len(self.broken))]
        return "\n".join(f"| {name:<38} | {value!s:>6} |" for name, value in rows)


@dataclass
class Village:
    """One workspace, in which one story after the other is made while `fieldcut up` keeps it."""

    here: Desk
    logs: Path
    tally: UpKills
    process: "subprocess.Popen[bytes] | None" = None
    hours: dict[str, datetime] = field(default_factory=dict)
    """The planned hours of the posts, by their words."""
    cut: set[str] = field(default_factory=set)
    """The words of the posts that met a power cut."""
    starts: int = 0

    @property
    def workspace(self) -> Path:
        """Its workspace."""
        return self.here.workspace

    def start(self) -> None:
        """Start `fieldcut up`."""
        self.starts += 1
        self.process = start_up(self.workspace, self.logs / f"up{self.starts}.log")

    def drop(self, story: str, post_after_s: float) -> None:
        """Drop the clips as a story, and plan a post."""
        folder = self.workspace / "inbox" / story
        folder.mkdir(parents=True)
        (folder / "story.toml").write_text(SETTINGS, encoding="utf-8")
        for name in CLIPS:
            shutil.copyfile(ASSETS / "demo" / "story" / name, folder / name)
        (folder / "done").touch()
        hour, words = datetime.now(UTC) + timedelta(seconds=post_after_s), f"{story}的土豆"
        self.hours[words] = hour
        self.here.enter(self.here.release(words, planned_at=hour))

    def run_of(self, story: str) -> StoryRun | None:
        """The story's run, once it has ended."""
        run = read_run(self.workspace / "stories" / story)
        return run if run is not None and run.state != "working" else None

    def has_ended(self, story: str) -> bool:
        """Whether the story is ready, or has ended otherwise and stays so: a run that was interrupted is ordered again."""
        run = self.run_of(story)
        return run is not None and (run.state == "ready" or (datetime.now(UTC) - run.changed_at).total_seconds() > STAYS_S)

    def kill(self, target: Target) -> None:
        """Kill what is asked for, at once, and start `up` again after a power cut."""
        assert self.process is not None
        if target == "run":
            within(RUN_S, lambda: processes_of(self.workspace, "run"))
        parts = {"server": ("server",), "worker": ("worker",), "run": ("run",)}.get(target, ("server", "worker", "run"))
        doomed = [pid for part in parts for pid in processes_of(self.workspace, part)]  # type: ignore[arg-type]
        if target == "power":
            doomed = [self.process.pid, *family(self.workspace)]
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.tally.kills[target] += 1
        if target == "power":
            self.cut |= {words for words in self.hours if not self.here.posts_of(words)}
            self.process.wait()
            within(END_S, lambda: not family(self.workspace))
            self.start()

    def result(self, story: str) -> StoryResult:
        """What a story came to."""
        made = [path for path in (self.workspace / "stories" / story).rglob("*.json") if path.name not in UNLIKE]
        made += list((self.workspace / "stories" / story).rglob("*.srt"))
        made += [path for path in (self.workspace / "outbox" / story).rglob("*") if path.suffix in (".mp4", ".jpg", ".srt")]
        files = {re.sub(re.escape(story), "STORY", str(path.relative_to(self.workspace))): _digest(path, story) for path in made}
        entries = [entry for entry in self.here.entries() if (entry.release.story, entry.release.platform) == (story, OWN_SHELF)]
        return StoryResult(files, tuple(entry.state.value for entry in entries))

    def forget(self) -> None:
        """Empty the store but for what was recognised, so that the next story is made from the beginning."""
        for folder in (self.workspace / "cache").iterdir():
            if folder.name not in KNOWN:
                shutil.rmtree(folder, ignore_errors=True)

    def check_posts(self) -> None:
        """See whether every post is out once, not before its hour, and soon after."""
        settled = {State.LIVE, State.LIVE_WITHOUT_CART}
        mine = lambda: [entry for entry in self.here.entries() if entry.release.platform != OWN_SHELF]  # noqa: E731
        within(POSTS_S, lambda: all(entry.state in settled for entry in mine()))
        self.tally.broken += [f"{e.release.captions.text}: {e.state} {e.reason}" for e in mine() if e.state not in settled]
        for words, hour in self.hours.items():
            at = self.here.posts_of(words)
            late_s = [(moment - hour).total_seconds() for moment in at]
            self.tally.lateness_s += late_s
            if len(at) != 1 or not 0 <= late_s[0] <= (CUT_LATE_S if words in self.cut else LATE_S):
                self.tally.broken.append(f"{words}: {late_s} s after its hour")

    def check_end(self) -> None:
        """End it, and see whether the server still takes a run for alive, or a process is left."""
        address = running_api(self.workspace)
        if address is not None:
            with PrefectApi(address) as api:
                query = {"flow_runs": {"state": {"type": {"any_": UNFINISHED}}}}
                known = lambda: [run["name"] for run in api.find_runs(query)]  # noqa: E731
                within(END_S, lambda: not known())
                self.tally.broken += [f"a run that never ends: {name}" for name in known()]
        ended = ask_to_end(self.workspace)
        left = within(END_S, lambda: not family(self.workspace))
        if not (ended and left):
            self.tally.broken.append(f"left over: {family(self.workspace)}")

    def compare(self, story: str, planned: Sequence[tuple[float, Target]], whole: StoryResult) -> None:
        """Hold what a story came to against an undisturbed one."""
        run, different = self.run_of(story), differences(self.result(story), whole)
        if run is None or run.state != "ready":
            self.tally.broken.append(f"{story} {planned}: {f'{run.state} {run.said}' if run else 'never ended'}")
        elif different:
            self.tally.broken.append(f"{story} {planned}: differs in {different}")
        else:
            self.tally.equal += 1

    def one_story(self, story: str, moments: Sequence[tuple[float, Target]], lasts_s: float, dice: random.Random) -> None:
        """Drop a story, kill at the moments (seconds after the drop), and wait for its end."""
        finished: dict[Path, tuple[int, int]] = {}
        self.drop(story, dice.uniform(20, 20 + lasts_s))
        dropped = time.monotonic()
        for after_s, target in moments:
            time.sleep(max(0.0, dropped + after_s - time.monotonic()))
            census(self.workspace, finished, self.tally.store)
            self.kill(target)
        within(STORY_S, lambda: self.has_ended(story))
        census(self.workspace, finished, self.tally.store)
        self.tally.stories += 1


def _digest(path: Path, story: str) -> str:
    """The hash of a file; of a document without the story's name, and without what tells how its run went."""
    if path.suffix != ".json":
        return file_sha256(path)
    return json.dumps(_without_run(json.loads(path.read_text(encoding="utf-8"))), ensure_ascii=False, sort_keys=True).replace(
        story, "STORY"
    )


def _without_run(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_run(inner) for key, inner in value.items() if key not in OWN_TO_A_RUN}
    return [_without_run(inner) for inner in value] if isinstance(value, list) else value


def differences(result: StoryResult, whole: StoryResult) -> list[str]:
    """Say what is another in one result than in the other."""
    names = sorted({*result.files, *whole.files})
    said = [name for name in names if result.files.get(name) != whole.files.get(name)]
    return [*said, *([f"page {result.page}, not {whole.page}"] if result.page != whole.page else [])]


def random_plan(count: int, each: int, dice: random.Random) -> Iterator[Plan]:
    """The moments of one story after the other. each: how many one story lives through."""
    while count > 0:
        now, count = min(each, count), count - min(each, count)
        yield [(dice.random(), dice.choice(TARGETS)) for _ in range(now)]


def measure(folder: Path, plans: Iterable[Plan], dice: random.Random, *, known: Path | None = None, quiet: bool = False) -> UpKills:
    """Make a story undisturbed, then one for each plan, killed at its moments. folder: an empty one.

    known: a store that knows of the clips what is costly to learn; without one they are heard first.
    """
    tally = UpKills()
    with desk(folder) as here:
        shutil.copyfile(ASSETS / "demo" / "catalog.csv", here.workspace / "catalog.csv")
        village = Village(here, folder, tally)
        for kind in KNOWN if known is not None else ():
            if (known / kind).is_dir():
                shutil.copytree(known / kind, here.workspace / "cache" / kind)
        village.start()
        try:
            if known is None:
                village.one_story("果园000", [], 60.0, dice)
                village.forget()
            begun = time.monotonic()
            village.one_story("果园001", [], 60.0, dice)
            lasts_s, whole = time.monotonic() - begun, village.result("果园001")
            # The very same video is on the shelf once: only the first story has a page there.
            if known is None and (different := differences(replace(village.result("果园000"), page=whole.page), whole)):
                raise RuntimeError(f"two undisturbed runs differ: {different}")
            whole = whole if known is None else replace(whole, page=())
            tally.stories = 0
            for number, plan in enumerate(plans, 2):
                planned = sorted((share * lasts_s, target) for share, target in plan)
                village.forget()
                village.one_story(f"果园{number:03}", planned, lasts_s, dice)
                village.compare(f"果园{number:03}", planned, whole)
                if not quiet:
                    shown = [(round(at_s, 1), target) for at_s, target in planned]
                    print(number, shown, tally.equal, tally.broken[-1:], file=sys.stderr, flush=True)
            village.check_posts()
            village.check_end()
        finally:
            ask_to_end(here.workspace)
            assert village.process is not None
            village.process.kill()
            village.process.wait()
    return tally


def main() -> int:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--each", type=int, default=1, choices=(1, 2), help="moments that one story lives through: after three it is given up"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="up-kills-") as folder:
        dice = random.Random(asked.seed)
        tally = measure(Path(folder), random_plan(asked.moments, asked.each, dice), dice)
    print(tally.table())
    for what in tally.broken:
        print(what)
    return 1 if tally.broken or tally.equal != tally.stories or tally.store.chunks_twice else 0


if __name__ == "__main__":
    sys.exit(main())
