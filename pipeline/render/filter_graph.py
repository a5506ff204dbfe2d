"""The ffmpeg filter graph of one chunk, built with ffmpeg-python.

Order: seek, constant rate, crop path, the smaller of the cut's and the output's size, tone-map, LUT, scale, ground, join or dissolve,
layers, subtitles. Nothing is counted or mixed before the `fps` filter has made the clock constant, nothing is computed on a pixel that is
cropped away.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline.documents.look import MovingPicture
from pipeline.documents.plan import Chunk, LaidLayer, Picture, SourcePiece
from pipeline.media.frame_selection import TO_LINEAR_LIGHT, TONE_MAP, FilterStep, select_frames
from pipeline.render.plan import crop_centre

BT709_OUTPUT = {"out_color_matrix": "bt709", "out_range": "tv"}
BT709_TAGS = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
EIGHT_BIT_FORMATS = "yuv420p|yuv422p|yuv444p"
"""Pixel formats of ordinary 8-bit video; ffmpeg takes the one that loses nothing."""
LUT_FORMAT = "gbrp16le"
"""`lut3d` has fast code for planar 16 bits only, and `zscale` is the fast way there. Together 5 ms a frame of 608x1080 instead of 13 in
the 8 bits that ffmpeg chooses by itself, and 10 dB nearer to the LUT in exact numbers."""


def build_chunk_stream(chunk: Chunk, picture: Picture, scratch: Path) -> Any:
    """Build the filter graph of a chunk and return its finished picture as an ffmpeg-python stream.

    scratch: folder for the crop command and subtitle files that filters read; they are named by the chunk's first frame.
    """
    tails = [following.dissolve for following in chunk.pieces[1:]] + [0]
    piece_streams = [
        _piece_stream(piece, piece.frames + tail, picture, scratch / f"crop-{chunk.start_frame}-{index}.txt", index)
        for index, (piece, tail) in enumerate(zip(chunk.pieces, tails, strict=True))
    ]
    joined = _concatenate(chunk.pieces, tails, piece_streams, picture.fps)
    for laid in chunk.laid:
        joined = _overlay_layer(joined, laid, picture.fps)
    if chunk.ass:
        script = scratch / f"subtitles-{chunk.start_frame}.ass"
        script.write_text(chunk.ass, encoding="utf-8")
        # libass draws on the timeline's clock, so fades and karaoke go on across a join; the runner names the fonts it sees
        joined = joined.filter("setpts", f"N+{chunk.start_frame}").filter("subtitles", filename=str(script)).filter("setpts", "N")
    return joined.filter("format", "yuv420p")


def _concatenate(pieces: Sequence[SourcePiece], tails: Sequence[int], streams: Sequence[Any], fps: int) -> Any:
    """Concatenate the pieces; where one dissolves into the next, the tail of the first is mixed with the head of the second.

    tails: frames of each piece beyond its end that the next one's dissolve needs. Only dissolved frames are mixed: `xfade` would take
    every frame of the chunk through 4:4:4, 8 ms each at 1080x1920.
    """
    segments: list[Any] = []
    leaving: Any = None
    for piece, tail, stream in zip(pieces, tails, streams, strict=True):
        head, body, leaving_next = _split_stream(stream, (piece.dissolve, piece.frames - piece.dissolve, tail))
        if piece.dissolve:
            segments.append(_dissolve(leaving, head, piece.dissolve))
        if body is not None:
            segments.append(body)
        leaving = leaving_next
    joined = ffmpeg.concat(*segments, v=1, a=0) if len(segments) > 1 else segments[0]
    return joined.filter("settb", f"1/{fps}").filter("setpts", "N")


def _split_stream(stream: Any, lengths: Sequence[int]) -> list[Any]:
    """Split a stream into consecutive parts of those lengths (frames), each starting at time 0; None for parts of length 0."""
    count = sum(length > 0 for length in lengths)
    copies = iter(stream.filter_multi_output("split", count)[n] for n in range(count)) if count > 1 else iter([stream])
    parts: list[Any] = []
    end = 0
    for length in lengths:
        end += length
        if not length:
            parts.append(None)
        elif count == 1:
            parts.append(next(copies))
        else:
            parts.append(next(copies).filter("trim", start_frame=end - length, end_frame=end).filter("setpts", "PTS-STARTPTS"))
    return parts


def _dissolve(leaving: Any, coming: Any, frames: int) -> Any:
    """Dissolve over N = `frames` frames: the n-th has n / (N + 1) of `coming`, so that none shows only one of the two.

    The alpha of `fade` is 0 in its first frame, so that frame is a repeat that is trimmed afterwards.
    """
    fade_in = (
        coming.filter("tpad", start=1, start_mode="clone")
        .filter("format", "yuva420p")
        .filter("fade", type="in", start_frame=0, nb_frames=frames + 1, alpha=1)
        .filter("trim", start_frame=1)
        .filter("setpts", "PTS-STARTPTS")
    )
    return leaving.overlay(fade_in).filter("setparams", **BT709_TAGS)


def _piece_stream(piece: SourcePiece, frames: int, picture: Picture, commands: Path, index: int) -> Any:
    """The first `frames` frames of a piece in the output's size, at times 0, 1, 2 … of the output's rate."""
    # equal inputs become one in ffmpeg-python, which a graph cannot read twice: the queue's length tells them apart
    distinct: dict[str, int | str | None] = {"thread_queue_size": 8 + index}
    if piece.still:
        held = _hold_still(ffmpeg.input(f"file:{piece.path}", framerate=picture.fps, **distinct).video, frames, picture)
        return _lay_moving(held, piece.moving, piece.moving_from, frames, picture.fps) if piece.moving is not None else held
    selection = select_frames(
        piece.path,
        piece.video_stream,
        piece.source_start_s,
        piece.longest_gap_s,
        frames,
        fps=picture.fps,
        speed=piece.speed,
        fields=piece.fields,
    )
    stream = _apply_steps(ffmpeg.input(f"file:{piece.path}", **distinct, **selection.options)[f"v:{piece.video_stream}"], selection.steps)
    stream = stream.filter("scale", piece.width, piece.height).filter("setsar", 1)  # square pixels; without an effect where they are
    stream, wide, high = _crop_along_path(stream, piece, frames, commands, index, picture.fps)
    box = piece.crop.picture_box(picture.width, picture.height) if piece.crop is not None else (0, 0, picture.width, picture.height)
    shown = box[2:]
    stream = _to_output_format(_grade(stream, piece, picture.lut, shown if shown[0] <= wide else (wide, high)), *shown)
    return stream if shown == (picture.width, picture.height) else _lay_on_ground(stream, piece, frames, picture, box, distinct)


def _lay_on_ground(
    stream: Any, piece: SourcePiece, frames: int, picture: Picture, box: tuple[int, int, int, int], distinct: Mapping[str, Any]
) -> Any:
    """Lay a picture that does not fill the output on its ground, or on black where a plan of an earlier look has none."""
    if not piece.ground:
        return stream.filter("pad", picture.width, picture.height, box[0], box[1])
    ground = _hold_still(ffmpeg.input(f"file:{piece.ground}", framerate=picture.fps, **distinct).video, frames, picture)
    return ground.overlay(stream, x=box[0], y=box[1], eof_action="repeat").filter("setparams", **BT709_TAGS)


def _hold_still(source: Any, frames: int, picture: Picture) -> Any:
    """Hold a still picture. It is converted first and repeated afterwards, so that all repeats share memory."""
    shown = _to_output_format(source, picture.width, picture.height)
    return shown.filter("tpad", stop_mode="clone", stop=-1).filter("trim", end_frame=frames)


def _lay_moving(held: Any, moving: MovingPicture, first: int, frames: int, fps: int) -> Any:
    """Lay what moves over its place on a still picture, from its frame `first` on.

    Each chunk reads the film for itself, and no further than it shows it: ffmpeg stood still now and then when several graphs of one
    process took different parts of one input.
    """
    film = ffmpeg.input(f"file:{moving.file}", t=f"{(first + frames) / fps + 0.1:.3f}").video
    source = _film_frames(film, first, frames, fps).filter("format", "yuv420p").filter("setparams", **BT709_TAGS)
    laid = held.overlay(source, x=moving.box.x, y=moving.box.y, eof_action="repeat")
    return laid.filter("setparams", **BT709_TAGS).filter("setsar", 1)


def _grade(stream: Any, piece: SourcePiece, lut: str, size: tuple[int, int]) -> Any:
    """Convert to SDR and apply the LUT if there is one, in the size at which both cost least."""
    if piece.transfer == "sdr" and not lut:
        return stream
    if piece.transfer != "sdr":
        stream = stream.filter("scale", *size, flags="bicubic")
        if not lut:
            return _apply_steps(stream, TONE_MAP)
        stream = _apply_steps(stream, (*TO_LINEAR_LIGHT, ("zscale", (), {"t": "bt709", "m": "gbr", "r": "pc"})))
    else:
        # one definite meaning of the samples, without which zscale refuses; nothing is done where they have it
        formats = EIGHT_BIT_FORMATS if size[0] % 2 == 0 == size[1] % 2 else "yuv444p"
        stream = stream.filter("scale", *size, flags="bicubic", **BT709_OUTPUT).filter("format", formats).filter("setparams", **BT709_TAGS)
        stream = stream.filter("zscale", m="gbr", r="pc")
    return stream.filter("format", LUT_FORMAT).filter("lut3d", file=lut)


def _to_output_format(stream: Any, width: int, height: int) -> Any:
    """Convert to that size and the output's pixel format at once."""
    return (
        stream.filter("scale", width, height, flags="bicubic", **BT709_OUTPUT)
        .filter("format", "yuv420p")
        .filter("setparams", **BT709_TAGS)
        .filter("setsar", 1)
    )


def _apply_steps(stream: Any, steps: Iterable[FilterStep]) -> Any:
    for name, plain, named in steps:
        stream = stream.filter(name, *plain, **named)
    return stream


def _crop_along_path(stream: Any, piece: SourcePiece, frames: int, commands: Path, index: int, fps: int) -> tuple[Any, int, int]:
    """Crop along the path: a constant window, or one moved frame by frame by commands sent half a frame early.

    Returns the stream and its width and height. `crop` halves the offset of subsampled chroma in bytes, so that at two bytes per sample
    an odd column splits samples. SDR is therefore converted to 8 bits first, which most of it is already; HDR keeps its depth and is
    cropped at even columns or without subsampling.
    """
    if piece.crop is None or (piece.crop.width >= 1 and piece.crop.height >= 1):
        return stream, piece.width, piece.height
    window = min(piece.width, _even(piece.crop.width * piece.width)), min(piece.height, _even(piece.crop.height * piece.height))
    corners = [_window_corner(piece, frame, window) for frame in range(frames)]
    moves = len(set(corners)) > 1
    if piece.transfer == "sdr":
        stream = stream.filter("format", EIGHT_BIT_FORMATS)
    elif moves:
        left, right = min(x for x, _ in corners) // 2 * 2, max(x for x, _ in corners) + window[0]
        stream = stream.filter("crop", right - left, piece.height, left, 0, exact=1).filter("format", "yuv444p10le")
        corners = [(x - left, y) for x, y in corners]
    else:
        corners = [(x // 2 * 2, y) for x, y in corners]
    name = f"crop@window{index}"
    if moves:
        lines = [
            f"{max(0.0, (frame - 0.5) / fps):.5f} {name} x {corner[0]}, {name} y {corner[1]};"
            for frame, corner in enumerate(corners)
            if frame == 0 or corner != corners[frame - 1]
        ]
        commands.write_text("\n".join(lines) + "\n", encoding="utf-8")
        stream = stream.filter("sendcmd", filename=str(commands))
    return stream.filter(name, window[0], window[1], corners[0][0], corners[0][1], exact=1), *window


def _window_corner(piece: SourcePiece, frame: int, window: tuple[int, int]) -> tuple[int, int]:
    assert piece.crop is not None
    centre = crop_centre(piece.crop, frame)
    x = min(max(0, round(centre.x * piece.width - window[0] / 2)), piece.width - window[0])
    y = min(max(0, round(centre.y * piece.height - window[1] / 2)), piece.height - window[1])
    return x, y


def _overlay_layer(under: Any, laid: LaidLayer, fps: int) -> Any:
    """Overlay one layer; outside its frames the picture is unchanged."""
    source = ffmpeg.input(f"file:{laid.file}").video
    if laid.still:
        visible = f"between(n,{laid.first},{laid.first + laid.frames - 1})"
        return under.overlay(source, x=laid.x, y=laid.y, eof_action="repeat", enable=visible)
    moving = _film_frames(source, laid.skip, laid.frames, fps, at=laid.first)
    return under.overlay(moving, x=laid.x, y=laid.y, eof_action="pass")


def _film_frames(film: Any, first: int, frames: int, fps: int, *, at: int = 0) -> Any:
    """Frames of a short film from `first` on, at the output's rate, as those of the output from its frame `at` on."""
    return (
        film.filter("fps", fps)
        .filter("trim", start_frame=first, end_frame=first + frames)
        .filter("settb", f"1/{fps}")
        .filter("setpts", f"N+{at}")
    )


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
