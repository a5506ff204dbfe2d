"""Whoever is asked sees what the claims check found in exactly the words that would go out, and who set a finding aside."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.release_claims import claim_lines, release_claims
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.release import Captions, Release
from pipeline.documents.rendition import Inspection
from pipeline.publish.ledger import Actor, Ledger, Who
from pipeline.publish.ledger.overrides import CLAIM_OVERRIDE
from pipeline.store import load_document
from tests.demo_story import made_demo

PERSON = Actor(who=Who.PERSON, name="社长")


@pytest.fixture
def workspace(demo_workspace: Path, tmp_path: Path) -> Path:
    """The demo's documents and ledger, in a workspace of the test."""
    made_demo(demo_workspace)
    for name in ("stories", "outbox"):
        shutil.copytree(demo_workspace / name, tmp_path / name)
    shutil.copyfile(demo_workspace / "ledger.db", tmp_path / "ledger.db")
    return tmp_path


@pytest.fixture
def ledger(workspace: Path) -> Iterator[Ledger]:
    with open_workspace_ledger(workspace) as opened:
        yield opened


@pytest.fixture
def release(ledger: Ledger, workspace: Path) -> Release:
    """The demo's page, as `make` released it, of the video that the story has now: other tests share the demo and correct words in it."""
    released = ledger.releases()[-1].release
    [inspected] = [load_document(path, Inspection) for path in (workspace / "stories").glob("*/renditions/*/inspection.json")]
    return released.model_copy(update={"video": released.video.model_copy(update={"sha256": inspected.rendition_sha256})})


def test_a_word_that_may_not_stand_there_is_shown_with_who_set_it_aside(workspace: Path, ledger: Ledger, release: Release) -> None:
    clean = claim_lines(release, ledger, workspace, "zh")
    assert clean is not None
    assert not [line for line in clean if "全国第一" in line]
    praised = release.model_copy(update={"captions": Captions(title="全国第一的苹果", text="全国第一，最好吃。")})
    found = next(
        claim for claim in release_claims(praised, ledger, workspace) or () if claim.words == "全国第一" and claim.verdict == "block"
    )
    ledger.overrides.keep(CLAIM_OVERRIDE, release.story, "县里评的", by=PERSON, at=datetime.now(UTC), subject=found.id)
    again = claim_lines(praised, ledger, workspace, "zh")
    assert again is not None
    assert any(found.id[:8] in line and line.endswith("（社长：县里评的）") for line in again)


def test_of_a_video_that_was_made_anew_since_nothing_is_said(workspace: Path, ledger: Ledger, release: Release) -> None:
    other = release.model_copy(update={"video": release.video.model_copy(update={"sha256": "1" * 64})})
    assert claim_lines(other, ledger, workspace, "zh") is None
    assert claim_lines(release.model_copy(update={"story": "没有这个"}), ledger, workspace, "zh") is None
