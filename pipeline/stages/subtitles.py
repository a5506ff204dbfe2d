"""Cues out of what is said, and what a person corrected in them."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import brand as brand_room
from pipeline import catalog as catalog_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.collected import Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.limits import SUBTITLE_LINES
from pipeline.documents.look import Look, Typography
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Choice, StoryNames
from pipeline.documents.spoken_prices import PricePassage
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.errors import PersonNeeded
from pipeline.resources import FONTS
from pipeline.stages.lesson import write_report_without_video
from pipeline.stages.renditions import renditions
from pipeline.stages.second_language import SECOND, second_language_file, second_language_files, second_on_timeline
from pipeline.stages.spoken_prices import confirmation_mark, open_passages, stop_for_prices
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.style import style_of, subtitle_manner
from pipeline.store import file_sha256
from pipeline.story_layout import CUES
from pipeline.subtitles import CueForm
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Make the cues of every video; what a person wrote into subtitles.srt wins.

    The story's own cues, which subtitles.srt shows, are those of its first rendition. Where lines are shorter than in those, what a
    person wrote is broken anew. What was not heard clearly of a price is held. Ends the run when a speaker clearly says another price than
    the sheet's, with subtitles and report left to be mended.
    """
    font = FONTS / style_of(context.job).subtitles.font
    before, videos, passages = _before(context), renditions(context), open_passages(context)
    typographies = [video.read("look.json", Look).typography for video in videos]
    file = second_language_file(context)
    names = catalog_room.story_names(context.read("brief.json", Brief), context.read("choice.json", Choice).offer)
    form = CueForm(context.job.numbers, 1 if file is not None else SUBTITLE_LINES, names)
    subtitles: list[Subtitles] = []
    for video, typography in zip(videos, typographies, strict=True):
        cut = video.read("edit.json", Edit)
        cues = _hold_unclear(_cues(context, cut, typography, form), passages)
        if before is not None:
            cues = subtitles_room.reapply_hand_edits(subtitles_room.refit_cues(before, typography, form.lines), cues, cut)
            subtitles_room.check_widths(cues, typography)
        subtitles.append(cues)
    shown = _with_second_language(context, file, before, videos, subtitles) if file is not None else subtitles
    for video, cues in zip(videos, shown, strict=True):
        brand_room.check_subtitles(cues, font)
        video.write("subtitles.json", _with_set_words(video, cues, names))
    corrections = before.corrections_sha256 if before is not None else ""
    context.write(CUES, subtitles[0].model_copy(update={"corrections_sha256": corrections, "notes": shown[0].notes}))
    context.write_text("subtitles.srt", subtitles_room.to_srt(subtitles[0]))
    try:
        stop_for_prices(context, passages)
    except PersonNeeded as stop:
        write_report_without_video(context, stop.message)
        raise
    progress(1.0)


def _with_second_language(
    context: StoryContext, file: Path, before: Subtitles | None, videos: Sequence[StoryContext], subtitles: Sequence[Subtitles]
) -> list[Subtitles]:
    """The cues of every video with the second language under them; where its lines stand on the story's own timeline is kept."""
    cuts = [video.read("edit.json", Edit) for video in videos]
    own = second_on_timeline(context, file, before, subtitles[0], cuts[0])
    context.write(SECOND, own)
    seconds = [own, *(subtitles_room.placed_second(own, subtitles[0], cut) for cut in cuts[1:])]
    return [
        subtitles_room.with_second(cues, second, cut, video.read("look.json", Look).typography, file.name)
        for video, cues, second, cut in zip(videos, subtitles, seconds, cuts, strict=True)
    ]


def _cues(context: StoryContext, cut: Edit, typography: Typography, form: CueForm) -> Subtitles:
    transcripts = context.read("transcripts.json", Transcripts).by_clip
    key = subtitles_room.cues_key(cut, transcripts, typography, form)

    def write(part: Path) -> None:
        cues = subtitles_room.make_cues(cut, transcripts, typography, form)
        part.write_text(cues.model_dump_json(), encoding="utf-8")

    return Subtitles.from_json(context.store.make("cues", key, ".json", write).read_bytes())


def _with_set_words(video: StoryContext, cues: Subtitles, names: StoryNames) -> Subtitles:
    """The cues as they are burned in: with the words that the manner sets apart, and when they are said."""
    cut, transcripts = video.read("edit.json", Edit), video.read("transcripts.json", Transcripts).by_clip
    manner = subtitle_manner(video.job)
    key = subtitles_room.set_words_key(cues, cut, transcripts, names, manner)

    def write(part: Path) -> None:
        part.write_text(subtitles_room.set_words(cues, cut, transcripts, names, manner).model_dump_json(), encoding="utf-8")

    return Subtitles.from_json(video.store.make("cues", key, ".json", write).read_bytes())


def _hold_unclear(subtitles: Subtitles, passages: Sequence[PricePassage]) -> Subtitles:
    """Hold the cues of passages whose price was not heard clearly: a wrong price on the picture is the worst subtitle there is."""
    unclear = [passage for passage in passages if passage.unclear]

    def is_unclear(cue: Cue) -> bool:
        return any(
            cue.clip_id == passage.clip_id and cue.source_start_s < passage.end_s and passage.start_s < cue.source_end_s
            for passage in unclear
        )

    cues = tuple(cue.model_copy(update={"held": True}) if is_unclear(cue) else cue for cue in subtitles.cues)
    return subtitles.model_copy(update={"cues": cues})


def _before(context: StoryContext) -> Subtitles | None:
    """The cues of the last run with what a person changed since; None in a first run, and where a person has deleted subtitles.srt."""
    if not context.path(CUES).is_file() or not context.path("subtitles.srt").is_file():
        return None
    before = context.read(CUES, Subtitles)
    if not context.edited_by_hand("subtitles.srt"):
        return before
    written = file_sha256(context.path("subtitles.srt"))
    if written == before.corrections_sha256 and not context.has_written("subtitles.srt", subtitles_room.to_srt(before)):
        return before  # a run died between its two files: these corrections stand on its timeline already
    corrected = subtitles_room.from_srt(subtitles_room.read_text(context.path("subtitles.srt")), before)
    return corrected.model_copy(update={"corrections_sha256": written})


def _files_of_people(context: StoryContext) -> list[Path]:
    return [*confirmation_mark(context), *second_language_files(context)]


STAGE = Stage(
    name="subtitles",
    title=M("setting subtitles"),
    run=run,
    reads=("edit.json", "transcripts.json", "look.json", "prices.json", "brief.json", "choice.json"),
    writes=(CUES, "subtitles.json", "subtitles.srt"),
    job_fields=("template", "more", "numbers", "subtitles"),
    external_inputs=_files_of_people,
)
