"""A clip that is declared as made with AI after it was posted: our page is made anew with the label, elsewhere a person declares it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.actions.ai_declarations import undeclared_clips
from pipeline.actions.generated_clips import declare_generated, take_back_declaration
from pipeline.actions.live_declarations import LiveDeclarations
from pipeline.actions.publishing_context import local_shelf_context, publishing_context
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.message import M
from pipeline.documents.offer import Brief
from pipeline.documents.release import Declarations, Release
from pipeline.errors import PersonNeeded
from pipeline.publish.engine import deliver
from pipeline.publish.ledger import Entry, State
from pipeline.store import save_document
from tests import builders
from tests.fakes.live_stall import PERSON, STORY, Stall, open_stall
from tests.flows.conftest import Run

DRONE, HANDS, SPARE = builders.clip("a", name="航拍.mp4"), builders.clip("b", name="剥果.mp4"), builders.clip("c", name="没用上.mp4")
Render = Callable[[Entry], Release]


@pytest.fixture
def stall(tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch) -> Stall:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    stall = open_stall(tmp_path, run_here)
    cuts = (_cut(HANDS.id, "talk"), _cut(DRONE.id, "cover"))
    documents = {
        "clips.json": Clips(clips=(DRONE, HANDS, SPARE), set_aside=()),
        "edit.json": Edit(fps=25, cuts=cuts, heard=(), decisions=(), led_by="talk"),
        "analyses.json": Analyses(by_clip={}),
        "transcripts.json": Transcripts(by_clip={}),
        "brief.json": Brief(),
    }
    for name, document in documents.items():
        save_document(stall.workspace / "stories" / STORY / name, document)
    return stall


def _cut(clip_id: str, role: str) -> Cut:
    return Cut.model_validate({"clip_id": clip_id, "source_start_s": 0.0, "frames": 50, "role": role, "reason": M("it is sharp")})


@dataclass
class Renderer:
    """Stands for the rendering, which takes a minute: gives the page with the label, or says what a person must do first."""

    stall: Stall
    refuses: str = ""
    pages: list[str] = field(default_factory=list)

    def __call__(self, entry: Entry) -> Release:
        self.pages.append(entry.id)
        if self.refuses:
            raise PersonNeeded(M("{why}", why=self.refuses))
        return self.stall.release(declarations=Declarations(ai_generated=True, commercial=True))


def turn(stall: Stall, render: Render) -> list[tuple[Entry, tuple[str, ...]]]:
    with local_shelf_context(stall.workspace, datetime.now(UTC)) as engine:
        return LiveDeclarations(stall.workspace, engine, render).keep_true()


def declare(stall: Stall, clip: str) -> list[str]:
    return declare_generated(STORY, stall.workspace, clip, PERSON, datetime.now(UTC), "zh").lines


def test_our_own_page_is_made_anew_with_the_label_once(stall: Stall) -> None:
    entry = stall.put_on_shelf()
    render = Renderer(stall)
    assert turn(stall, render) == []
    assert "自动重新做" in declare(stall, "航拍")[-1]
    [(page, clips)] = turn(stall, render)
    assert clips == ("航拍.mp4",)
    assert page.release.declarations.ai_generated
    assert "AI" in stall.page()
    assert [known.id for known in stall.entries(State.LIVE)] == [page.id] != [entry.id]
    assert turn(stall, render) == []
    assert render.pages == [entry.id]


def test_a_clip_that_is_not_in_the_video_changes_nothing(stall: Stall) -> None:
    stall.put_on_shelf()
    assert len(declare(stall, "没用上")) == 1
    render = Renderer(stall)
    assert turn(stall, render) == []
    assert not render.pages


def test_a_page_that_only_a_person_can_make_anew_is_asked_about_once(stall: Stall) -> None:
    stall.put_on_shelf()
    declare(stall, "航拍")
    render = Renderer(stall, refuses="the words must be approved")
    for _ in range(2):
        assert turn(stall, render) == []
    assert len(render.pages) == 1
    with open_workspace_ledger(stall.workspace) as ledger:
        [task] = ledger.tasks.all()
    assert "the words must be approved" in str(task.message)
    take_back_declaration(STORY, stall.workspace, "航拍", PERSON, datetime.now(UTC), "zh")
    turn(stall, render)
    with open_workspace_ledger(stall.workspace) as ledger:
        assert not ledger.tasks.all()


def test_a_page_whose_offer_is_over_gets_the_label_and_offers_nothing(stall: Stall) -> None:
    stall.put_on_shelf()
    stall.sheet(stock="0")
    assert stall.settle().code == 0
    declare(stall, "航拍")
    render = Renderer(stall)
    [(page, _)] = turn(stall, render)
    assert page.release.page is not None
    assert page.release.page.withdrawn == "sold_out"
    assert "AI" in stall.page()
    assert "已售完" in stall.page()
    assert not render.pages


def test_elsewhere_a_person_is_told_what_the_platform_calls_the_declaration(stall: Stall) -> None:
    entry = stall.post_by_hand()
    lines = "\n".join(declare(stall, "剥果"))
    assert "“内容由AI生成”" in lines
    answer = stall.settle()
    assert answer.code == 3
    assert "剥果.mp4" in answer.out
    assert stall.settle(entry.id[:8], "--as", "corrected").code == 0
    assert stall.settle().code == 0
    # Another clip is another thing to declare.
    declare(stall, "航拍")
    assert stall.settle().code == 3


def test_a_post_that_waits_does_not_go_out_without_the_label(stall: Stall) -> None:
    declare(stall, "航拍")
    with publishing_context(stall.workspace) as engine:
        release = stall.release()
        entry = engine.ledger.prepare(release, by=PERSON, at=datetime.now(UTC))
        assert deliver(entry.id, engine) is State.FAILED
        assert "航拍.mp4" in str(engine.ledger.get(entry.id).reason)


def test_of_a_post_with_an_earlier_edit_only_its_own_shots_count(stall: Stall) -> None:
    declare(stall, "航拍")
    shots = [{"clip_sha256": HANDS.sha256, "start_s": 5.0, "end_s": 9.0}]
    other = Release.model_validate({**stall.release().model_dump(), "shots": shots})
    assert undeclared_clips(stall.workspace, other) == ()
    declare(stall, "剥果")
    assert undeclared_clips(stall.workspace, other) == ("剥果.mp4",)
