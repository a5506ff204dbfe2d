"""The cut, its framing, the spoken price, and what in the video was generated."""

from pipeline import brand as brand_room
from pipeline import commerce as commerce_room
from pipeline import edit as edit_room
from pipeline import publish as publish_room
from pipeline import render as render_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.documents.provenance import Provenance
from pipeline.documents.spoken_prices import PricePassage, PricePassages
from pipeline.errors import PersonNeeded
from pipeline.stages.external_files import own_music
from pipeline.stages.renditions import each, seconds_for
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext

END_CARD_S = 4.2
"""The QR code on it needs three seconds at rest; the rest is its entrance."""


def run(context: StoryContext, progress: Progress) -> None:
    """Cut the story, unless a person changed its edit; note what in it was generated and which part of each picture is shown.

    Ends the run when a speaker says another price than the product sheet.
    """
    clips, analyses = context.read("clips.json", Clips), context.read("analyses.json", Analyses).by_clip
    shared = _edit(context, clips)
    passages = PricePassages(passages=_price_passages(context, clips, shared))
    context.write("prices.json", passages)
    _stop_for_prices(passages)
    for video, part in each(context, progress):
        cut = shared if video.path("edit.json") == context.path("edit.json") else _edit(video, clips)
        video.write("framing.json", edit_room.frame_story(cut, clips, analyses, video.job.width, video.job.height))
        part(1.0)


def _edit(context: StoryContext, clips: Clips) -> Edit:
    """The edit of a context, made unless a person changed it; what in it was generated is noted beside it."""
    if not context.edited_by_hand("edit.json"):
        context.write("edit.json", _cut(context, clips))
    cut = context.read("edit.json", Edit)
    context.write("provenance.json", _provenance(context, clips, cut))
    return cut


def _cut(context: StoryContext, clips: Clips) -> Edit:
    job, pace = context.job, brand_room.load_style(context.job.template).pace
    wishes = edit_room.EditParameters(
        fps=job.fps,
        seconds=seconds_for(job, job.renditions[0]),
        shot_s=pace.shot_s,
        dissolve_s=pace.dissolve_s,
        end_card_s=END_CARD_S,
    )
    analyses, transcripts = context.read("analyses.json", Analyses).by_clip, context.read("transcripts.json", Transcripts).by_clip
    offer = context.read("choice.json", Choice).offer
    return edit_room.cut_story(clips, analyses, transcripts, context.read("brief.json", Brief), offer, wishes, _others(context))


def _others(context: StoryContext) -> list[Offer]:
    """The sheet's offers that this story does not sell."""
    chosen = context.read("choice.json", Choice).offer
    return [offer for offer in context.read("catalog.json", Catalog).offers if chosen is None or offer.sku != chosen.sku]


def _price_passages(context: StoryContext, clips: Clips, cut: Edit) -> tuple[PricePassage, ...]:
    """The passages of what the edit keeps whose prices are not, or may not be, the sheet's."""
    offer = context.read("choice.json", Choice).offer
    if offer is None:
        return ()
    transcripts = context.read("transcripts.json", Transcripts).by_clip
    passages: list[PricePassage] = []
    for clip in clips.clips:
        kept = [piece for piece in cut.heard if piece.clip_id == clip.id and piece.kind == "speech"]
        phrases = [
            phrase
            for phrase in transcripts[clip.id].phrases
            if any(p.source_start_s <= phrase.start_s < p.source_start_s + p.frames / cut.fps for p in kept)
        ]
        passages.extend(
            commerce_room.check_spoken_prices(
                offer, phrases, clip=clip.name, clip_id=clip.id, clip_sha256=clip.sha256, others=_others(context)
            )
        )
    return tuple(passages)


def _stop_for_prices(passages: PricePassages) -> None:
    """Raise PersonNeeded when another price than the sheet's is clearly said."""
    stops = tuple(passage.message for passage in passages.passages if passage.doubt == "stop")
    if stops:
        raise PersonNeeded(
            M("{prices} Correct the sheet if the speaker is right; else leave that sentence out or film it again.", prices=stops)
        )


def _provenance(context: StoryContext, clips: Clips, cut: Edit) -> Provenance:
    """What in the video was generated: footage that is shown, speech that is heard, music that carries a mark."""
    music = render_room.choose_music(context.job.music, brand_room.load_style(context.job.template).pace.mood, context.job.story)
    bed = publish_room.marked_file(music, "music", cut.frames / cut.fps) if music is not None else None
    return publish_room.provenance(cut, clips, made=(bed,) if bed else ())


STAGE = Stage(
    name="edit",
    title=M("choosing and cutting"),
    run=run,
    reads=("catalog.json", "brief.json", "choice.json", "clips.json", "analyses.json", "transcripts.json"),
    writes=("edit.json", "framing.json", "prices.json", "provenance.json"),
    job_fields=("max_seconds", "width", "height", "fps", "template", "destination", "more"),
    external_inputs=own_music,
)
