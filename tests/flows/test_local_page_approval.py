"""What `make` would put on the shelf waits in the ledger where a person must say yes first, and goes there with the yes."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.approval_requests import PersonAnswer, request_of, take_answer, waiting_releases
from pipeline.actions.due_releases import work_on_release
from pipeline.actions.local_page import publish_local_page
from pipeline.actions.open_work import open_work
from pipeline.actions.outcome import Outcome
from pipeline.actions.publishing_context import deciding_context
from pipeline.actions.rerender import last_job
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.card import Cards
from pipeline.publish.ledger import State
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext
from tests.demo_story import look_at_faces, made_demo


@pytest.fixture
def bench(demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StoryContext, Outcome]:
    """The demo as it was made, in a workspace that asks for approval and whose shelf is empty."""
    outcome, *_ = made_demo(demo_workspace)
    shutil.copytree(demo_workspace / "stories", tmp_path / "stories")
    shutil.copytree(demo_workspace / "outbox", tmp_path / "outbox")
    look_at_faces(tmp_path, outcome.story)
    (tmp_path / "fieldcut.toml").write_text("[publish]\napproval = true\n", encoding="utf-8")
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    job = last_job(outcome.story, tmp_path).model_copy(update={"now": datetime.now(UTC)})
    return StoryContext(job), replace(outcome, warnings=[])


def test_a_page_waits_for_a_yes_and_a_newer_one_takes_its_place(bench: tuple[StoryContext, Outcome]) -> None:
    context, outcome = bench
    workspace, now = context.root, datetime.now(UTC)
    publish_local_page(context, outcome)
    with deciding_context(workspace) as engine:
        [first] = waiting_releases(engine)
        assert (first.release.platform, first.state) == ("shelf", State.PREPARED)
    assert any(f"fieldcut approve {first.id[:8]}" in str(warning) for warning in outcome.warnings)
    assert not (workspace / "shelf").exists()

    rendition = renditions(context)[0]
    cards = rendition.read("card.json", Cards)
    assert cards.card is not None
    rendition.write("card.json", cards.model_copy(update={"card": cards.card.model_copy(update={"origin": "山那边"})}))
    publish_local_page(context, outcome)
    with deciding_context(workspace) as engine:
        [second] = waiting_releases(engine)
        assert second.id != first.id
        assert engine.ledger.get(first.id).state is State.FAILED
        assert {task.kind for task in engine.ledger.tasks.all()} == {"approve"}, "nobody is asked about the older one"
        answered = take_answer(request_of(second, engine, now), engine, PersonAnswer("社长", "yes", "", "command"), datetime.now(UTC))
        assert answered.status == "approved", str(answered.says)
    assert [due.release for due in open_work(workspace, "", datetime.now(UTC)).due] == [second.id]
    work_on_release(workspace, second.id, "zh")
    with open_workspace_ledger(workspace) as ledger:
        assert ledger.get(second.id).state is State.LIVE
    assert "山那边" in next((workspace / "shelf").glob("*/index.html")).read_text(encoding="utf-8")
