"""Subtitles as the ASS script that libass burns into the picture."""

from collections.abc import Sequence

import pysubs2

from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.subtitles.tokens import prices

_SAFE = str.maketrans({"\\": "＼", "{": "｛", "}": "｝", "\r": " ", "\n": " "})
"""Signs that libass reads as commands, as the full-width signs that look like them: not every libass knows an escape for them."""


def to_ass(cues: Sequence[Cue], typography: Typography, width: int, height: int, fps: int, *, accent: str = "") -> str:
    """A whole ASS script of these cues, for a picture of width × height pixels. Held cues are left out.

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
    """The script with only the cues that show in frames `first_frame` up to, not including, `last_frame`; "" when there are none.

    Times stay those of the timeline. This text is what a chunk's hash covers: a corrected cue changes no other chunk.
    """
    touching = [cue for cue in subtitles.cues if not cue.held and cue.start_frame < last_frame and cue.end_frame > first_frame]
    return to_ass(touching, typography, width, height, subtitles.fps, accent=accent) if touching else ""


def _moment(frame: int, fps: int) -> int:
    """Milliseconds, whole centiseconds, at most 10 ms and at least 1 ms before a frame is shown.

    libass is asked in whole milliseconds, rounded down: at 30 a second, frame 3 may come as 99. A moment on the frame's own 100 ms
    would then show the cue a frame late, and one after it lets it bleed into the next.
    """
    return max(0, (frame * 1000 - 1) // fps // 10 * 10)


def _line(line: str, accent: str, colour: str) -> str:
    line = line.translate(_SAFE)
    if not accent:
        return line
    marked, at = "", 0
    for start, end in prices(line):
        marked += f"{line[at:start]}{{\\c{_bgr(accent)}}}{line[start:end]}{{\\c{_bgr(colour)}}}"
        at = end
    return marked + line[at:]


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
