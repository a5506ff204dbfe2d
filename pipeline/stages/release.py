"""From a finished video to what is posted: its words for one destination, what the law says to them, and the release."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import av
from PIL import Image

from pipeline import catalog as catalog_room
from pipeline import publish as publish_room
from pipeline.commerce.claims import check_claims, check_doubtful_lines, check_faces, check_voice, find_close_faces
from pipeline.documents.base import Frozen, Span
from pipeline.documents.captions import CaptionSet, CaptionSource
from pipeline.documents.card import Card, Cards
from pipeline.documents.claims import Claim, PlacedText, TextPlace
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.consent import ConsentRequest, Consents
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.documents.provenance import Provenance
from pipeline.documents.release import (
    CartLink,
    CoverFile,
    Declarations,
    OfferShown,
    PageShown,
    PromisedOffer,
    Release,
    ShownShot,
    SubtitleFile,
    VideoFile,
)
from pipeline.documents.rendition import Rendition
from pipeline.documents.spoken_prices import PricePassage
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.captions import make_captions
from pipeline.publish.handoff import make_covers
from pipeline.publish.picture_signature import picture_signature
from pipeline.stages.headline import story_headline
from pipeline.stages.spoken_prices import open_passages
from pipeline.store import file_sha256
from pipeline.workspace import StoryContext

MOST_TOPICS = 5
BY_HAND = ("handoff:", "人工:")
"""How `--to` says that a person posts there."""
SHELF = "shelf"


class Target(Frozen):
    """Where a post goes: `shelf`, `shelf:village`, `kuaishou:coop` by the machine; `handoff:douyin`, `handoff:douyin:coop` by a person."""

    destination: str
    account: str = ""
    by_hand: bool = False
    width: int = 0
    height: int = 0
    """In pixels; 0 for the story's size."""


def targets(text: str) -> tuple[Target, ...]:
    """What `--to` names, commas between. Raises UserMistake for a destination that there is not, and for an account that is missing."""
    found: list[Target] = []
    for part in (part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()):
        part = part.replace("：", ":")
        by_hand = part.startswith(BY_HAND)
        given, _, account = (part.partition(":")[2] if by_hand else part).partition(":")
        destination = publish_room.destination_named(given)
        if not by_hand and not account and destination != "shelf":
            raise UserMistake(M("{part} needs an account ({part}:NAME), or a person who posts it (handoff:{part}).", part=destination))
        found.append(Target(destination=destination, account=account, by_hand=by_hand))
    if not found:
        raise UserMistake(M("--to names no place. For example: --to shelf,handoff:{example}", example=publish_room.destination_names()[2]))
    return tuple(dict.fromkeys(found))


def captions_of(context: StoryContext) -> CaptionSet:
    """The words of the post at the context's destination. Raises UserMistake where nothing with words is left."""
    job, offer, brief = context.job, context.read("choice.json", Choice).offer, context.read("brief.json", Brief)
    destination = publish_room.load_destination(job.destination)
    card = None if destination.product_apart else _card(context)
    title, place = story_headline(context)
    names = catalog_room.glossary(context.read("catalog.json", Catalog), brief, offer)
    source = CaptionSource(
        title=f"{title} {place}".strip(),
        points=brief.points or tuple(line.strip() for line in brief.text.splitlines()[1:] if line.strip()) or ((place,) if place else ()),
        product=offer.name if offer else "",
        price=f"{card.price}{card.per}" if card else "",
        promise=offer.after_sales if offer and not destination.product_apart else "",
        ordering=card.cutoff if card else "",
        link=card.link if card else "",
        topics=(offer.name, *offer.aliases)[:MOST_TOPICS] if offer else (title,),
        names=names,
    )
    cut = context.read("edit.json", Edit)
    return make_captions(source, destination, job.language, upright=job.height > job.width, length_s=cut.frames / cut.fps)


def card_link(context: StoryContext) -> str:
    """The link to buy of the context's card; empty where there is none."""
    card = _card(context)
    return card.link if card is not None else ""


def page_of(context: StoryContext) -> PageShown | None:
    """What a page of the seller's own says besides the words of the post; None without a product."""
    offer, card = context.read("choice.json", Choice).offer, _card(context)
    if offer is None or card is None:
        return None
    return PageShown(
        list_price=card.list_price,
        origin=card.origin,
        after_sales=offer.after_sales,
        ordering=_ordering(offer, context.job.language),
        qr=card.qr,
        offer_ends=offer.offer_ends,
    )


def claims_of(
    context: StoryContext, words: CaptionSet, planned_at: datetime, consents: Consents, page: PageShown | None = None
) -> tuple[Claim, ...]:
    """What is found in everything that goes out with a video: on the picture, in the speech, around it; and whose faces are close.

    consents: what was recorded about the people in the clips. page: what stands on a page of the seller's own besides.
    """
    job, offer = context.job, context.read("choice.json", Choice).offer
    texts = [*_drawn(context, page), *_spoken(context), *_around(words)]
    found = check_claims(
        texts,
        offer,
        publish_room.load_destination(job.destination),
        planned_at=planned_at,
        now=job.now,
        generated=_generated(context),
        others=[other for other in context.read("catalog.json", Catalog).offers if offer is None or other.sku != offer.sku],
    )
    # The workspace's own shelf shows the co-op its own video; anywhere else strangers hear what nobody here has listened to.
    doubtful = () if job.destination == SHELF else check_doubtful_lines(_doubtful_lines(context))
    return (*found, *check_voice(_unsettled_prices(context)), *doubtful, *check_faces(faces_of(context), consents))


def _doubtful_lines(context: StoryContext) -> list[tuple[str, float]]:
    """The lines whose words are doubtful, each with its second on the timeline."""
    subtitles = context.read("subtitles.json", Subtitles)
    return [(" ".join(cue.lines), round(cue.start_frame / subtitles.fps, 1)) for cue in subtitles.doubtful]


def _unsettled_prices(context: StoryContext) -> list[tuple[PricePassage, float]]:
    """The passages of this video whose prices nobody has settled, each with its second on the timeline."""
    cut = context.read("edit.json", Edit)
    placed = []
    for passage in open_passages(context):
        middle_s = (passage.start_s + passage.end_s) / 2
        for piece in cut.heard:
            if piece.clip_id == passage.clip_id and 0 <= middle_s - piece.source_start_s < piece.frames / cut.fps:
                placed.append((passage, round(piece.at_frame / cut.fps + middle_s - piece.source_start_s, 1)))
                break
    return placed


def _drawn(context: StoryContext, page: PageShown | None) -> list[PlacedText]:
    """The words of title and cards, and of the page on which the video stands."""
    title, place = story_headline(context)
    card = _card(context)
    on_cards = (f"{card.price}{card.per}", card.contact, card.cutoff) if card is not None else ()
    on_page = (page.origin, page.after_sales, page.ordering) if page is not None else ()
    return [
        *(PlacedText(text=text, place=TextPlace(kind="title", at_s=0.0)) for text in (title, place) if text),
        *(PlacedText(text=text, place=TextPlace(kind="card")) for text in (*on_cards, *on_page) if text),
    ]


def _spoken(context: StoryContext) -> list[PlacedText]:
    """The subtitles that are burned in, with the hour at which each was said."""
    fps, clips = context.read("edit.json", Edit).fps, context.read("clips.json", Clips)
    return [
        PlacedText(
            text=text,
            place=TextPlace(kind="subtitle", at_s=round(cue.start_frame / fps, 2)),
            said_at=clips.by_id(cue.clip_id).captured_at if cue.clip_id else None,
        )
        for cue in context.read("subtitles.json", Subtitles).cues
        if not cue.held
        for text in (cue.text, "\n".join(cue.second))
        if text
    ]


def _around(words: CaptionSet) -> list[PlacedText]:
    """The words of the post."""
    captions = words.captions
    around = (("title", captions.title), ("short_title", captions.short_title), ("caption", captions.text))
    return [PlacedText(text=text, place=TextPlace.model_validate({"kind": kind})) for kind, text in around if text]


def _card(context: StoryContext) -> Card | None:
    return context.read("card.json", Cards).card


def _generated(context: StoryContext) -> bool:
    return context.read("provenance.json", Provenance).generated


def faces_of(context: StoryContext) -> tuple[ConsentRequest, ...]:
    """Whose faces are seen close, once a clip."""
    cut, framing = context.read("edit.json", Edit), context.read("framing.json", Framing)
    return find_close_faces(cut, framing, context.read("analyses.json", Analyses).by_clip, context.read("clips.json", Clips))


def release_of(
    context: StoryContext,
    files: Mapping[str, str],
    covers: Sequence[CoverFile],
    words: CaptionSet,
    *,
    account: str,
    cart: Literal["none", "url", "product_id"],
    planned_at: datetime | None,
    page: PageShown | None = None,
) -> Release:
    """The release of a delivered video.

    files: what the delivery put down: video, cover, subtitles. covers: in the platform's shapes; none for the delivery's own. cart: what
    can be hung on a post there; a link of another kind stays off it. planned_at: aware, None for at once. page: of `page_of`, where the
    place is a page of the seller's own.
    """
    job, offer, card = context.job, context.read("choice.json", Choice).offer, _card(context)
    rendition = context.read("rendition.json", Rendition)
    return Release(
        story=job.story,
        platform=job.destination,
        account=account,
        video=video_of(Path(files["video"]), rendition),
        covers=tuple(covers) or (_cover(Path(files["cover"])),),
        subtitles=_tracks(context, files.get("subtitles", "")),
        captions=words.captions,
        cart=_cart(card.link if card else "", cart),
        declarations=Declarations(ai_generated=_generated(context), commercial=offer is not None),
        offer=OfferShown(
            sku=offer.sku,
            name=offer.name,
            price=card.price,
            unit=offer.unit,
            offer_begins=offer.offer_begins,
            offer_ends=offer.offer_ends,
        )
        if offer and card
        else None,
        planned_at=planned_at,
        promised=promised_offer(offer, card) if offer and card else None,
        page=page,
        photo=_cover(Path(card.photo)) if page and card and card.photo else None,
        shots=shots_shown(context.read("edit.json", Edit), context.read("clips.json", Clips)),
        # It takes a second or two, and a shelf never asks for it.
        picture=picture_signature(Path(files["video"])) if publish_room.load_destination(job.destination).feed else (),
    )


def promised_offer(offer: Offer, card: Card) -> PromisedOffer:
    """What a post with this card promises of the offer, as another reading of the sheet is held against it."""
    return PromisedOffer(
        price=f"{card.price}{card.per}",
        list_price=card.list_price,
        offer_ends=offer.offer_ends,
        link=card.link,
        lapsed="sold_out" if offer.stock == 0 else None,
    )


def shots_shown(edit: Edit, clips: Clips) -> tuple[ShownShot, ...]:
    """Return what carries the video: the speaker, or the scenes of a film without words."""
    return tuple(
        ShownShot(
            clip_sha256=clips.by_id(cut.clip_id).sha256,
            start_s=cut.source_start_s,
            end_s=cut.source_start_s + cut.frames / edit.fps * cut.speed,
        )
        for cut in edit.cuts
        if cut.clip_id and cut.role in ("talk", "scenic")
    )


def covers_for(context: StoryContext, video: Path) -> tuple[CoverFile, ...]:
    """A cover for each shape that the destination asks for, out of a frame without words on it."""
    cut, label = context.read("edit.json", Edit), ""
    cues = [(cue.start_frame, cue.end_frame) for cue in context.read("subtitles.json", Subtitles).cues if not cue.held]
    layers = [
        (layer.start_frame, layer.start_frame + layer.frames) for layer in context.read("look.json", Look).layers if layer.kind != "label"
    ]
    busy = [Span(start_s=first / cut.fps, end_s=last / cut.fps) for first, last in (*cues, *layers)]
    title, _ = story_headline(context)
    if _generated(context):
        label = say(M("Made with AI"), context.job.language)
    destination = publish_room.load_destination(context.job.destination)
    return make_covers(video, destination, title, video.parent / "covers" / context.job.destination, busy=busy, ai_label=label)


def _ordering(offer: Offer, language: str) -> str:
    """Until when to order and where to fetch it; a page has room for every place."""
    parts = [say(M("Order before {time}", time=offer.order_cutoff), language)] if offer.order_cutoff else []
    if offer.pickup:
        places = ("、" if language == "zh" else ", ").join(offer.pickup)
        parts.append(say(M("Pick up at {places}", places=places), language))
    return " · ".join(parts)


def _cart(link: str, kind: str) -> CartLink:
    if kind == "url" and link.startswith("https://"):
        return CartLink(kind="url", value=link)
    if kind == "product_id" and link and "://" not in link:
        return CartLink(kind="product_id", value=link)
    return CartLink()


def video_of(path: Path, rendition: Rendition) -> VideoFile:
    """The facts of a finished file that a platform asks for."""
    with av.open(str(path)) as container:
        picture, sounds = container.streams.video[0], container.streams.audio
        pixels, sound = str(picture.codec_context.pix_fmt or ""), sounds[0].codec_context.name if sounds else ""
    return VideoFile(
        path=str(path),
        sha256=file_sha256(path),
        size_bytes=path.stat().st_size,
        length_s=rendition.length_s,
        width=rendition.width,
        height=rendition.height,
        fps=rendition.fps,
        video_codec="h264",
        audio_codec=sound,
        pixel_format=pixels,
    )


def sound_bytes(path: Path) -> int:
    """How much of a finished file is its sound."""
    with av.open(str(path)) as container:
        return sum(packet.size for packet in container.demux(container.streams.audio)) if container.streams.audio else 0


def _cover(path: Path) -> CoverFile:
    with Image.open(path) as picture:
        width, height = picture.size
    return CoverFile(path=str(path), sha256=file_sha256(path), size_bytes=path.stat().st_size, width=width, height=height)


def _tracks(context: StoryContext, file: str) -> Sequence[SubtitleFile]:
    """The subtitle file of a delivered video; none where nothing is written on the picture."""
    if not file or not context.read("subtitles.json", Subtitles).shown:
        return ()
    path = Path(file)
    language = "zh-Hans" if context.job.language == "zh" else "en"
    return (SubtitleFile(path=str(path), sha256=file_sha256(path), language=language),)
