"""Kill -9 at any moment, run again: the same bytes, nothing finished made twice, nothing unfinished used, nothing left lying."""

import itertools
import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from pipeline.documents.job import Job
from pipeline.documents.plan import Chunk, Picture, RenderPlan, SoundPlan, SourcePiece
from pipeline.render import render
from pipeline.resources import FONTS
from pipeline.store import Store, file_sha256, prune
from pipeline.store.content import seal_path
from pipeline.store.inventory import list_items
from pipeline.store.story_lock import running_since
from pipeline.workspace import StoryContext
from tests import builders
from tests.fakes.killed_process import KILLED, children_of, forked, points_of, side_by_side

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEED = 20261122
EVERY = 2
"""Of so many touches of the disk a run dies at one."""
KILLS = 120
LANES = 3
JOIN_KILLS = 24
PRUNABLE_S = 0.1
"""Between two runs, for everything to be deleted."""
CHUNKS, FRAMES = 6, 10

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found through /proc, which is not here"),
]


@dataclass(frozen=True)
class Scene:
    """A plan of two seconds, what comes out when nobody disturbs it, how long that takes, and a store in which it is all made."""

    plan: RenderPlan
    sha256: str
    seconds: float
    store: Path


@pytest.fixture(scope="module")
def scene(tmp_path_factory, run_ffmpeg, picture_options, sound_options) -> Scene:
    home = tmp_path_factory.mktemp("scene")
    moving = ["-f", "lavfi", "-i", "testsrc2=s=96x160:r=30:d=3", "-f", "lavfi", "-i", "sine=330:d=3"]
    clip = run_ffmpeg(*moving, *picture_options, *sound_options, "-shortest", out=home / "clip.mp4")
    plan = plan_of(clip)
    begun = time.monotonic()
    results = [made(plan, home / name) for name in ("first", "second")]
    assert results[0] == results[1]
    return Scene(plan, results[0], (time.monotonic() - begun) / 2, home / "first")


def shortened(scene: Scene, chunks: int, home: Path) -> Scene:
    """The same with fewer chunks, for what is done hundreds of times."""
    sound = scene.plan.sound.model_copy(update={"length_s": chunks * FRAMES / 30})
    plan = scene.plan.model_copy(update={"chunks": scene.plan.chunks[:chunks], "sound": sound})
    return Scene(plan, made(plan, home / "short"), scene.seconds, home / "short")


def plan_of(clip: Path) -> RenderPlan:
    sha256 = file_sha256(clip)

    def piece(start_s: float) -> SourcePiece:
        return builders.piece(sha256, clip, start_s, FRAMES, width=96, height=160)

    chunks = [Chunk(start_frame=FRAMES * n, frames=FRAMES, pieces=(piece(0.4 * n),), laid=(), ass="") for n in range(CHUNKS)]
    voice = builders.voice(sha256, clip, length_s=2)
    return RenderPlan(
        story="s",
        destination="shelf",
        picture=Picture(width=96, height=160, fps=30, crf=28, speed="ultrafast", lut="", lut_sha256="", fonts=str(FONTS)),
        chunks=tuple(chunks),
        # a low target takes one encoding, so that the limiter's rounds do not make every run longer
        sound=SoundPlan(length_s=CHUNKS * FRAMES / 30, voices=(voice,), music=None, target_lufs=-24.0),
    )


def run(plan: RenderPlan, workspace: Path) -> None:
    """One run of a story whose only stage is rendering, in a process of its own: its wishes for new chunks go into a log."""
    tempfile.tempdir = str(scratch_of(workspace))
    wish = Store.part

    def part(store: Store, kind: str, key: str, suffix: str) -> Path:
        with (workspace / "wishes").open("a") as log:
            log.write(f"{kind}/{key}{suffix}\n")
        return wish(store, kind, key, suffix)

    Store.part = part  # type: ignore[method-assign]
    bench = StoryContext(Job(story="s", source=str(workspace), workspace=str(workspace), now=NOW))
    bench.open()
    result = render(plan, bench.store)
    (workspace / "result").write_text(result.sha256)
    bench.close()


def scratch_of(workspace: Path) -> Path:
    folder = workspace / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def made(plan: RenderPlan, workspace: Path) -> str:
    """The result of a run that nobody disturbs."""
    scratch_of(workspace)
    assert forked(partial(run, plan, workspace)) == 0
    return (workspace / "result").read_text()


class Witness:
    """Looks at a store between two runs of the same story and remembers what was finished."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.finished: dict[Path, tuple[int, int]] = {}

    def look(self) -> None:
        """What is sealed stays as it is for ever; what has no good seal was never asked for by anything but the step that makes it."""
        wishes = self.workspace / "wishes"
        for line in wishes.read_text().splitlines() if wishes.exists() else []:
            assert self.workspace / "cache" / line not in self.finished, f"{line} was finished, and made again"
        wishes.unlink(missing_ok=True)
        for path, before in self.finished.items():
            assert _inode(path) == before, f"{path.name} was replaced"
        for path in (self.workspace / "cache").glob("*/*"):
            if ".part" not in path.name and _whole(path):
                self.finished.setdefault(path, _inode(path))


def _inode(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns


def _whole(path: Path) -> bool:
    try:
        return seal_path(path).read_text() == f"{path.stat().st_size} {file_sha256(path)}"
    except OSError:
        return False


def through(scene: Scene, workspace: Path, witness: Witness) -> None:
    """The last run, undisturbed, and everything that was promised."""
    witness.look()
    assert made(scene.plan, workspace) == scene.sha256
    witness.look()
    assert not [item for item in list_items(Store(workspace / "cache")) if item.what == "leftover"]
    assert all(_whole(path) for path in witness.finished)
    kinds = Counter(path.parent.name for path in witness.finished)
    assert kinds == {"voices": 1, "sound": 2, "chunks": len(scene.plan.chunks), "renditions": 1}
    assert not list(scratch_of(workspace).iterdir())
    shutil.rmtree(workspace)


def die_at(scene: Scene, home: Path, point: int) -> bool:
    """Whether a run got as far as this crash point; if so, it died there and the next one made it good."""
    workspace = home / f"{point}"
    witness = Witness(workspace)
    scratch_of(workspace)
    code = forked(partial(run, scene.plan, workspace), die_at=point)
    assert code in (0, KILLED)
    through(scene, workspace, witness)
    return code == KILLED


def test_a_run_that_dies_at_any_touch_of_the_disk_is_made_good_by_the_next(scene: Scene, tmp_path: Path):
    short = shortened(scene, 2, tmp_path)
    count = points_of(partial(run, short.plan, tmp_path / "counting"), tmp_path / "count")
    points = range(1, count + 1, EVERY)
    died = list(side_by_side([partial(die_at, short, tmp_path, point) for point in points], tmp_path / "lanes"))
    assert sum(died) > max(100 / EVERY, 0.95 * len(points))


def die_at_random(scene: Scene, home: Path, lane: int) -> int:
    """Stories that are killed at random moments until a run gets through, one after the other; how often that was."""
    dice = random.Random(SEED + lane)
    kills = 0
    for story in itertools.count():
        if kills >= KILLS / LANES:
            return kills
        workspace = home / f"{lane}-{story}"
        witness = Witness(workspace)
        scratch_of(workspace)
        while forked(partial(run, scene.plan, workspace), after=dice.uniform(0.0, scene.seconds)) == KILLED:
            kills += 1
            witness.look()
        through(scene, workspace, witness)
    raise AssertionError


def test_a_hundred_kills_at_random_moments_change_nothing(scene: Scene, tmp_path: Path):
    kills = side_by_side([partial(die_at_random, scene, tmp_path, lane) for lane in range(LANES)], tmp_path / "lanes", LANES)
    assert sum(kills) >= KILLS


def joining(process: int) -> bool:
    return any(b"concat" in line for line in children_of(process).values())


def die_in_join(scene: Scene, home: Path, number: int) -> bool:
    dice = random.Random(SEED - number)
    workspace = home / f"{number}"
    shutil.copytree(scene.store, workspace)
    for path in (workspace / "cache" / "renditions").iterdir():
        path.unlink()
    witness = Witness(workspace)
    witness.look()
    killed = 0
    for _ in range(2):
        killed += forked(partial(run, scene.plan, workspace), when=joining, after=dice.uniform(0.0, 0.03)) == KILLED
        witness.look()
        if list((workspace / "cache" / "renditions").glob("*.mp4")):
            break
    through(scene, workspace, witness)
    return killed > 0


def test_a_kill_inside_the_join_changes_nothing(scene: Scene, tmp_path: Path):
    killed = list(side_by_side([partial(die_in_join, scene, tmp_path, number) for number in range(JOIN_KILLS)], tmp_path / "lanes"))
    assert sum(killed) >= JOIN_KILLS * 3 // 4


def test_a_render_comes_out_right_while_somebody_prunes_all_the_time(scene: Scene, tmp_path: Path):
    """Between the runs everything goes; in a run nothing that it found or made."""
    workspace = tmp_path / "story"
    shutil.copytree(scene.store, workspace)

    def runs() -> int:
        try:
            for _ in range(6):
                assert made(scene.plan, workspace) == scene.sha256
                time.sleep(PRUNABLE_S)
        finally:
            (tmp_path / "stop").touch()
        return 0

    def pruning() -> int:
        gone = 0
        while not (tmp_path / "stop").exists():
            now = datetime.now(UTC) + timedelta(seconds=2)  # that much is spared for clocks which differ; here there is one
            since = running_since(workspace)
            gone += prune(Store(workspace / "cache"), older_than=timedelta(0), to_bytes=0, busy_since=since, now=now).files
        return gone

    assert sum(side_by_side([runs, pruning], tmp_path / "lanes", lanes=2)) > 3 * CHUNKS
