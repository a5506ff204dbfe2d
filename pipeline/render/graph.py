"""The ffmpeg graph of one chunk, built with ffmpeg-python from exact arguments.

Order: seek, constant rate, tone-map, crop path, LUT where pixels are fewest, scale, join, layers, subtitles.
"""

from pathlib import Path
from typing import Any

import ffmpeg

from pipeline.documents.plan import Chunk, Laid, Picture, Piece
from pipeline.media.frames import TICKS, TONE_MAP, frame_clock, seek_second
from pipeline.render.plan import centre_at


def chunk_stream(chunk: Chunk, picture: Picture, scratch: Path) -> Any:
    """The chunk's finished picture as an ffmpeg-python stream.

    scratch: folder for the command and subtitle files that filters read; files are named by the chunk's first frame.
    """
    shown = [_piece(piece, picture, scratch / f"crop-{chunk.start_frame}-{place}.txt", place) for place, piece in enumerate(chunk.pieces)]
    joined = ffmpeg.concat(*shown, v=1, a=0) if len(shown) > 1 else shown[0]
    joined = joined.filter("settb", f"1/{picture.fps}").filter("setpts", "N")
    for laid in chunk.laid:
        joined = _lay(joined, laid, picture.fps)
    if chunk.ass:
        script = scratch / f"subtitles-{chunk.start_frame}.ass"
        script.write_text(chunk.ass, encoding="utf-8")
        # libass draws on the timeline's clock, so fades and karaoke go on across a join
        joined = (
            joined.filter("setpts", f"N+{chunk.start_frame}").filter("subtitles", str(script), fontsdir=picture.fonts).filter("setpts", "N")
        )
    return joined.filter("format", "yuv420p")


def _piece(piece: Piece, picture: Picture, commands: Path, place: int) -> Any:
    # equal inputs become one in ffmpeg-python, which a graph cannot read twice: the queue's length tells them apart
    own = {"thread_queue_size": 8 + place}
    if piece.still:
        source, first, shift = ffmpeg.input(f"file:{piece.path}", **own).video, 0, 0
    else:
        seek = seek_second(piece.source_start_s, piece.longest_gap_s)
        source = ffmpeg.input(f"file:{piece.path}", ss=seek, **own)[f"v:{piece.video_stream}"]
        first, shift = frame_clock(piece.source_start_s - seek, picture.fps)
    stream = (
        source.filter("settb", f"1/{picture.fps * TICKS}")
        .filter("setpts", f"PTS{shift:+d}")
        .filter("fps", fps=picture.fps, start_time=0)
        .filter("tpad", stop_mode="clone", stop=-1)
        .filter("trim", start_frame=first, end_frame=first + piece.frames)
        .filter("setpts", "PTS-STARTPTS")
    )
    stream, wide, high = _ordinary_range(stream, piece, picture)
    stream, cropped_wide, cropped_high = _crop(stream, piece, wide, high, commands, place, picture.fps)
    enlarges = picture.width > cropped_wide
    if picture.lut and not piece.still and enlarges:
        stream = stream.filter("lut3d", picture.lut)
    if (cropped_wide, cropped_high) != (picture.width, picture.height) or not piece.still:
        stream = stream.filter("scale", picture.width, picture.height, flags="bicubic", out_color_matrix="bt709", out_range="tv")
    if picture.lut and not piece.still and not enlarges:
        stream = stream.filter("lut3d", picture.lut)
    return (
        stream.filter("scale", out_color_matrix="bt709", out_range="tv")
        .filter("format", "yuv420p")
        .filter("setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv")
        .filter("setsar", 1)
    )


def _ordinary_range(stream: Any, piece: Piece, picture: Picture) -> tuple[Any, int, int]:
    """HDR becomes ordinary video, at the smallest size that serves: tone-mapping costs by the pixel. Returns the size, too."""
    if piece.transfer == "sdr":
        return stream.filter("scale", piece.width, piece.height).filter("setsar", 1), piece.width, piece.height
    crop_wide = piece.crop.width if piece.crop else 1.0
    crop_high = piece.crop.height if piece.crop else 1.0
    factor = min(1.0, max(picture.width / (piece.width * crop_wide), picture.height / (piece.height * crop_high)))
    wide, high = _even(piece.width * factor), _even(piece.height * factor)
    stream = stream.filter("scale", wide, high).filter("setsar", 1)
    for name, plain, named in TONE_MAP:
        stream = stream.filter(name, *plain, **named)
    return stream, wide, high


def _crop(stream: Any, piece: Piece, wide: int, high: int, commands: Path, place: int, fps: int) -> tuple[Any, int, int]:
    """The window along its path: constant, or moved frame by frame by commands sent half a frame early."""
    if piece.crop is None or (piece.crop.width >= 1 and piece.crop.height >= 1):
        return stream, wide, high
    window = min(wide, _even(piece.crop.width * wide)), min(high, _even(piece.crop.height * high))
    spots = [_corner(piece, frame, (wide, high), window) for frame in range(piece.frames)]
    name = f"crop@window{place}"
    if len(set(spots)) > 1:
        lines = [
            f"{max(0.0, (frame - 0.5) / fps):.5f} {name} x {spot[0]}, {name} y {spot[1]};"
            for frame, spot in enumerate(spots)
            if frame == 0 or spot != spots[frame - 1]
        ]
        commands.write_text("\n".join(lines) + "\n", encoding="utf-8")
        stream = stream.filter("sendcmd", filename=str(commands))
    return stream.filter(name, window[0], window[1], spots[0][0], spots[0][1], exact=1), *window


def _corner(piece: Piece, frame: int, size: tuple[int, int], window: tuple[int, int]) -> tuple[int, int]:
    assert piece.crop is not None
    centre = centre_at(piece.crop, frame)
    x = min(max(0, round(centre.x * size[0] - window[0] / 2)), size[0] - window[0])
    y = min(max(0, round(centre.y * size[1] - window[1] / 2)), size[1] - window[1])
    return x, y


def _lay(under: Any, laid: Laid, fps: int) -> Any:
    """One layer over the picture; before and after its frames the picture stays as it is."""
    source = ffmpeg.input(f"file:{laid.file}").video
    if laid.still:
        shown = f"between(n,{laid.first},{laid.first + laid.frames - 1})"
        return under.overlay(source, x=laid.x, y=laid.y, eof_action="repeat", enable=shown)
    moving = (
        source.filter("fps", fps)
        .filter("trim", start_frame=laid.skip, end_frame=laid.skip + laid.frames)
        .filter("settb", f"1/{fps}")
        .filter("setpts", f"N+{laid.first}")
    )
    return under.overlay(moving, x=laid.x, y=laid.y, eof_action="pass")


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
