"""Subtitles as the ASS script that libass burns into the picture."""

from collections.abc import Sequence

import pysubs2

from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, SubtitleManner, Subtitles
from pipeline.subtitles.line_tags import line_with_tags, moment_ms, opening_tags, second_with_tags


def to_ass(
    cues: Sequence[Cue], typography: Typography, width: int, height: int, fps: int, *, accent: str = "", manner: SubtitleManner = "plain"
) -> str:
    """Write cues as a whole ASS script for a picture of width × height pixels. Held cues are left out.

    A cue is on screen from its start frame to the last one before its end frame, exactly. accent: #RRGGBB of the words that are set apart
    or said, "" for none. manner: how they are.
    """
    script = pysubs2.SSAFile()
    script.info.update(
        {"PlayResX": str(width), "PlayResY": str(height), "WrapStyle": "2", "ScaledBorderAndShadow": "yes", "YCbCr Matrix": "TV.709"}
    )
    script.styles = {"Default": _style(typography)}
    for cue in cues:
        if cue.held:
            continue
        lines = (line_with_tags(cue, index, typography, fps, accent=accent, manner=manner) for index in range(len(cue.lines)))
        text = r"\N".join((opening_tags(cue, accent, manner) + r"\N".join(lines), *second_with_tags(cue, typography)))
        text = text.removeprefix(r"\N")
        script.events.append(pysubs2.SSAEvent(start=moment_ms(cue.start_frame, fps), end=moment_ms(cue.end_frame, fps), text=text))
    return script.to_string("ass")


def ass_events(
    subtitles: Subtitles,
    first_frame: int,
    last_frame: int,
    typography: Typography,
    width: int,
    height: int,
    *,
    accent: str = "",
    manner: SubtitleManner = "plain",
) -> str:
    """The script with only the cues that are visible from `first_frame` up to, not including, `last_frame`; "" when there are none.

    Times stay those of the timeline. A chunk's hash covers this text: a corrected cue changes no other chunk.
    """
    visible = [cue for cue in subtitles.cues if not cue.held and cue.start_frame < last_frame and cue.end_frame > first_frame]
    return to_ass(visible, typography, width, height, subtitles.fps, accent=accent, manner=manner) if visible else ""


def _style(typography: Typography) -> pysubs2.SSAStyle:
    return pysubs2.SSAStyle(
        fontname=typography.font,
        fontsize=typography.size_px,
        bold=typography.bold,
        primarycolor=_colour(typography.colour),
        secondarycolor=_colour(typography.colour),
        outlinecolor=_colour(typography.outline_colour),
        backcolor=_colour(typography.outline_colour, 96),
        borderstyle=3 if typography.box else 1,
        outline=typography.outline_px,
        shadow=0 if typography.box else typography.shadow_px,
        alignment=pysubs2.Alignment.BOTTOM_CENTER,
        marginl=typography.margin_side_px,
        marginr=typography.margin_side_px,
        marginv=typography.margin_bottom_px,
    )


def _colour(colour: str, alpha: int = 0) -> pysubs2.Color:
    return pysubs2.Color(int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), alpha)
