"""What is said to a person about lines that are not on the picture: doubtful ones with their times, and a person's own."""

from pipeline.documents.message import M, Message
from pipeline.documents.subtitles import Subtitles

MOST_TIMES = 6
"""Times that are named in a message; the report has all lines."""
FEWEST_LINES, MOSTLY = 4, 0.5
"""From so many lines on, when more than this share is doubtful, the talk as a whole was not understood."""


def doubtful_lines(subtitles: Subtitles) -> tuple[Message, ...]:
    """Return what is said about a story's doubtful lines; nothing when there are none."""
    doubtful = subtitles.doubtful
    spoken = [cue for cue in subtitles.cues if not cue.by_hand]
    if not doubtful:
        return ()
    if len(spoken) >= FEWEST_LINES and len(doubtful) > MOSTLY * len(spoken):
        return (
            M(
                "Most of this was not understood: perhaps dialect, or noise. "
                "Write the {count} lines by hand in subtitles.srt, or choose a larger model.",
                count=len(doubtful),
            ),
        )
    times = ", ".join(_clock_text(cue.start_frame / subtitles.fps) for cue in doubtful[:MOST_TIMES])
    times += " …" if len(doubtful) > MOST_TIMES else ""
    if len(doubtful) == 1:
        return (M("One line needs an ear ({times}). It is not on the picture: correct it in subtitles.srt.", times=times),)
    return (
        M(
            "{count} lines need an ear ({times}). They are not on the picture: correct them in subtitles.srt.",
            count=len(doubtful),
            times=times,
        ),
    )


def hand_notes(subtitles: Subtitles) -> tuple[Message, ...]:
    """Return what is said about a person's lines that cannot be shown now, and about a file that was emptied."""
    notes = []
    if subtitles.cues and all(cue.held and cue.by_hand for cue in subtitles.cues):
        notes.append(M("Every line was taken out of subtitles.srt: the video has no subtitles. Delete the file and the lines come back."))
    if lost := [cue for cue in subtitles.set_aside if not cue.held]:
        notes.append(
            M(
                "{count} lines that you wrote are not shown, because what they stand for is not in this cut, or they would "
                "stand on the end card: {words}.",
                count=len(lost),
                words="; ".join(" ".join(cue.lines) for cue in lost[:MOST_TIMES]),
            )
        )
    return (*notes, *subtitles.notes)


def _clock_text(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
