"""Subtitles as the ASS script that libass burns into the picture."""

from collections.abc import Sequence

import pysubs2

from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.subtitles.tokenizer import price_spans

_SAFE = str.maketrans({"\\": "＼", "{": "｛", "}": "｝", "\r": " ", "\n": " "})
"""Replaces characters that libass reads as commands by full-width ones that look like them: not every libass can escape them."""


def to_ass(cues: Sequence[Cue], typography: Typography, width: int, height: int, fps: int, *, accent: str = "") -> str:
    """Write cues as a whole ASS script for a picture of width × height pixels. Held cues are left out.

    A cue is on screen from its start frame to the last one before its end frame, exactly. accent: #RRGGBB for prices, "" for none.
    """
    script = pysubs2.SSAFile()
    script.info.update(
        {"PlayResX": str(width), "PlayResY": str(height), "WrapStyle": "2", "ScaledBorderAndShadow": "yes", "YCbCr Matrix": "TV.709"}
    )
    script.styles = {"Default": _style(typography)}
    for cue in cues:
        if cue.held:
            continue
        text = r"\N".join(_line(line, accent, typography.colour) for line in cue.lines)
        script.events.append(pysubs2.SSAEvent(start=_moment(cue.start_frame, fps), end=_moment(cue.end_frame, fps), text=text))
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
) -> str:
    """The script with only the cues that are visible from `first_frame` up to, not including, `last_frame`; "" when there are none.

    Times stay those of the timeline. A chunk's hash covers this text: a corrected cue changes no other chunk.
    """
    visible = [cue for cue in subtitles.cues if not cue.held and cue.start_frame < last_frame and cue.end_frame > first_frame]
    return to_ass(visible, typography, width, height, subtitles.fps, accent=accent) if visible else ""


def _moment(frame: int, fps: int) -> int:
    """A time in milliseconds, whole centiseconds, at most 10 ms and at least 1 ms before a frame is shown.

    libass gets a frame's time in whole milliseconds, rounded down: at 30 frames a second, frame 3 may come as 99. A cue that starts at
    the frame's own 100 ms would then appear a frame late, and one that ends later would show in the next frame.
    """
    return max(0, (frame * 1000 - 1) // fps // 10 * 10)


def _line(line: str, accent: str, colour: str) -> str:
    line = line.translate(_SAFE)
    if not accent:
        return line
    coloured, at = "", 0
    for start, end in price_spans(line):
        coloured += f"{line[at:start]}{{\\c{_bgr(accent)}}}{line[start:end]}{{\\c{_bgr(colour)}}}"
        at = end
    return coloured + line[at:]


def _bgr(colour: str) -> str:
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


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
