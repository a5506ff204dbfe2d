"""Title, lower third and cards, drawn in the story's style."""

from pipeline import brand as brand_room
from pipeline import edit as edit_room
from pipeline import publish as publish_room
from pipeline.documents.card import Card, Cards
from pipeline.documents.edit import Edit
from pipeline.documents.job import RenditionSpec
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Choice
from pipeline.documents.provenance import Provenance
from pipeline.language import say
from pipeline.stages.external_files import layer_files, product_photo
from pipeline.stages.headline import headline
from pipeline.stages.renditions import each
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(bench: StoryContext, progress: Progress) -> None:
    """Title, lower third, product card and end card in the story's style, for every video."""
    known: dict[tuple[RenditionSpec, Card | None], Look] = {}
    for wanted, (one, part) in zip(bench.job.renditions, each(bench, progress), strict=True):
        says = one.read("card.json", Cards)
        card, end_card = says.card, says.end_card
        # Leaders differ on the end card only: what else is seen is drawn once for all of them.
        same = wanted.model_copy(update={"leader": None}), card
        if wanted.leader is None or end_card is None or same not in known:
            known[same] = look = _look(one, card, end_card)
        else:
            style, destination = brand_room.load_style(one.job.template), publish_room.load_destination(wanted.destination)
            look = brand_room.with_end_card(known[same], style, end_card, destination=destination, store=bench.store)
        one.write("look.json", look)
        part(1.0)


def _look(bench: StoryContext, card: Card | None, end_card: Card | None) -> Look:
    job, cut = bench.job, bench.read("edit.json", Edit)
    offer = bench.read("choice.json", Choice).offer
    title, place = headline(bench.read("brief.json", Brief), offer, job.story)
    style = brand_room.load_style(job.template)
    title, place = (brand_room.drawable(text, style) for text in (title, place))
    return brand_room.make_look(
        style,
        card=card,
        end_card=end_card,
        title=title,
        subtitle=place,
        lower_third=offer.origin if offer else "",
        destination=publish_room.load_destination(job.destination),
        width=job.width,
        height=job.height,
        fps=job.fps,
        total_frames=cut.frames,
        card_frame=cut.product_frame,
        card_frames=edit_room.card_frames(cut),
        end_card_frames=cut.cuts[-1].frames if cut.cuts[-1].role == "end_card" else 0,
        store=bench.store,
        label=_ai_label(bench),
    )


def _ai_label(bench: StoryContext) -> str:
    """The words that stand on the picture where the destination asks for them and generated footage is shown; else nothing."""
    asks = publish_room.load_destination(bench.job.destination).ai_label == "picture"
    return say(M("Made with AI"), bench.job.language) if asks and bench.read("provenance.json", Provenance).generated else ""


STAGE = Stage(
    name="brand",
    title=M("drawing title and cards"),
    run=run,
    reads=("brief.json", "choice.json", "card.json", "edit.json", "provenance.json"),
    writes=("look.json",),
    job_fields=("template", "destination", "width", "height", "fps", "language", "more"),
    external_inputs=product_photo,
    external_outputs=layer_files,
)
