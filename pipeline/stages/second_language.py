"""The SRT in a second language that a person put beside a story, and its lines on the timelines of the story's videos."""

import re
from pathlib import Path

from pipeline import subtitles as subtitles_room
from pipeline.documents.edit import Edit
from pipeline.documents.message import M
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import FieldCutError, UserMistake
from pipeline.store import file_sha256
from pipeline.system import list_folder_files
from pipeline.workspace import StoryContext

SECOND = "second_language.json"
"""The lines as they stood on the last timeline."""
_CALLED = re.compile(r"字幕|翻译|双语|外[语文]|[\u4e00-\u9fff][语文]$|subtitles?|english|[._ -][a-z]{2,3}$", re.I)
"""What a file in the dropped folder is called that is one: 英文.srt, 字幕.srt, apples.en.srt. Drones write an .srt beside each clip."""


def second_language_files(context: StoryContext) -> list[Path]:
    """Files in a second language: subtitles.<language>.srt in the story's folder, else one by such a name in the dropped folder."""
    own = [path for path in sorted(context.story.glob("subtitles.*.srt")) if path.is_file()]
    if own:
        return own
    dropped = list_folder_files(Path(context.job.source)).files
    stems = {path.stem.casefold() for path in dropped if path.suffix.lower() != ".srt"}
    return sorted(
        path for path in dropped if path.suffix.lower() == ".srt" and path.stem.casefold() not in stems and _CALLED.search(path.stem)
    )


def second_language_file(context: StoryContext) -> Path | None:
    """The file in a second language; None where there is none. Raises UserMistake for several: there is room for one."""
    files = second_language_files(context)
    if len(files) > 1:
        raise UserMistake(
            M("There are several subtitles in a second language: {names}. Leave one there.", names=", ".join(path.name for path in files))
        )
    return files[0] if files else None


def second_on_timeline(context: StoryContext, file: Path, before: Subtitles | None, fresh: Subtitles, edit: Edit) -> Subtitles:
    """The lines of the file on the timeline of an edit: read anew when it is another file, else where they stood, moved along.

    before: the cues of the last run, on whose timeline the file was written; None in a first run. fresh: the cues of this one.
    """
    written = file_sha256(file)
    kept = _kept(context)
    if kept is not None and kept.corrections_sha256 == written:
        return subtitles_room.placed_second(kept, before, edit)
    timeline = before or fresh
    second = subtitles_room.read_second(subtitles_room.read_text(file), file.name, timeline)
    return subtitles_room.placed_second(second.model_copy(update={"corrections_sha256": written}), timeline, edit)


def _kept(context: StoryContext) -> Subtitles | None:
    try:
        return context.read(SECOND, Subtitles)
    except FieldCutError:
        return None
