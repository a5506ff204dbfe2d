"""Title, lower third and cards, drawn in the story's style."""

from pathlib import Path

from pipeline import brand as brand_room
from pipeline import commerce as commerce_room
from pipeline import edit as edit_room
from pipeline import publish as publish_room
from pipeline.documents.card import Card, Cards
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.job import RenditionSpec
from pipeline.documents.limits import CODE_READABLE_S
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.offer import Choice
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.provenance import Provenance
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.stages.external_files import layer_files, product_photo
from pipeline.stages.headline import story_headline
from pipeline.stages.product_photos import photos_of_sheet, product_photos
from pipeline.stages.renditions import each
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.style import style_of
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Draw title, lower third, product card and end card in the story's style, for every video."""
    drawn: dict[tuple[RenditionSpec, Card | None], Look] = {}
    photos = product_photos(context)
    for spec, (video, part) in zip(context.job.renditions, each(context, progress), strict=True):
        cards = video.read("card.json", Cards)
        card, end_card = cards.card, cards.end_card
        spoken = [piece.words for piece in video.read("edit.json", Edit).heard if piece.kind == "speech"]
        doubt = commerce_room.spoken_call_doubt(spoken, (card, end_card))
        # Leaders differ on the end card only: what else is seen is drawn once for all of them.
        without_leader = spec.model_copy(update={"leader": None}), card
        if spec.leader is None or end_card is None or without_leader not in drawn:
            drawn[without_leader] = look = _look(video, card, end_card, photos)
        else:
            style, destination = style_of(video.job), publish_room.load_destination(spec.destination)
            look = brand_room.with_end_card(drawn[without_leader], style, end_card, destination=destination, store=context.store)
            _require_readable_codes(look)
        video.write("look.json", look.model_copy(update={"reasons": (*look.reasons, doubt)}) if doubt is not None else look)
        part(1.0)


def _look(context: StoryContext, card: Card | None, end_card: Card | None, photos: ProductPhotos) -> Look:
    """The look of a video. A code that the card would show too briefly is left to the end card.

    Raises PersonNeeded where it is too brief there as well.
    """
    look = _draw(context, card, end_card, photos)
    short = {layer.kind for layer in brand_room.short_codes(look)}
    at_end = any(layer.kind == "end_card" and layer.qr_link for layer in look.layers)
    if short == {"card"} and at_end and card is not None:
        return _draw(context, commerce_room.pointing_to_end(card, context.job.language), end_card, photos)
    _require_readable_codes(look)
    return look


def _require_readable_codes(look: Look) -> None:
    """Raise PersonNeeded for a QR code that would be gone before a phone can read it: before anything is rendered."""
    for layer in brand_room.short_codes(look):
        seconds = brand_room.code_at_rest_s(layer, look.fps)
        raise PersonNeeded(
            M(
                "The QR code could be read for {seconds} s, but a phone needs {need} s: {missing} s are missing. Film that much more, or"
                " make the last cut of edit.json (the end card) that much longer.",
                seconds=round(seconds, 1),
                need=CODE_READABLE_S,
                missing=max(0.1, round(CODE_READABLE_S - seconds, 1)),
            )
        )


def _draw(context: StoryContext, card: Card | None, end_card: Card | None, photos: ProductPhotos) -> Look:
    job, cut = context.job, context.read("edit.json", Edit)
    offer = context.read("choice.json", Choice).offer
    framing, analyses = context.read("framing.json", Framing), context.read("analyses.json", Analyses).by_clip
    title, subtitle = story_headline(context)
    style = style_of(job)
    title, subtitle = (brand_room.drawable(text, style) for text in (title, subtitle))
    return brand_room.make_look(
        style,
        card=card,
        end_card=end_card,
        title=title,
        subtitle=subtitle,
        lower_third=offer.origin if offer else "",
        destination=publish_room.load_destination(job.destination),
        width=job.width,
        height=job.height,
        fps=job.fps,
        total_frames=cut.frames,
        card_frame=cut.product_frame,
        card_frames=edit_room.card_frames(cut, brand_room.code_layer_s(style)),
        card_until=edit_room.card_until(cut, offer),
        end_card_frames=cut.cuts[-1].frames if cut.cuts[-1].role == "end_card" else 0,
        cuts=cut.starts(),
        faces=edit_room.faces_on_screen(cut, framing, analyses),
        products=edit_room.products_on_screen(cut, framing, analyses, photos),
        movers=edit_room.movers_on_screen(cut, framing, analyses),
        spoken_prices=edit_room.spoken_price_spans(cut, context.read("transcripts.json", Transcripts).by_clip, offer),
        store=context.store,
        label=_ai_label(context),
        on_ground=any(path is not None and path.on_ground for path in framing.paths),
    )


def pictures(context: StoryContext) -> list[Path]:
    """The photos of the product and of others that could be meant, and the co-op's logo."""
    return [*product_photo(context), *photos_of_sheet(context), *([Path(context.job.coop.logo)] if context.job.coop.logo else [])]


def _ai_label(context: StoryContext) -> str:
    """The words that stand on the picture where the destination asks for them and generated footage is shown; else nothing."""
    asks = publish_room.load_destination(context.job.destination).ai_label == "picture"
    return say(M("Made with AI"), context.job.language) if asks and context.read("provenance.json", Provenance).generated else ""


STAGE = Stage(
    name="brand",
    title=M("drawing title and cards"),
    run=run,
    reads=(
        "catalog.json",
        "brief.json",
        "choice.json",
        "card.json",
        "edit.json",
        "framing.json",
        "analyses.json",
        "transcripts.json",
        "provenance.json",
    ),
    writes=("look.json",),
    job_fields=("template", "destination", "width", "height", "fps", "language", "coop", "more"),
    external_inputs=pictures,
    external_outputs=layer_files,
)
