"""A story's work divided with other machines: the same bytes as alone, whatever becomes of them, and nothing asked where nobody waits."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.cache import shrink_shared
from pipeline.actions.outcome import Outcome
from pipeline.actions.story_notifications import run_and_notify
from pipeline.actions.work_batches import keep_small, make_chunk_batch, make_clip_batch
from pipeline.analysis import analysis_key
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import Fault, UserMistake
from pipeline.other_machines import Work
from pipeline.stages import analysis as analysis_stage
from pipeline.stages import spreading
from pipeline.stages.spreading import batch_seconds, clip_batches, dividing_clips
from pipeline.store import Store, file_sha256
from pipeline.store.shared import SharedStore
from pipeline.store.shared_files import SharedFolder
from pipeline.workspace import StoryContext
from tests import builders


@dataclass
class Helper:
    """A machine that does what it is asked at once, until it dies: after so many batches, or with the first."""

    store: SharedStore
    waits: int = 2
    lives_for: int = 99
    asked: list[tuple[Work, str]] = field(default_factory=list)
    withdrawn: list[bool] = field(default_factory=list)
    """Whether what was taken back was unwanted, each time."""

    def waiting(self, work: Work) -> int:
        del work
        return self.waits

    def order(self, work: Work, batch: str, number: int, count: int) -> None:
        assert 1 <= number <= count
        self.asked.append((work, batch))
        if len(self.asked) <= self.lives_for:
            (make_chunk_batch if work == "chunks" else make_clip_batch)(self.store, batch)

    def withdraw(self, *, unwanted: bool) -> None:
        self.withdrawn.append(unwanted)


class Deaf(Helper):
    """A server that takes the first order and is gone then."""

    def order(self, work: Work, batch: str, number: int, count: int) -> None:
        if number > 1:
            raise Fault(M("The server does not answer."))
        super().order(work, batch, number, count)


@pytest.fixture
def clips(tmp_path: Path) -> tuple[Clip, ...]:
    """Three clips of two seconds, of which the second is no video any more."""
    made = []
    for number in range(3):
        path = builders.film(tmp_path / f"素材 {number}.mp4")
        facts = {"path": str(path), "name": path.name, "sha256": file_sha256(path), "duration_s": 2.0, "width": 180, "height": 320}
        made.append(builders.clip("abc"[number], **facts))
    Path(made[1].path).write_bytes(b"no video")
    made[1] = made[1].model_copy(update={"sha256": file_sha256(Path(made[1].path))})
    return tuple(made)


@pytest.fixture
def context(tmp_path: Path) -> StoryContext:
    """A story of a workspace that shares its store."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "fieldcut.toml").write_text(f'[store]\nshared = "{tmp_path / "shared"}"\nbatch_seconds = 1\n', encoding="utf-8")
    job = Job(story="s", source=str(tmp_path), workspace=str(tmp_path / "w"), now=datetime(2026, 11, 1, tzinfo=UTC))
    story = StoryContext(job)
    story.open()
    return story


@pytest.fixture
def helper(tmp_path: Path) -> Callable[..., Helper]:
    def make(kind: type[Helper] = Helper, **facts: object) -> Helper:
        return kind(SharedStore(tmp_path / "helper", SharedFolder(tmp_path / "shared"), strict=True), **facts)  # type: ignore[arg-type]

    return make


def test_settings_that_name_a_shared_place_open_it(context: StoryContext) -> None:
    assert isinstance(context.store, SharedStore)


def test_without_settings_a_story_has_its_own_store_alone(context: StoryContext) -> None:
    context.close()
    (context.root / "fieldcut.toml").unlink()
    context.open()
    assert type(context.store) is Store


def test_a_share_that_is_not_mounted_stops_no_story(context: StoryContext, tmp_path: Path) -> None:
    context.close()
    (tmp_path / "shared").rmdir()
    context.open()
    assert type(context.store) is Store
    outcome = run_and_notify(context, lambda _: None, lambda: Outcome("s", "zh", "render", ""))
    assert ["is not there" in str(warning) for warning in outcome.warnings] == [True]


@pytest.mark.parametrize(
    ("lengths_s", "least_s", "expected"),
    [
        ([], 3.0, []),
        ([5.0], 3.0, [1]),
        ([10.0, 10.0, 10.0], 3.0, [1, 1, 1]),
        ([6.0, 6.0, 6.0, 1.0], 3.0, [4]),
        ([6.0, 6.0, 6.0, 6.0, 1.0], 3.0, [2, 3]),
        ([1.0, 60.0], 3.0, [2]),
    ],
)
def test_clips_are_divided_in_order_and_none_is_left_over(lengths_s: list[float], least_s: float, expected: list[int]) -> None:
    clips = [builders.clip(letter, duration_s=length_s) for letter, length_s in zip("abcde", lengths_s, strict=False)]
    batches = clip_batches(clips, least_s, least_s)
    assert [len(batch) for batch in batches] == expected
    assert [clip for batch in batches for clip in batch] == clips


@pytest.mark.parametrize("length_s", [1.0, 2.5, 3.7])
def test_halves_that_are_not_equal_are_two_batches_all_the_same(length_s: float) -> None:
    clips = [builders.clip("a", duration_s=length_s) for _ in range(41)]
    half = batch_seconds(3.0, 41 * length_s * spreading.JUDGING_S, 1)
    assert len(clip_batches(clips, half, 3.0)) == 2


@pytest.mark.parametrize(
    ("least_s", "total_s", "helpers", "expected"), [(30.0, 100.0, 1, 50.0), (30.0, 600.0, 2, 150.0), (30.0, 100.0, 5, 30.0)]
)
def test_a_batch_is_worth_its_beginning_and_every_helper_has_two(least_s: float, total_s: float, helpers: int, expected: float) -> None:
    assert batch_seconds(least_s, total_s, helpers) == expected


def test_clips_that_another_machine_judged_are_judged_alike_and_a_broken_one_costs_nothing_else(
    context: StoryContext, clips: tuple[Clip, ...], helper: Callable[..., Helper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "JUDGING_S", 1.0)
    context.write("clips.json", Clips(clips=clips, set_aside=()))
    analysis_stage.run(context, lambda _: None)
    alone = context.path("analyses.json").read_bytes()
    assert not list((tmp_path / "shared").glob("files/*")), "nobody helps, so nothing is sent"

    for path in [*(context.store.root / "analyses").iterdir(), *(tmp_path / "shared" / "analyses").iterdir()]:
        path.unlink()
    context.machines = machine = helper()
    analysis_stage.run(context, lambda _: None)
    assert context.path("analyses.json").read_bytes() == alone
    assert list(context.read("analyses.json", Analyses).by_clip) == [clip.id for clip in clips]
    assert [work for work, _ in machine.asked] == ["clips"] * 3
    assert machine.store.find("analyses", analysis_key(clips[0]), ".json") is not None
    assert machine.withdrawn == [False]


def test_where_nobody_waits_nothing_is_asked_and_nothing_is_sent(
    context: StoryContext, clips: tuple[Clip, ...], helper: Callable[..., Helper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "JUDGING_S", 1.0)
    for machine in (None, helper(waits=0)):
        context.machines = machine
        with dividing_clips(context, clips) as sharing:
            assert sharing == "alone"
    assert machine is not None
    assert not machine.asked
    assert not list((tmp_path / "shared").iterdir())


def test_less_than_a_batch_is_not_worth_asking_for(context: StoryContext, clips: tuple[Clip, ...], helper: Callable[..., Helper]) -> None:
    context.machines = machine = helper(lives_for=0)
    for some, batches in ((clips[:1], 0), (clips, 1)):
        with dividing_clips(context, some) as sharing:
            assert sharing == ("last" if batches else "alone")
        assert len(machine.asked) == batches


def test_a_story_that_is_stopped_wants_nothing_back_from_other_machines(
    context: StoryContext, clips: tuple[Clip, ...], helper: Callable[..., Helper]
) -> None:
    context.machines = machine = helper(lives_for=0)
    with pytest.raises(KeyboardInterrupt), dividing_clips(context, clips):
        raise KeyboardInterrupt
    assert machine.withdrawn == [True]


def test_a_server_that_is_gone_after_the_first_order_leaves_the_rest_to_this_machine(
    context: StoryContext, clips: tuple[Clip, ...], helper: Callable[..., Helper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "JUDGING_S", 1.0)
    context.machines = machine = helper(Deaf, lives_for=0)
    with dividing_clips(context, clips) as sharing:
        assert sharing == "last"
        assert len(machine.asked) == 1
    assert machine.withdrawn == [False]


def test_work_of_another_release_is_refused_with_both_named(
    context: StoryContext, clips: tuple[Clip, ...], helper: Callable[..., Helper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "JUDGING_S", 1.0)
    monkeypatch.setattr(spreading, "fieldcut_version", lambda: "0.0.1")
    context.machines = machine = helper(lives_for=0)
    with dividing_clips(context, clips):
        pass
    with pytest.raises(UserMistake, match=r"0\.0\.1"):
        make_clip_batch(machine.store, machine.asked[0][1])


def test_the_night_empties_the_shared_place_of_a_workspace_and_a_share_that_is_gone_is_no_failure(
    context: StoryContext, tmp_path: Path
) -> None:
    context.store.make("chunks", "ab" * 16, ".mp4", lambda part: part.write_bytes(b"pictures"))
    later = datetime.now(UTC) + timedelta(days=31)
    assert shrink_shared(context.root, datetime.now(UTC)) == 0
    assert shrink_shared(context.root, later) == 2
    shutil.rmtree(tmp_path / "shared")
    assert shrink_shared(context.root, later) == 0
    (context.root / "fieldcut.toml").unlink()
    assert shrink_shared(context.root, later) == 0


def test_a_helpers_disk_stays_within_its_bound(helper: Callable[..., Helper], tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    store = helper().store
    for number in range(4):
        store.make("files", f"{number}" * 32, ".mp4", lambda part: part.write_bytes(bytes(1000)))
    later = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1)
    keep_small(SharedStore(store.root, store.shared), 2500, later, later)
    assert sum(path.stat().st_size for path in (store.root / "files").glob("*.mp4")) <= 2500
