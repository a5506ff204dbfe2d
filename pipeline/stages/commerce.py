"""The offer that the story sells, and what its cards say."""

from pipeline import catalog as catalog_room
from pipeline import commerce as commerce_room
from pipeline import publish as publish_room
from pipeline.documents.card import Cards
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Transcripts
from pipeline.documents.job import Leader
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog, Offer
from pipeline.errors import UserMistake
from pipeline.stages.renditions import each
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(bench: StoryContext, progress: Progress) -> None:
    """Which offer this story sells, and what the cards of every video say of it."""
    clips, said = bench.read("clips.json", Clips), bench.read("transcripts.json", Transcripts).by_clip
    text = " ".join(phrase.text for clip in clips.clips for phrase in said[clip.id].phrases)
    sheet, brief = bench.read("catalog.json", Catalog), bench.read("brief.json", Brief)
    choice = catalog_room.choose_offer(sheet, brief, text, sku=bench.job.product, now=bench.job.now)
    bench.write("choice.json", choice.model_copy(update={"warnings": (*sheet.problems, *choice.warnings)}))
    for wanted, (one, part) in zip(bench.job.renditions, each(bench, progress), strict=True):
        one.write("card.json", _cards(one, choice.offer, wanted.leader))
        part(1.0)


def _cards(bench: StoryContext, offer: Offer | None, leader: Leader | None) -> Cards:
    """What the product card and the end card of a video say. Raises UserMistake for a leader's variant without a product."""
    destination, language = publish_room.load_destination(bench.job.destination), bench.job.language
    if leader is not None:
        if offer is None:
            raise UserMistake(M("A leader's variant needs a product: name one with --product, or add it to the product sheet."))
        card, end_card = commerce_room.leader_cards(offer, destination, language, leader)
        return Cards(card=card, end_card=end_card)
    if offer is None:
        return Cards()
    both = commerce_room.make_card(offer, destination, language)
    return Cards(card=both, end_card=both)


STAGE = Stage(
    name="commerce",
    title=M("offer and price"),
    run=run,
    reads=("catalog.json", "brief.json", "clips.json", "transcripts.json"),
    writes=("choice.json", "card.json"),
    job_fields=("product", "timezone", "now", "destination", "width", "height", "language", "more"),
)
