"""What is posted follows from a story's documents, and from nothing that is computed a second time."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.actions.rerender import last_job
from pipeline.documents.card import Cards
from pipeline.documents.consent import Consents
from pipeline.documents.message import M
from pipeline.documents.provenance import Provenance
from pipeline.stages.release import captions_of, claims_of, page_of, release_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext
from tests.demo_story import made_demo


@pytest.fixture
def bench(demo_workspace: Path, tmp_path: Path) -> StoryContext:
    """The demo's documents, in a workspace of the test."""
    outcome, *_ = made_demo(demo_workspace)
    shutil.copytree(demo_workspace / "stories", tmp_path / "stories")
    return renditions(StoryContext(last_job(outcome.story, tmp_path)))[0]


def test_page_claims_and_offer_say_what_the_card_says(bench: StoryContext) -> None:
    card = bench.read("card.json", Cards).card
    assert card is not None
    other = card.model_copy(update={"price": "¥12.3", "origin": "山外"})
    bench.write("card.json", Cards(card=other, end_card=other))
    words, page = captions_of(bench), page_of(bench)
    files = json.loads(bench.path("outbox.json").read_text(encoding="utf-8"))
    release = release_of(bench, files, (), words, account="", cart="url", planned_at=None, page=page)
    assert page is not None
    assert release.offer is not None
    assert (page.origin, release.offer.price) == ("山外", "¥12.3")
    assert any(claim.place.kind == "card" and "12.3" in claim.words for claim in claims_of(bench, words, bench.job.now, Consents(), page))


def test_a_caption_names_the_price_of_the_card(bench: StoryContext) -> None:
    card = bench.read("card.json", Cards).card
    assert card is not None
    bench.write("card.json", Cards(card=card.model_copy(update={"price": "¥12.3"})))
    bench.job = bench.job.model_copy(update={"destination": "douyin"})  # the shelf's page has its price beside the words
    assert "¥12.3" in captions_of(bench).captions.text


@pytest.mark.parametrize("generated", [True, False])
def test_a_post_is_declared_generated_when_its_provenance_says_so(bench: StoryContext, generated: bool) -> None:
    bench.write("provenance.json", Provenance(generated=generated, why=M("made with AI")))
    files = json.loads(bench.path("outbox.json").read_text(encoding="utf-8"))
    release = release_of(bench, files, (), captions_of(bench), account="", cart="url", planned_at=None)
    assert release.declarations.ai_generated is generated
