"""From what is known to what is shown: the edit, its look, its subtitles."""

from collections.abc import Callable
from pathlib import Path

from pipeline import brand as brand_room
from pipeline import commerce as commerce_room
from pipeline import edit as edit_room
from pipeline import publish as publish_room
from pipeline import render as render_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.card import Card, Cards
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.look import Look, Typography
from pipeline.documents.message import M, Message, Warnings
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.documents.provenance import Provenance
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.resources import FONTS
from pipeline.stages.headline import headline
from pipeline.stages.renditions import each, renditions, seconds_for
from pipeline.store import file_sha256
from pipeline.workspace import StoryContext

Progress = Callable[[float], None]
END_CARD_S = 4.2
"""The QR code on it needs three seconds at rest; the rest is its entrance."""


def edit(bench: StoryContext, progress: Progress) -> None:
    """The edit, unless a person changed it; what in it was generated, and where its windows stand.

    A price said otherwise than written ends the run.
    """
    clips, analyses = bench.read("clips.json", Clips), bench.read("analyses.json", Analyses).by_clip
    for one, part in each(bench, progress):
        own_edit = one is bench or one.path("edit.json") != bench.path("edit.json")
        if own_edit and not one.by_hand("edit.json"):
            one.write("edit.json", _cut(one, clips))
        cut = one.read("edit.json", Edit)
        if own_edit:
            one.write("provenance.json", _provenance(one, clips, cut))
        if one is bench:
            bench.write("prices.json", Warnings(messages=_price_warnings(bench, clips, cut)))
        one.write("framing.json", edit_room.frame_story(cut, clips, analyses, one.job.width, one.job.height))
        part(1.0)


def _cut(bench: StoryContext, clips: Clips) -> Edit:
    job, pace = bench.job, brand_room.load_style(bench.job.template).pace
    wishes = edit_room.Wishes(
        fps=job.fps,
        seconds=seconds_for(job, job.renditions[0]),
        shot_s=pace.shot_s,
        dissolve_s=pace.dissolve_s,
        end_card_s=END_CARD_S,
    )
    analyses, said = bench.read("analyses.json", Analyses).by_clip, bench.read("transcripts.json", Transcripts).by_clip
    offer = bench.read("choice.json", Choice).offer
    return edit_room.cut_story(clips, analyses, said, bench.read("brief.json", Brief), offer, wishes, _others(bench))


def _others(bench: StoryContext) -> list[Offer]:
    """The sheet's offers that this story does not sell."""
    chosen = bench.read("choice.json", Choice).offer
    return [offer for offer in bench.read("catalog.json", Catalog).offers if chosen is None or offer.sku != chosen.sku]


def _price_warnings(bench: StoryContext, clips: Clips, cut: Edit) -> tuple[Message, ...]:
    """What was not heard well enough of the prices that the edit keeps. Raises PersonNeeded when another price is clearly said."""
    offer = bench.read("choice.json", Choice).offer
    if offer is None:
        return ()
    said = bench.read("transcripts.json", Transcripts).by_clip
    warnings: list[Message] = []
    for clip in clips.clips:
        kept = [piece for piece in cut.heard if piece.clip_id == clip.id and piece.kind == "speech"]
        phrases = [
            phrase
            for phrase in said[clip.id].phrases
            if any(p.source_start_s <= phrase.start_s < p.source_start_s + p.frames / cut.fps for p in kept)
        ]
        warnings.extend(commerce_room.check_spoken_price(offer, phrases, clip=clip.name, others=_others(bench)))
    return tuple(warnings)


def _provenance(bench: StoryContext, clips: Clips, cut: Edit) -> Provenance:
    """What in the video was generated: footage that is shown, speech that is heard, music that carries a mark."""
    music = render_room.choose_music(bench.job.music, brand_room.load_style(bench.job.template).pace.mood, bench.job.story)
    bed = publish_room.marked_file(music, "music", cut.frames / cut.fps) if music is not None else None
    return publish_room.provenance(cut, clips, made=(bed,) if bed else ())


def _ai_label(bench: StoryContext) -> str:
    """The words that stand on the picture where the destination asks for them and generated footage is shown; else nothing."""
    asks = publish_room.load_destination(bench.job.destination).ai_label == "picture"
    return say(M("Made with AI"), bench.job.language) if asks and bench.read("provenance.json", Provenance).generated else ""


def brand(bench: StoryContext, progress: Progress) -> None:
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


def subtitles(bench: StoryContext, progress: Progress) -> None:
    """Cues; what a person wrote into subtitles.srt wins, in every video."""
    font = FONTS / brand_room.load_style(bench.job.template).subtitles.font
    before = _before(bench)
    for one in renditions(bench):
        typography, cut = one.read("look.json", Look).typography, one.read("edit.json", Edit)
        cues = _cues(bench, cut, typography)
        if before is not None:
            cues = subtitles_room.move_along(before if one is bench else subtitles_room.refit(before, typography), cues, cut)
            cues = cues.model_copy(update={"corrections_sha256": before.corrections_sha256})
        brand_room.check_subtitles(cues, font)
        one.write("subtitles.json", cues)
        if one is bench:
            bench.write_text("subtitles.srt", subtitles_room.to_srt(cues))
    progress(1.0)


def _cues(bench: StoryContext, cut: Edit, typography: Typography) -> Subtitles:
    said = bench.read("transcripts.json", Transcripts).by_clip
    key = subtitles_room.cues_key(cut, said, typography)

    def write(part: Path) -> None:
        part.write_text(subtitles_room.make_cues(cut, said, typography).model_dump_json(), encoding="utf-8")

    return Subtitles.from_json(bench.store.make("cues", key, ".json", write).read_bytes())


def _before(bench: StoryContext) -> Subtitles | None:
    """The cues of the last run with what a person changed since; None in a first run."""
    if not bench.path("subtitles.json").is_file():
        return None
    before = bench.read("subtitles.json", Subtitles)
    if not bench.by_hand("subtitles.srt"):
        return before
    written = file_sha256(bench.path("subtitles.srt"))
    if written == before.corrections_sha256:  # a run died between its two files: these corrections stand on its timeline already
        return before
    corrected = subtitles_room.from_srt(_written_by_hand(bench.path("subtitles.srt")), before)
    return corrected.model_copy(update={"corrections_sha256": written})


def _written_by_hand(path: Path) -> str:
    """A text file as a person's editor saved it: on Chinese machines not always as UTF-8."""
    data = path.read_bytes()
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserMistake(M("{path} cannot be read as text. Save it as UTF-8.", path=str(path)))


def style_accent(job: Job) -> str:
    """The colour of prices in the subtitles, #RRGGBB."""
    return brand_room.load_style(job.template).subtitles.accent
