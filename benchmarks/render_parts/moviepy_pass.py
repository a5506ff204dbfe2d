"""The same composite in MoviePy 2, as somebody who knows it well writes it; a program of its own:

    python -m render_parts.moviepy_pass PLAN.json OUT.mp4 SCRATCH [SECONDS]

Each shot is a sub-clip, cropped, graded and resized; layers and subtitles are clips with masks over them; one `write_videofile` encodes
with the settings of the plan. What MoviePy has is used as it is (`subclipped`, `cropped`, `resized`, `with_position`, the composite over an
opaque background, which is its quick way); for what it has not, the quickest that Python offers: the colour table by Pillow's C filter,
where pixels are fewest; subtitles drawn once by Pillow; HDR shots tone-mapped by ffmpeg beforehand, since MoviePy reads them without;
the sound is FieldCut's own finished track. With SECONDS only the beginning is made.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pysubs2
from moviepy import ColorClip, CompositeVideoClip, ImageClip, VideoClip, VideoFileClip, concatenate_videoclips
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from pipeline.documents.plan import Picture, RenderPlan
from pipeline.media import FFMPEG
from pipeline.media.frame_selection import tone_map_chain
from pipeline.render.sound import render_sound
from pipeline.store import Store
from render_parts.single_pass import encoder, timing
from render_parts.timeline import Over, Shot, layers, script, shots

Pixels = npt.NDArray[np.uint8]
HAIR_S = 1e-7


def make(plan: RenderPlan, out: Path, scratch: Path, seconds: float) -> None:
    """The plan's first seconds as an mp4, all of it when there are fewer."""
    picture = plan.picture
    length = min(plan.frames, round(seconds * picture.fps)) / picture.fps
    sound = render_sound(plan.sound, store=Store(scratch / "store")).file
    table = _colour_table(picture)
    with ExitStack() as readers:
        wanted = [shot for shot in shots(plan) if shot.start_frame / picture.fps < length]
        under = concatenate_videoclips(_dissolved(wanted, [_shot(shot, picture, table, scratch, readers) for shot in wanted], picture.fps))
        over = [_layer(layer, picture.fps, readers) for layer in layers(plan)] + _subtitles(script(plan), picture)
        video = CompositeVideoClip([under, *(clip for clip in over if clip.start < length)], use_bgclip=True).with_duration(length)
        # MoviePy hands over RGB, of which ffmpeg would make BT.601
        fitted = ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-t", f"{length:.6f}"]
        settings = encoder(picture)
        settings = settings[settings.index("-crf") :]
        coding = {"codec": "libx264", "preset": picture.speed, "audio": sound, "audio_codec": "copy"}
        video.write_videofile(str(out), fps=picture.fps, ffmpeg_params=[*settings, *fitted], logger=None, **coding)


def _opened(path: str, readers: ExitStack, **options: bool) -> Any:
    """A clip whose reader is ended and waited for, so that its cost is counted."""
    clip = VideoFileClip(path, audio=False, **options)
    readers.callback(clip.close)
    return clip


def _dissolved(wanted: list[Shot], clips: list[Any], fps: int) -> list[Any]:
    """The shots at their own lengths, each blended from the one before through its dissolve.

    A hair shorter than their frames: added up as they are, a shot may begin a rounding error after its first frame is asked for.
    """
    found = []
    for place, (shot, clip) in enumerate(zip(wanted, clips, strict=True)):
        shown = clip.with_duration(shot.frames / fps - HAIR_S)
        if shot.dissolve and place:
            shown = shown.transform(_blend(clips[place - 1], wanted[place - 1].frames / fps, shot.dissolve, fps))
        found.append(shown)
    return found


def _blend(before: Any, ended: float, frames: int, fps: int) -> Callable[[Callable[[float], Pixels], float], Pixels]:
    def blended(frame_at: Callable[[float], Pixels], at: float) -> Pixels:
        number = round(at * fps)
        if number >= frames:
            return frame_at(at)
        pictures = Image.fromarray(before.get_frame(ended + at)), Image.fromarray(frame_at(at))
        return np.asarray(Image.blend(*pictures, (number + 1) / (frames + 1)))

    return blended


def _shot(shot: Shot, picture: Picture, table: ImageFilter.Color3DLUT | None, scratch: Path, readers: ExitStack) -> Any:
    piece, length, size = shot.piece, (shot.frames + shot.tail) / picture.fps, (picture.width, picture.height)
    if piece.still:
        held = ImageClip(piece.path).with_duration(length)
        return held if tuple(held.size) == size else held.resized(size)
    ordinary = piece.transfer == "sdr"
    reader = _opened(piece.path if ordinary else str(_tone_mapped(shot, picture, scratch)), readers)
    start = piece.source_start_s if ordinary else 0.0
    if ordinary and piece.speed != 1.0:
        reader, start = reader.with_speed_scaled(piece.speed), start / piece.speed
    clip = reader.subclipped(start, min(start + length, reader.duration)).with_duration(length)
    window, corners = shot.window(*clip.size), shot.corners(*clip.size)
    x, y, *shown = shot.box(*size)
    enlarges = window[0] < shown[0]
    if corners and window != tuple(clip.size):
        clip = _cropped(clip, window, corners, picture.fps)
    if table is not None and enlarges:
        clip = clip.image_transform(lambda frame: _graded(frame, table))
    if list(clip.size) != shown:
        clip = clip.resized(tuple(shown))
    if table is not None and not enlarges:
        clip = clip.image_transform(lambda frame: _graded(frame, table))
    if tuple(shown) != size:
        under = ImageClip(piece.ground).with_duration(length) if piece.ground else ColorClip(size, (0, 0, 0)).with_duration(length)
        clip = CompositeVideoClip([under, clip.with_position((x, y))], size=size)
    return clip


def _cropped(clip: Any, window: tuple[int, int], corners: list[tuple[int, int]], fps: int) -> Any:
    wide, high = window
    if len(set(corners)) == 1:
        return clip.cropped(x1=corners[0][0], y1=corners[0][1], width=wide, height=high)

    def along(frame_at: Callable[[float], Pixels], at: float) -> Pixels:
        x, y = corners[min(len(corners) - 1, round(at * fps))]
        return frame_at(at)[y : y + high, x : x + wide]

    moving = clip.transform(along)
    moving.size = window
    return moving


def _tone_mapped(shot: Shot, picture: Picture, scratch: Path) -> Path:
    """The stretch of an HDR shot as ordinary video, at the size it is shown in."""
    piece, out = shot.piece, scratch / f"shot-{shot.start_frame}.mp4"
    across, down = shot.window(piece.width, piece.height)
    factor = min(1.0, max(picture.width / across, picture.height / down))
    smaller = f"scale={round(piece.width * factor / 2) * 2}:{round(piece.height * factor / 2) * 2}," if factor < 1 else ""
    seek, clock = timing(shot, picture.fps)
    source = ["-ss", f"{seek:.6f}", "-i", f"file:{piece.path}", "-map", f"0:v:{piece.video_stream}"]
    filters = ["-vf", f"{clock},{smaller}{tone_map_chain()}", "-frames:v", str(shot.frames + shot.tail)]
    coder = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12"]
    subprocess.run([FFMPEG, "-nostdin", "-y", "-loglevel", "error", *source, *filters, *coder, f"file:{out}"], check=True)
    return out


def _colour_table(picture: Picture) -> ImageFilter.Color3DLUT | None:
    """The .cube file as Pillow takes it: red changes quickest in both."""
    if not picture.lut:
        return None
    lines = [line.split() for line in Path(picture.lut).read_text(encoding="utf-8", errors="replace").splitlines()]
    size = next(int(words[1]) for words in lines if words[:1] == ["LUT_3D_SIZE"])
    rows = [words for words in lines if len(words) == 3 and words[0][0] in "-.0123456789"]
    return ImageFilter.Color3DLUT(size, [float(word) for words in rows for word in words])


def _graded(frame: Pixels, table: ImageFilter.Color3DLUT) -> Pixels:
    return np.asarray(Image.fromarray(frame).filter(table))


def _layer(over: Over, fps: int, readers: ExitStack) -> Any:
    clip = ImageClip(over.file) if over.still else _opened(over.file, readers, has_mask=True).subclipped(over.skip / fps)
    return clip.with_duration(over.frames / fps).with_start(over.start_frame / fps).with_position((over.x, over.y))


def _subtitles(words: str, picture: Picture) -> list[VideoClip]:
    """Each cue as a small picture with alpha, at the place where libass puts it."""
    if not words:
        return []
    subs = pysubs2.SSAFile.from_string(words, format_="ass")
    style = subs.styles["Default"]
    font = _font(Path(picture.fonts), style.fontname, style.bold, style.fontsize)
    clips = []
    for event in subs.events:
        drawn = _drawn(event.text, style, font)
        left = (picture.width - drawn.width) // 2
        top = picture.height - style.marginv - drawn.height
        shown = ImageClip(np.asarray(drawn)).with_start(event.start / 1000).with_end(event.end / 1000)
        clips.append(shown.with_position((left, top)))
    return clips


def _font(folder: Path, family: str, bold: bool, height: float) -> ImageFont.FreeTypeFont:
    """The font at the size at which its line is so high, as ASS means it."""
    for path in sorted(folder.glob("*.[to]tf")):
        font = ImageFont.truetype(path, 100)
        name, weight = font.getname()
        if name == family and (weight == "Bold") == bool(bold):
            return ImageFont.truetype(path, round(100 * height / sum(font.getmetrics())))
    raise SystemExit(f"No font {family} in {folder}.")


def _drawn(text: str, style: pysubs2.SSAStyle, font: ImageFont.FreeTypeFont) -> Image.Image:
    lines = [re.split(r"(\{[^}]*\})", line) for line in text.split(r"\N")]
    edge, high = round(style.outline), round(style.fontsize)
    wide = max(sum(font.getlength(run) for run in line if not run.startswith("{")) for line in lines)
    picture = Image.new("RGBA", (round(wide) + 2 * edge, high * len(lines) + 2 * edge))
    pen = ImageDraw.Draw(picture)
    plain, border = style.primarycolor, style.outlinecolor
    for number, line in enumerate(lines):
        at = (picture.width - sum(font.getlength(run) for run in line if not run.startswith("{"))) / 2
        colour = (plain.r, plain.g, plain.b)
        for run in line:
            change = re.match(r"\{\\c&H(..)(..)(..)&\}", run)
            if change:
                colour = (int(change[3], 16), int(change[2], 16), int(change[1], 16))
            elif not run.startswith("{"):
                pen.text(
                    (at, edge + number * high),
                    run,
                    (*colour, 255),
                    font,
                    stroke_width=edge,
                    stroke_fill=(border.r, border.g, border.b, 255),
                )
                at += font.getlength(run)
    return picture


def _main() -> None:
    paper, out, scratch, *rest = sys.argv[1:]
    plan = RenderPlan.from_json(Path(paper).read_bytes())
    make(plan, Path(out), Path(scratch), float(rest[0]) if rest else plan.frames / plan.picture.fps)


if __name__ == "__main__":
    _main()
