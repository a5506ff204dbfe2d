"""A store with something wrong in every kind of entry: the next run finds it all, makes it again, and the video is the same."""

import itertools
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.cli.cache_command import KINDS as NAMED_KINDS
from pipeline.stages.registry import load_stage
from pipeline.store import Store, file_sha256
from pipeline.store.inventory import list_items
from pipeline.workspace import StoryContext, new_job
from tests.fakes.damaged_file import DAMAGES, do_damage
from tests.flows.conftest import Answer, Undisturbed, environment

pytestmark = pytest.mark.system

KINDS = {
    "analyses",
    "chunks",
    "cues",
    "expected",
    "hearings",
    "overlays",
    "photos",
    "pictures",
    "readings",
    "renditions",
    "sound",
    "transcripts",
    "voices",
}
"""All that a story with talk and a product leaves; the last, its report, tells how long each stage took and is another each time."""

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Damaged:
    """What lay in the store before it was damaged, what was done to what, and how the run after that ended."""

    store: Path
    before: dict[Path, str]
    damages: dict[Path, str]
    again: Answer


def entries(store: Path) -> list[Path]:
    return sorted(item.path for item in list_items(Store(store)) if item.what == "entry" and item.path.is_file())


@pytest.fixture(scope="module")
def damaged(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Damaged:
    workspace = tmp_path_factory.mktemp("damaged")
    store = workspace / "cache"
    shutil.copytree(undisturbed.workspace / "cache", store)
    before = {path: file_sha256(path) for path in entries(store)}
    damages = dict(zip(before, itertools.cycle(DAMAGES), strict=False))
    for path, damage in damages.items():
        do_damage(path, damage)
    done = subprocess.run(undisturbed.command(workspace), env=environment(), capture_output=True, text=True, check=False)
    return Damaged(store, before, damages, Answer(done.returncode, done.stdout, done.stderr))


def test_every_kind_that_the_store_keeps_is_damaged_here(damaged: Damaged) -> None:
    assert {path.parent.name for path in damaged.damages} == {*KINDS, "reports"}
    assert set(NAMED_KINDS) >= {*KINDS, "reports"}  # `fieldcut cache` has a word for each
    assert set(damaged.damages.values()) == set(DAMAGES)


def test_the_run_over_a_damaged_store_ends_as_if_nothing_had_happened(damaged: Damaged, undisturbed: Undisturbed) -> None:
    assert damaged.again.code == 0, damaged.again.err + damaged.again.out
    videos = [Path(answer.told["files"]["video"]).read_bytes() for answer in (damaged.again, undisturbed.answer)]
    assert videos[0] == videos[1]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_was_damaged_is_made_again_with_the_same_bytes(damaged: Damaged, kind: str) -> None:
    ours = {path: sha256 for path, sha256 in damaged.before.items() if path.parent.name == kind}
    assert ours
    for path, sha256 in ours.items():
        assert Store(damaged.store).holds(path), f"{path.name}: {damaged.damages[path]}"
        assert file_sha256(path) == sha256, f"{path.name}: {damaged.damages[path]}"


def test_every_damaged_chunk_was_made_again(damaged: Damaged) -> None:
    chunks = [path for path in damaged.before if path.parent.name == "chunks"]
    assert damaged.again.told["chunks"]["made"] == len(chunks)


def test_nothing_of_the_damage_is_left_in_the_way(damaged: Damaged) -> None:
    assert not [item.path for item in list_items(Store(damaged.store)) if item.what == "leftover" and item.path.parent.name in KINDS]


@pytest.mark.parametrize(("name", "kind"), [("brand", "overlays"), ("render", "renditions")])
def test_a_stage_whose_result_is_damaged_is_not_taken_for_done(damaged: Damaged, undisturbed: Undisturbed, name: str, kind: str) -> None:
    """The flow asks this before it skips a turn; sizes alone would not tell."""
    stage = load_stage(name)
    bench = StoryContext(new_job(undisturbed.folder, damaged.store.parent, {"width": 270, "height": 480}, NOW))
    before = stage.made(bench)
    assert all(before.values())
    file = next(Path(path) for path in before if f"/{kind}/" in path)
    content = file.read_bytes()
    do_damage(file, "changed")
    assert stage.made(bench) != before
    file.write_bytes(content)
    assert stage.made(bench) == before
