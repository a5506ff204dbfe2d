"""How the words of finished cues are set: which stand apart, and, for karaoke, when each is said."""

from collections.abc import Mapping

from pipeline.documents.edit import Edit
from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import SubtitleManner, Subtitles
from pipeline.documents.transcript import Transcript
from pipeline.store import content_key
from pipeline.subtitles.spoken_times import heard_characters, with_spoken_times
from pipeline.subtitles.stresses import with_stresses

VERSION = 1


def set_words_key(
    subtitles: Subtitles, edit: Edit, transcripts: Mapping[str, Transcript], names: StoryNames, manner: SubtitleManner
) -> str:
    """Content key of what `set_words` makes of these: to find whole words takes the dictionary, which takes a second to load."""
    voice = (edit, dict(transcripts)) if manner == "karaoke" else ()
    return content_key(step="set words", version=VERSION, cues=subtitles, voice=voice, names=names, manner=manner)


def set_words(
    subtitles: Subtitles, edit: Edit, transcripts: Mapping[str, Transcript], names: StoryNames, manner: SubtitleManner
) -> Subtitles:
    """The cues with the words that a manner sets apart, and for karaoke the frames at which their characters are said."""
    cues = [with_stresses(cue, names, manner) for cue in subtitles.cues]
    if manner == "karaoke":
        said = heard_characters(edit, transcripts)
        cues = [with_spoken_times(cue, said, subtitles.fps) for cue in cues]
    return subtitles.model_copy(update={"cues": tuple(cues)})
