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


def run(context: StoryContext, progress: Progress) -> None:
    """Choose the offer that this story sells, and write what the cards of every video say of it."""
    clips, transcripts = context.read("clips.json", Clips), context.read("transcripts.json", Transcripts).by_clip
    text = " ".join(phrase.text for clip in clips.clips for phrase in transcripts[clip.id].phrases)
    sheet, brief = context.read("catalog.json", Catalog), context.read("brief.json", Brief)
    choice = catalog_room.choose_offer(sheet, brief, text, sku=context.job.product, now=context.job.now)
    context.write("choice.json", choice.model_copy(update={"warnings": (*sheet.problems, *choice.warnings)}))
    shown = choice.offer
    if shown is not None and not shown.photo:
        shown = shown.model_copy(update={"photo": commerce_room.product_photo_among(clips.clips, shown)})
    for spec, (video, part) in zip(context.job.renditions, each(context, progress), strict=True):
        video.write("card.json", _cards(video, shown, spec.leader))
        part(1.0)


def _cards(context: StoryContext, offer: Offer | None, leader: Leader | None) -> Cards:
    """What the product card and the end card of a video say. Raises UserMistake for a leader's variant without a product."""
    destination, language = publish_room.load_destination(context.job.destination), context.job.language
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
