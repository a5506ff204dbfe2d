"""A speaker says another price than the sheet: what stops, what is left to mend, and what a person can do about it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.cli.screen import Screen
from pipeline.actions.make import run_stages
from pipeline.actions.rerender import last_job
from pipeline.actions.spoken_prices import confirm_overruled
from pipeline.actions.story_job import open_story
from pipeline.commerce.claims import check_voice
from pipeline.documents.claims import Claim
from pipeline.documents.collected import Transcripts
from pipeline.documents.consent import Consents
from pipeline.documents.edit import Edit
from pipeline.documents.message import M
from pipeline.documents.spoken_prices import PricePassage, PricePassages
from pipeline.documents.transcript import Word
from pipeline.errors import PersonNeeded
from pipeline.publish.ledger import Actor, Who, open_ledger
from pipeline.stages.release import captions_of, claims_of
from pipeline.stages.renditions import renditions
from pipeline.stages.spoken_prices import CONFIRMED_PRICE
from pipeline.store import load_document, save_document
from pipeline.workspace import StoryContext
from tests.flows.conftest import SHEET, Answer, Run, Undisturbed

SAID = ("五斤", "三十", "五块", "八，", "又脆", "又甜")
STAGES = ("catalog", "commerce", "edit", "brand", "subtitles")
"""What is walked again once a story was heard, up to where a wrong price stops it."""


@dataclass(frozen=True)
class Dearer:
    """A finished story in whose talk a price is said, and whose sheet has got another one since."""

    workspace: Path
    sheet: Path
    story: str
    tell: Callable[..., Answer]

    def recut(self) -> None:
        """Walk the stages again, as `render` does before it renders."""
        job = last_job(self.story, self.workspace).model_copy(update={"catalog": str(self.sheet)})
        run_stages(open_story(job), STAGES, Screen("en", quiet=True))

    @property
    def folder(self) -> Path:
        return self.workspace / "stories" / self.story

    @property
    def passages(self) -> tuple[PricePassage, ...]:
        return load_document(self.folder / "prices.json", PricePassages).passages


@pytest.fixture
def dearer(undisturbed: Undisturbed, tmp_path: Path, run_here: Run) -> Dearer:
    workspace, sheet, story = tmp_path / "workspace", tmp_path / "catalog.csv", undisturbed.folder.name
    shutil.copytree(undisturbed.workspace, workspace)
    shutil.copy(SHEET.with_name("apple.jpg"), tmp_path)
    sheet.write_text(SHEET.read_text(encoding="utf-8").replace("35.80,5斤", "38.80,5斤"), encoding="utf-8")
    heard = load_document(workspace / "stories" / story / "transcripts.json", Transcripts)
    (talk,) = [transcript for transcript in heard.by_clip.values() if transcript.phrases]
    last = talk.phrases[-1]
    step_s = (last.end_s - last.start_s) / len(SAID)
    words = tuple(
        Word(start_s=last.start_s + at * step_s, end_s=last.start_s + (at + 1) * step_s, text=text, probability=0.9)
        for at, text in enumerate(SAID)
    )
    talk = talk.model_copy(update={"phrases": (*talk.phrases[:-1], last.model_copy(update={"words": words}))})
    save_document(
        workspace / "stories" / story / "transcripts.json", heard.model_copy(update={"by_clip": {**heard.by_clip, talk.clip_id: talk}})
    )

    def tell(command: str, *arguments: object) -> Answer:
        return run_here(command, story, "--workspace", workspace, "--lang", "en", *arguments)

    return Dearer(workspace, sheet, story, tell)


@pytest.fixture
def stopped(dearer: Dearer) -> Dearer:
    """The story once the price has stopped it."""
    with pytest.raises(PersonNeeded):
        dearer.recut()
    return dearer


@pytest.mark.system
def test_another_price_stops_and_leaves_subtitles_and_report_to_be_mended(dearer: Dearer) -> None:
    for left in ("subtitles.srt", "report.html"):
        (dearer.folder / left).unlink(missing_ok=True)
    with pytest.raises(PersonNeeded) as stop:
        dearer.recut()
    (passage,) = dearer.passages
    assert passage.doubt == "stop"
    for told in ("五斤三十五块八", "¥38.8", f"--leave-out {passage.id[:8]}", f"--confirm {passage.id[:8]}", str(dearer.folder)):
        assert told in str(stop.value)
    assert "35.8元" in (dearer.folder / "subtitles.srt").read_text(encoding="utf-8")
    report = (dearer.folder / "report.html").read_text(encoding="utf-8")
    assert "五斤三十五块八" in report
    assert f"--leave-out {passage.id[:8]}" in report


@pytest.mark.system
def test_a_corrected_subtitle_does_not_silence_the_voice(stopped: Dearer) -> None:
    subtitles = stopped.folder / "subtitles.srt"
    subtitles.write_text(subtitles.read_text(encoding="utf-8").replace("35.8元", "38.8元"), encoding="utf-8")
    with pytest.raises(PersonNeeded):
        stopped.recut()
    assert "38.8元" in subtitles.read_text(encoding="utf-8")


@pytest.mark.system
def test_a_passage_that_is_left_out_is_no_longer_heard(stopped: Dearer) -> None:
    (passage,) = stopped.passages
    assert stopped.tell("prices", "--leave-out", passage.id[:6], "--by", "李梅").code == 0
    stopped.recut()
    cut = load_document(stopped.folder / "edit.json", Edit)
    middle_s = (passage.start_s + passage.end_s) / 2
    heard = [piece for piece in cut.heard if piece.clip_id == passage.clip_id and piece.kind == "speech"]
    assert heard
    assert not any(piece.source_start_s <= middle_s < piece.source_start_s + piece.frames / cut.fps for piece in heard)
    assert any("李梅" in str(decision.reason) and not decision.kept for decision in cut.decisions)
    assert stopped.passages == ()
    assert "三十五" not in (stopped.folder / "subtitles.srt").read_text(encoding="utf-8")


@pytest.mark.system
def test_a_passage_that_was_left_out_can_be_put_back_and_stops_again(stopped: Dearer) -> None:
    (passage,) = stopped.passages
    assert stopped.tell("prices", "--leave-out", passage.id[:6], "--by", "李梅").code == 0
    stopped.recut()
    assert "--put-back 1" in stopped.tell("prices").out
    assert stopped.tell("prices", "--put-back", "2").code == 2, "only one was left out"
    assert stopped.tell("prices", "--put-back", "1").code == 0
    with pytest.raises(PersonNeeded):
        stopped.recut()
    assert [again.heard for again in stopped.passages] == [passage.heard]


@pytest.mark.system
def test_who_has_listened_confirms_by_name_and_only_this_sound_at_this_price(stopped: Dearer) -> None:
    (passage,) = stopped.passages
    assert stopped.tell("prices").code == 3
    assert stopped.tell("prices", "--confirm", passage.id).code == 2, "a reason is missing"
    assert stopped.tell("prices", "--confirm", "ffff", "--reason", "听过").code == 2, "no passage begins so"
    assert stopped.tell("prices", "--confirm", passage.id[:8], "--reason", "听过，是三十八块八", "--by", "王秀英").code == 0
    with open_ledger(stopped.workspace / "ledger.db") as ledger:
        (record,) = ledger.overrides.of(stopped.story, CONFIRMED_PRICE)
    assert (record.by.name, record.subject) == ("王秀英", passage.id)
    stopped.recut()
    told = stopped.tell("prices")
    assert (told.code, "王秀英" in told.out) == (0, True)
    stopped.sheet.write_text(stopped.sheet.read_text(encoding="utf-8").replace("38.80", "39.80"), encoding="utf-8")
    with pytest.raises(PersonNeeded):
        stopped.recut()


@pytest.mark.system
def test_what_is_in_doubt_is_asked_again_before_publishing(stopped: Dearer) -> None:
    (passage,) = stopped.passages
    save_document(stopped.folder / "prices.json", PricePassages(passages=(passage.model_copy(update={"doubt": "ask"}),)))
    context = renditions(StoryContext(last_job(stopped.story, stopped.workspace)))[0]

    def voices() -> list[Claim]:
        claims = claims_of(context, captions_of(context), datetime(2026, 11, 2, tzinfo=UTC), Consents())
        return [claim for claim in claims if claim.place.kind == "voice"]

    (voice,) = voices()
    assert (voice.verdict, voice.id) == ("block", passage.id)
    with open_ledger(stopped.workspace / "ledger.db") as ledger:
        confirm_overruled(ledger, context, {passage.id: "听过"}, Actor(who=Who.PERSON, name="王秀英"), datetime(2026, 11, 2, tzinfo=UTC))
    assert voices() == []


def test_a_finding_on_the_voice_never_offers_other_words() -> None:
    passage = PricePassage(id="0" * 16, doubt="ask", heard="五斤三十", message=M("voice"))
    (claim,) = check_voice([(passage, 3.5)])
    assert claim.instead is None
    assert claim.place.at_s == 3.5
