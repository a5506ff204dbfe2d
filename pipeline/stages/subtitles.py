"""Cues out of what is said, and what a person corrected in them."""

from pathlib import Path

from pipeline import brand as brand_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.collected import Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look, Typography
from pipeline.documents.message import M
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import UserMistake
from pipeline.resources import FONTS
from pipeline.stages.renditions import renditions
from pipeline.stages.stage import Progress, Stage
from pipeline.store import file_sha256
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Make the cues of every video; what a person wrote into subtitles.srt wins."""
    font = FONTS / brand_room.load_style(context.job.template).subtitles.font
    before = _before(context)
    for video in renditions(context):
        typography, cut = video.read("look.json", Look).typography, video.read("edit.json", Edit)
        cues = _cues(context, cut, typography)
        if before is not None:
            cues = subtitles_room.reapply_hand_edits(
                before if video is context else subtitles_room.refit_cues(before, typography), cues, cut
            )
            cues = cues.model_copy(update={"corrections_sha256": before.corrections_sha256})
        brand_room.check_subtitles(cues, font)
        video.write("subtitles.json", cues)
        if video is context:
            context.write_text("subtitles.srt", subtitles_room.to_srt(cues))
    progress(1.0)


def _cues(context: StoryContext, cut: Edit, typography: Typography) -> Subtitles:
    transcripts = context.read("transcripts.json", Transcripts).by_clip
    key = subtitles_room.cues_key(cut, transcripts, typography)

    def write(part: Path) -> None:
        part.write_text(subtitles_room.make_cues(cut, transcripts, typography).model_dump_json(), encoding="utf-8")

    return Subtitles.from_json(context.store.make("cues", key, ".json", write).read_bytes())


def _before(context: StoryContext) -> Subtitles | None:
    """The cues of the last run with what a person changed since; None in a first run."""
    if not context.path("subtitles.json").is_file():
        return None
    before = context.read("subtitles.json", Subtitles)
    if not context.edited_by_hand("subtitles.srt"):
        return before
    written = file_sha256(context.path("subtitles.srt"))
    if written == before.corrections_sha256:  # a run died between its two files: these corrections stand on its timeline already
        return before
    corrected = subtitles_room.from_srt(_written_by_hand(context.path("subtitles.srt")), before)
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


STAGE = Stage(
    name="subtitles",
    title=M("setting subtitles"),
    run=run,
    reads=("edit.json", "transcripts.json", "look.json"),
    writes=("subtitles.json", "subtitles.srt"),
    job_fields=("template", "more"),
)
