"""The cut, its framing, the spoken price, and what in the video was generated."""

from collections.abc import Iterable
from pathlib import Path

from pipeline import brand as brand_room
from pipeline import edit as edit_room
from pipeline import render as render_room
from pipeline.documents.card import Card, Cards
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Choice
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.provenance import Provenance
from pipeline.documents.shooting_list import SHOOTING_LIST
from pipeline.documents.spoken_prices import LeftOutPassages
from pipeline.publish.provenance import marked_file, provenance
from pipeline.stages.external_files import own_music
from pipeline.stages.hand_cut import LAST_EDIT, settle_hand_edit
from pipeline.stages.headline import is_placeholder, story_headline
from pipeline.stages.product_photos import photos_of_sheet, product_photos
from pipeline.stages.recogniser_warnings import recogniser_warnings
from pipeline.stages.renditions import each, renditions, seconds_for
from pipeline.stages.spoken_prices import LEFT_OUT, find_passages, other_offers, without_left_out
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.style import style_of
from pipeline.workspace import StoryContext

COVER_OF_SHOT = 0.75
"""Length of a picture over talk as a share of a shot without talk: the speaker is what a viewer came for."""


def run(context: StoryContext, progress: Progress) -> None:
    """Cut the story, unless a person changed its edit; note what in it was generated, which part of each picture is shown, and which
    prices are said that are not the sheet's."""
    clips, analyses = context.read("clips.json", Clips), context.read("analyses.json", Analyses).by_clip
    photos = product_photos(context)
    shared = _edit(context, clips, photos)
    cuts = [shared]
    for video, part in each(context, progress):
        cut = shared if video.path("edit.json") == context.path("edit.json") else _edit(video, clips, photos)
        cuts.append(cut)
        video.write("framing.json", edit_room.frame_story(cut, clips, analyses, video.job.width, video.job.height))
        part(1.0)
    context.write("prices.json", find_passages(context, clips, cuts))
    offer = context.read("choice.json", Choice).offer
    context.write(SHOOTING_LIST, edit_room.shooting_list(clips, analyses, shared, offer, photos))


def _edit(context: StoryContext, clips: Clips, photos: ProductPhotos) -> Edit:
    """The edit of a context, made unless a person changed it; what in it was generated is noted beside it."""
    if context.edited_by_hand("edit.json"):
        cut = settle_hand_edit(context, clips)
    else:
        cut = cut_by_itself(context, clips, photos)
        context.write("edit.json", cut)
    context.write(LAST_EDIT, cut)
    context.write("provenance.json", _provenance(context, clips, cut))
    return cut


def cut_by_itself(context: StoryContext, clips: Clips, photos: ProductPhotos | None = None) -> Edit:
    """The edit that FieldCut makes of a story by itself, whatever a person has made of it. Raises PersonNeeded for too little footage.

    photos: what the sheet's photos show; None to look at them now.
    """
    photos = product_photos(context) if photos is None else photos
    job, style = context.job, style_of(context.job)
    pace, code_s = style.pace, brand_room.code_layer_s(style)
    brief, offer = context.read("brief.json", Brief), context.read("choice.json", Choice).offer
    title, second_line = story_headline(context)
    says_something = bool(title or second_line)
    end_card = brand_room.end_card_time(style, _end_cards(context), title, second_line)
    beat_s, first_beat_s = render_room.beats_to_cut_on(_music(job), context.store) if pace.on_beat else (0.0, 0.0)
    wishes = edit_room.EditParameters(
        fps=job.fps,
        seconds=seconds_for(job, job.renditions[0]),
        shot_s=pace.shot_s,
        lengths_s=pace.lengths(),
        shortest_s=pace.shortest_s,
        longest_s=pace.longest_s,
        opening_s=pace.shot_s if pace.quarter_s else edit_room.OPENING_S,
        quiet_s=pace.quiet_s,
        cover_s=min(COVER_OF_SHOT * pace.shot_s, edit_room.MAX_COVER_S) if pace.quarter_s else edit_room.COVER_S,
        beat_s=beat_s,
        first_beat_s=first_beat_s,
        dissolve_s=pace.dissolve_s,
        end_card_s=end_card.needed_s if says_something else 0.0,
        whole_end_card_s=end_card.whole_s if says_something else 0.0,
        card_s=code_s,
        speaker=edit_room.SpeakerPace(longest_s=pace.speaker_s, nearer=pace.nearer, on_breath=pace.on_breath),
    )
    analyses, transcripts = context.read("analyses.json", Analyses).by_clip, context.read("transcripts.json", Transcripts).by_clip
    left_out = context.read(LEFT_OUT, LeftOutPassages) if context.path(LEFT_OUT).is_file() else LeftOutPassages()
    transcripts, gone = without_left_out(transcripts, left_out)
    cut = edit_room.cut_story(clips, analyses, transcripts, brief, offer, wishes, other_offers(context), photos)
    cut = edit_room.spare_small(cut, clips, job.width, job.height)
    cut = cut.model_copy(update={"warnings": (*cut.warnings, *recogniser_warnings(transcripts.values()))})
    if not says_something:
        untitled = M(
            "The video has no title and no end card: the folder's name {name} says nothing. Write a line into 说明.txt", name=job.story
        )
        cut = cut.model_copy(update={"warnings": (*cut.warnings, untitled)})
    elif offer is None and not brief.headline and is_placeholder(job.story):
        spoken = M(
            "The title “{title}” is what is said in the clips, because the folder's name {name} says nothing. "
            "A line in 说明.txt makes another.",
            title=title,
            name=job.story,
        )
        cut = cut.model_copy(update={"warnings": (*cut.warnings, spoken)})
    return (
        cut.model_copy(update={"decisions": tuple(sorted([*cut.decisions, *gone], key=lambda d: (d.clip_id, d.start_s)))}) if gone else cut
    )


def _end_cards(context: StoryContext) -> list[Card | None]:
    """The end cards of all videos that share the edit: those of the story, or of the one video that has an edit of its own.

    A leader's counts without her name and pick-up place: with it every new leader would cut the story anew for all. A story that is
    compared may have been cut before a size or a place was added, which has no cards yet.
    """
    is_story = context.path("card.json") == context.story / "card.json"
    videos = renditions(context) if is_story else (context,)
    made = [video.read("card.json", Cards) for video in videos if video.path("card.json").is_file()]
    return [_without_leader(cards) for cards in made]


def _without_leader(cards: Cards) -> Card | None:
    if cards.card is None or cards.end_card is None or not cards.end_card.leader:
        return cards.end_card
    return cards.card.model_copy(update={"qr": cards.end_card.qr})


def _music(job: Job) -> Path | None:
    return render_room.choose_music(job.music, style_of(job).pace.mood, job.story)


def _provenance(context: StoryContext, clips: Clips, cut: Edit) -> Provenance:
    """What in the video was generated: footage that is shown, speech that is heard, music that carries a mark."""
    music = _music(context.job)
    bed = marked_file(music, "music", cut.frames / cut.fps) if music is not None else None
    return provenance(cut, clips, made=(bed,) if bed else ())


def _music_photos_and_left_out(context: StoryContext) -> Iterable[Path]:
    return (*own_music(context), *photos_of_sheet(context), context.path(LEFT_OUT))


STAGE = Stage(
    name="edit",
    title=M("choosing and cutting"),
    run=run,
    reads=("catalog.json", "brief.json", "choice.json", "card.json", "clips.json", "analyses.json", "transcripts.json"),
    writes=("edit.json", "last_edit.json", "framing.json", "prices.json", "provenance.json", SHOOTING_LIST),
    job_fields=("max_seconds", "width", "height", "fps", "template", "destination", "more", "music"),
    external_inputs=_music_photos_and_left_out,
)
