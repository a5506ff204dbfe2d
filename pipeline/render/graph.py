"""The ffmpeg graph of one chunk, built with ffmpeg-python from exact arguments.

Order: seek, constant rate, crop path, the smaller of the cut's and the output's size, tone-map, LUT, scale, join or dissolve, layers,
subtitles. Nothing is counted or mixed before the `fps` filter has made the clock constant, nothing is computed on a pixel that is
cropped away.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline.documents.plan import Chunk, LaidLayer, Picture, SourcePiece
from pipeline.media.frames import TO_LIGHT, TONE_MAP, Step, way_to
from pipeline.render.plan import centre_at

OUT = {"out_color_matrix": "bt709", "out_range": "tv"}
TAGS = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
ONE_BYTE = "yuv420p|yuv422p|yuv444p"
"""What ordinary video is made of; ffmpeg takes the one that loses nothing."""
LUT_FORMAT = "gbrp16le"
"""`lut3d` has fast code for planar 16 bits only, and `zscale` is the fast way there. Together 5 ms a frame of 608x1080 instead of 13 in
the 8 bits that ffmpeg chooses by itself, and 10 dB nearer to the LUT in exact numbers."""


def chunk_stream(chunk: Chunk, picture: Picture, scratch: Path) -> Any:
    """The chunk's finished picture as an ffmpeg-python stream.

    scratch: folder for the command and subtitle files that filters read; files are named by the chunk's first frame.
    """
    tails = [after.dissolve for after in chunk.pieces[1:]] + [0]
    shown = [
        _piece(piece, piece.frames + tail, picture, scratch / f"crop-{chunk.start_frame}-{place}.txt", place)
        for place, (piece, tail) in enumerate(zip(chunk.pieces, tails, strict=True))
    ]
    joined = _joined(chunk.pieces, tails, shown, picture.fps)
    for laid in chunk.laid:
        joined = _lay(joined, laid, picture.fps)
    if chunk.ass:
        script = scratch / f"subtitles-{chunk.start_frame}.ass"
        script.write_text(chunk.ass, encoding="utf-8")
        # libass draws on the timeline's clock, so fades and karaoke go on across a join; the runner names the fonts it sees
        joined = joined.filter("setpts", f"N+{chunk.start_frame}").filter("subtitles", filename=str(script)).filter("setpts", "N")
    return joined.filter("format", "yuv420p")


def _joined(pieces: Sequence[SourcePiece], tails: Sequence[int], shown: Sequence[Any], fps: int) -> Any:
    """The pieces one after the other; where one dissolves into the next, the tail of the one is mixed with the head of the other.

    Only those frames go through the mixing: `xfade` would take every frame of the chunk through 4:4:4, 8 ms each at 1080x1920.
    """
    row: list[Any] = []
    leaving: Any = None
    for piece, tail, stream in zip(pieces, tails, shown, strict=True):
        head, body, leaves = _stretches(stream, (piece.dissolve, piece.frames - piece.dissolve, tail))
        if piece.dissolve:
            row.append(_mixed(leaving, head, piece.dissolve))
        if body is not None:
            row.append(body)
        leaving = leaves
    joined = ffmpeg.concat(*row, v=1, a=0) if len(row) > 1 else row[0]
    return joined.filter("settb", f"1/{fps}").filter("setpts", "N")


def _stretches(stream: Any, lengths: Sequence[int]) -> list[Any]:
    """A stream in stretches of so many frames, each on a clock of its own; None for those of none."""
    count = sum(length > 0 for length in lengths)
    copies = iter(stream.filter_multi_output("split", count)[n] for n in range(count)) if count > 1 else iter([stream])
    found: list[Any] = []
    at = 0
    for length in lengths:
        at += length
        if not length:
            found.append(None)
        elif count == 1:
            found.append(next(copies))
        else:
            found.append(next(copies).filter("trim", start_frame=at - length, end_frame=at).filter("setpts", "PTS-STARTPTS"))
    return found


def _mixed(leaving: Any, coming: Any, frames: int) -> Any:
    """`frames` frames of both: n of N + 1 parts of what is coming in the n-th, so that the first shows some of it and none shows all.

    The alpha of `fade` is nothing in its first frame; that one is a repeat, and left out again.
    """
    veil = (
        coming.filter("tpad", start=1, start_mode="clone")
        .filter("format", "yuva420p")
        .filter("fade", type="in", start_frame=0, nb_frames=frames + 1, alpha=1)
        .filter("trim", start_frame=1)
        .filter("setpts", "PTS-STARTPTS")
    )
    return leaving.overlay(veil).filter("setparams", **TAGS)


def _piece(piece: SourcePiece, frames: int, picture: Picture, commands: Path, place: int) -> Any:
    """`frames` frames of a piece in the output's size, at times 0, 1, 2 … of the output's rate."""
    # equal inputs become one in ffmpeg-python, which a graph cannot read twice: the queue's length tells them apart
    own: dict[str, int | str | None] = {"thread_queue_size": 8 + place}
    if piece.still:
        return _still(ffmpeg.input(f"file:{piece.path}", framerate=picture.fps, **own).video, frames, picture)
    way = way_to(piece.path, piece.video_stream, piece.source_start_s, piece.longest_gap_s, frames, fps=picture.fps, speed=piece.speed)
    stream = _through(ffmpeg.input(f"file:{piece.path}", **own, **way.options)[f"v:{piece.video_stream}"], way.steps)
    stream = stream.filter("scale", piece.width, piece.height).filter("setsar", 1)  # square pixels; without an effect where they are
    stream, wide, high = _crop(stream, piece, frames, commands, place, picture.fps)
    shrinks = picture.width <= wide
    return _finished(_graded(stream, piece, picture.lut, (picture.width, picture.height) if shrinks else (wide, high)), picture)


def _still(source: Any, frames: int, picture: Picture) -> Any:
    """A picture in its final form first, and only then held: every repeat is the same memory."""
    return _finished(source, picture).filter("tpad", stop_mode="clone", stop=-1).filter("trim", end_frame=frames)


def _graded(stream: Any, piece: SourcePiece, lut: str, size: tuple[int, int]) -> Any:
    """Ordinary video out of whatever was filmed, through the LUT where there is one, in the size where both cost least."""
    if piece.transfer == "sdr" and not lut:
        return stream
    if piece.transfer != "sdr":
        stream = stream.filter("scale", *size, flags="bicubic")
        if not lut:
            return _through(stream, TONE_MAP)
        stream = _through(stream, (*TO_LIGHT, ("zscale", (), {"t": "bt709", "m": "gbr", "r": "pc"})))
    else:
        # one definite meaning of the samples, without which zscale refuses; nothing is done where they have it
        kinds = ONE_BYTE if size[0] % 2 == 0 == size[1] % 2 else "yuv444p"
        stream = stream.filter("scale", *size, flags="bicubic", **OUT).filter("format", kinds).filter("setparams", **TAGS)
        stream = stream.filter("zscale", m="gbr", r="pc")
    return stream.filter("format", LUT_FORMAT).filter("lut3d", file=lut)


def _finished(stream: Any, picture: Picture) -> Any:
    """The output's size and form, in one conversion."""
    return (
        stream.filter("scale", picture.width, picture.height, flags="bicubic", **OUT)
        .filter("format", "yuv420p")
        .filter("setparams", **TAGS)
        .filter("setsar", 1)
    )


def _through(stream: Any, steps: Iterable[Step]) -> Any:
    for name, plain, named in steps:
        stream = stream.filter(name, *plain, **named)
    return stream


def _crop(stream: Any, piece: SourcePiece, frames: int, commands: Path, place: int, fps: int) -> tuple[Any, int, int]:
    """The window along its path: constant, or moved frame by frame by commands sent half a frame early. Its size comes with it.

    `crop` halves the offset of subsampled chroma in bytes: with two bytes a sample an odd column tears every sample apart. Ordinary
    video is brought to one byte before, which most of it is; HDR keeps its depth, and is cut at even columns or without subsampling.
    """
    if piece.crop is None or (piece.crop.width >= 1 and piece.crop.height >= 1):
        return stream, piece.width, piece.height
    window = min(piece.width, _even(piece.crop.width * piece.width)), min(piece.height, _even(piece.crop.height * piece.height))
    spots = [_corner(piece, frame, window) for frame in range(frames)]
    moves = len(set(spots)) > 1
    if piece.transfer == "sdr":
        stream = stream.filter("format", ONE_BYTE)
    elif moves:
        left, right = min(x for x, _ in spots) // 2 * 2, max(x for x, _ in spots) + window[0]
        stream = stream.filter("crop", right - left, piece.height, left, 0, exact=1).filter("format", "yuv444p10le")
        spots = [(x - left, y) for x, y in spots]
    else:
        spots = [(x // 2 * 2, y) for x, y in spots]
    name = f"crop@window{place}"
    if moves:
        lines = [
            f"{max(0.0, (frame - 0.5) / fps):.5f} {name} x {spot[0]}, {name} y {spot[1]};"
            for frame, spot in enumerate(spots)
            if frame == 0 or spot != spots[frame - 1]
        ]
        commands.write_text("\n".join(lines) + "\n", encoding="utf-8")
        stream = stream.filter("sendcmd", filename=str(commands))
    return stream.filter(name, window[0], window[1], spots[0][0], spots[0][1], exact=1), *window


def _corner(piece: SourcePiece, frame: int, window: tuple[int, int]) -> tuple[int, int]:
    assert piece.crop is not None
    centre = centre_at(piece.crop, frame)
    x = min(max(0, round(centre.x * piece.width - window[0] / 2)), piece.width - window[0])
    y = min(max(0, round(centre.y * piece.height - window[1] / 2)), piece.height - window[1])
    return x, y


def _lay(under: Any, laid: LaidLayer, fps: int) -> Any:
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
