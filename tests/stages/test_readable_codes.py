"""A code is shown long enough for a phone, or not at all: decided from the plan, before anything is rendered."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.commerce import make_card
from pipeline.documents.card import Cards
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Cut, Edit, Framing
from pipeline.documents.job import Job
from pipeline.documents.limits import CODE_READABLE_S
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Choice, Offer
from pipeline.documents.provenance import Provenance
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.publish import load_destination
from pipeline.stages.registry import load_stage
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext
from tests.tiers import sample

CODES = [(9.0, 3.0, {"card", "end_card"}), (6.0, 1.0, {"card", "end_card"}), (4.0, 0.0, {"end_card"}), (9.0, 6.5, {"end_card"})]
"""Seconds of footage, second at which the product is named, layers that bear a code."""

OFFER = Offer(sku="K7", name="雷波脐橙", price=Decimal("39.9"), unit="5斤", origin="四川雷波", links={"default": "https://e.cn/k7"}, row=2)


def drawn(home: Path, *, body_s: float, end_card_s: float, product_s: float = 0.0, template: str = "plain") -> Look:
    """The look of a story whose edit has so many seconds of footage and of end card."""
    cuts = (
        Cut(clip_id="a" * 16, source_start_s=0, frames=round(body_s * 30), role="scenic", reason=M("A test.")),
        Cut(clip_id="", source_start_s=0, frames=round(end_card_s * 30), role="end_card", reason=M("A test.")),
    )
    edit = Edit(fps=30, cuts=cuts[: 1 + (end_card_s > 0)], heard=(), decisions=(), led_by="music", product_frame=round(product_s * 30))
    job = Job(
        story="s", source=str(home), workspace=str(home), template=template, width=270, height=480, now=datetime(2026, 11, 3, tzinfo=UTC)
    )
    context = StoryContext(job)
    (video,) = renditions(context)
    card = make_card(OFFER, load_destination(job.destination), "zh")
    for name, document in (
        ("edit.json", edit),
        ("brief.json", Brief()),
        ("choice.json", Choice(offer=OFFER, reason=M("A test."))),
        ("analyses.json", Analyses(by_clip={})),
        ("transcripts.json", Transcripts(by_clip={})),
        ("provenance.json", Provenance(generated=False, why=M("A test."))),
    ):
        context.write(name, document)
    video.write("card.json", Cards(card=card, end_card=card))
    video.write("framing.json", Framing(aspect="9:16", paths=(None,) * len(edit.cuts)))
    load_stage("brand").run(context, lambda _: None)
    return video.read("look.json", Look)


@pytest.mark.parametrize(
    ("body_s", "product_s", "codes"),
    sample(CODES, CODES[0], CODES[2]),
)
def test_a_story_too_short_for_two_codes_has_the_one_at_its_end(tmp_path: Path, body_s: float, product_s: float, codes: set[str]) -> None:
    layers = {layer.kind: layer for layer in drawn(tmp_path, body_s=body_s, product_s=product_s, end_card_s=4.2).layers}
    assert {kind for kind, layer in layers.items() if layer.qr_link} == codes
    for kind in codes:
        assert (layers[kind].rest_end - layers[kind].rest_start) / 30 >= CODE_READABLE_S
    assert ("片尾扫码下单" in layers["card"].texts) == (codes == {"end_card"})


@pytest.mark.parametrize(("body_s", "end_card_s"), sample([(9.0, 2.5), (4.0, 3.0), (4.5, 0.0)], (4.5, 0.0)))
def test_a_code_that_has_no_time_anywhere_stops_with_the_seconds_that_are_missing(tmp_path: Path, body_s: float, end_card_s: float) -> None:
    with pytest.raises(PersonNeeded) as stop:
        drawn(tmp_path, body_s=body_s, product_s=2.0, end_card_s=end_card_s)
    told = say(stop.value.message, "zh")
    facts = stop.value.message.values
    assert facts["missing"] == pytest.approx(CODE_READABLE_S - facts["seconds"], abs=0.11)
    assert f"还差 {facts['missing']} 秒" in told
    assert "\n" not in told
