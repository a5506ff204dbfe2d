"""H.264 encoders: x264, or this computer's hardware encoder where it exists and works.

x264 runs on one thread, so that equal chunks are equal bytes on every machine; cores are kept busy by chunks side by side. Hardware is
used at constant quality where it offers that, at the value of its own scale that is close to the plan's CRF. Every chunk begins with a
key frame and refers to nothing outside itself; hardware makes no B-frames, whose order differs from driver to driver.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import av
import ffmpeg
import numpy as np

from pipeline.documents.base import Frozen
from pipeline.documents.message import M, Message
from pipeline.documents.plan import Picture
from pipeline.errors import MediaFault, UserMistake
from pipeline.media import FFMPEG, run_media
from pipeline.store import scratch_folder

SOFTWARE = "libx264"
HARDWARE = ("h264_nvenc", "h264_qsv", "h264_vaapi", "h264_videotoolbox", "h264_amf", "h264_mf", "h264_v4l2m2m")
"""Hardware encoders of ffmpeg, tried in this order."""
MOST_SESSIONS = 3
"""Encodings at one time that any hardware allows: drivers for consumer cards refused a fourth until 2023."""
PROBE_S = 1.0
PROBE_FRAMES = 12
PROBE_PICTURE = Picture(width=1080, height=1920, fps=30, crf=21, speed="veryfast", lut="", lut_sha256="", fonts="")
"""As large as a real rendition: some hardware that works refuses small pictures."""
PLANE_TOLERANCES = (4.0, 16.0, 16.0)
"""Levels of 255 by which a plane's mean may be off: luma by less than half of what tells two frames apart; a low bit rate costs chroma
ten levels in the first frame."""
BITS_A_PIXEL = 0.11
"""At CRF 21, for encoders that know only a bit rate: twice what x264 veryfast took on average for phone clips at 1080×1920."""
NVENC_PRESETS = {"superfast": "p2", "veryfast": "p4", "slow": "p6"}
DEVICE_FOLDER = Path("/dev/dri")

Options = Mapping[str, str | int]


class Encoding(Frozen):
    """ffmpeg's arguments for one chunk's H.264. first: arguments before the inputs. filters: last filters of the graph."""

    first: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    options: dict[str, str | int]


def encoding(picture: Picture, frames: int) -> Encoding:
    """Return the arguments for a chunk of `frames` frames with the plan's encoder, quality and speed."""
    name = picture.encoder
    shared: dict[str, str | int] = {
        "c:v": name,
        "g": picture.fps * 4,
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "color_range": "tv",
        "flags:v": "+bitexact+cgop",
    }
    if name == SOFTWARE:
        quality: Options = {
            "preset": picture.speed,
            "crf": picture.crf,
            "profile:v": "high",
            "pix_fmt": "yuv420p",
            "threads": 1,
            "x264-params": "open-gop=0:8x8dct=1",  # the transform that makes it High at every speed
            **({"bf": 0} if frames < 3 else {}),  # B-frames in so short a chunk break the decoding times at the join
        }
        return Encoding(options={**shared, **quality})
    shared["bf"] = 0
    if name == "h264_vaapi":
        quality = {"rc_mode": "CQP", "qp": _quantizer(picture.crf, 1), "profile:v": "high"}
        filters: tuple[tuple[str, tuple[str, ...]], ...] = (("format", ("nv12",)), ("hwupload", ()))
        return Encoding(first=("-vaapi_device", _render_node()), filters=filters, options={**shared, **quality})
    return Encoding(options={**shared, **_quality_options(picture)})


def _quality_options(picture: Picture) -> Options:
    """The encoder's own options for the picture's quality, from its documentation; a bit rate where it knows nothing else."""
    crf, plain = picture.crf, {"profile:v": "high", "pix_fmt": "yuv420p"}
    match picture.encoder:
        case "h264_nvenc":
            preset = NVENC_PRESETS.get(picture.speed, "p5")
            return {
                **plain,
                "preset": preset,
                "rc": "vbr",
                "cq": _quantizer(crf, 3),
                "b:v": 0,
                "forced-idr": 1,
                "no-scenecut": 1,
                "spatial-aq": 1,
            }
        case "h264_qsv":
            return {"profile:v": "high", "pix_fmt": "nv12", "global_quality": _quantizer(crf, 2), "look_ahead": 0, "idr_interval": 0}
        case "h264_videotoolbox":
            return {**plain, "q:v": min(100, max(1, round(65 - 2.5 * (crf - 21)))), "realtime": 0}
        case "h264_amf":
            return {**plain, "rc": "cqp", "qp_i": _quantizer(crf, 1), "qp_p": _quantizer(crf, 3), "frame_skipping": 0, "forced_idr": 1}
        case "h264_mf":
            scale = min(100, max(1, round(70 - 3 * (crf - 21))))
            return {"pix_fmt": "nv12", "rate_control": "quality", "quality": scale, "hw_encoding": 1}
        case "libopenh264":
            return {**plain, "b:v": _bit_rate(picture), "rc_mode": "quality", "allow_skip_frames": 0, "threads": 1}
    return {"pix_fmt": "yuv420p", "b:v": _bit_rate(picture)}


def _quantizer(crf: int, offset: int) -> int:
    return min(51, crf + offset)


def _bit_rate(picture: Picture) -> int:
    """Bits a second; six steps of CRF are half the bits."""
    return round(picture.width * picture.height * picture.fps * BITS_A_PIXEL * 2 ** ((21 - picture.crf) / 6))


def _render_node() -> str:
    """The first graphics device that computes without a screen."""
    return str(next(iter(sorted(DEVICE_FOLDER.glob("renderD*"))), DEVICE_FOLDER / "renderD128"))


def choose_encoder(asked: str) -> tuple[str, Message | None]:
    """Choose the encoder. Returns ffmpeg's name of it, and a message for the person when it is not the one asked for.

    asked: `x264`; `auto` for the first hardware that works here; or the name of one of this ffmpeg's encoders. Any but x264 is probed
    first with a few frames, for at most a second. Raises UserMistake for a name that is no H.264 encoder of this ffmpeg.
    """
    asked = asked.strip().lower()
    if asked in ("", "x264", SOFTWARE):
        return SOFTWARE, None
    known = list_h264_encoders()
    if asked == "auto":
        working = next((name for name in HARDWARE if name in known and probe_encoder(name) is None), None)
        return (working, None) if working else (SOFTWARE, M("No hardware encoder works on this computer; x264 is used."))
    if asked not in known:
        choices = ", ".join(["x264", "auto", *(name for name in known if name != SOFTWARE)])
        raise UserMistake(M("{name} is no encoder for H.264 on this computer. Choose one of these: {known}.", name=asked, known=choices))
    failure = probe_encoder(asked)
    if failure is None:
        return asked, None
    return SOFTWARE, M("The encoder {name} does not work on this computer ({why}); x264 is used instead.", name=asked, why=failure)


@cache
def list_h264_encoders() -> tuple[str, ...]:
    """Names of the H.264 encoders that this ffmpeg was built with, except those for RGB. Only `probe_encoder` tells whether one works."""
    lines: list[str] = []
    run_media([FFMPEG, "-hide_banner", "-encoders"], name="ffmpeg", on_line=lines.append)
    matches = (re.match(r"\s*V\S{5} (\S+)\s.*", line) for line in lines)
    return tuple(
        match[1] for match in matches if match and ("(codec h264)" in match[0] or match[1].startswith("h264_")) and "rgb" not in match[1]
    )


@cache
def probe_encoder(name: str) -> Message | None:
    """Encode a few frames as for a chunk. Returns what went wrong, or None when they are correct within a second."""
    picture = PROBE_PICTURE.model_copy(update={"encoder": name})
    arguments_of = encoding(picture, PROBE_FRAMES)
    # a slope that grows brighter with every frame, on a colour: a frame that is dropped, doubled, green or out of order is seen
    test_pattern = "color=s=64x64:r=30,format=yuv420p,geq=lum='40+10*N+X':cb=90:cr=150"
    stream = ffmpeg.input(test_pattern, f="lavfi").filter("scale", picture.width, picture.height, flags="neighbor")
    for step, values in arguments_of.filters:
        stream = stream.filter(step, *values)
    with scratch_folder() as folder:
        out = folder / "probe.mp4"
        stream = ffmpeg.output(stream, f"file:{out}", **arguments_of.options, **{"frames:v": PROBE_FRAMES, "video_track_timescale": 90_000})
        arguments = [str(argument) for argument in stream.compile(cmd=FFMPEG, overwrite_output=True)]
        try:
            run_media(
                [arguments[0], "-hide_banner", "-nostdin", "-loglevel", "error", *arguments_of.first, *arguments[1:]],
                name=name,
                longest_s=PROBE_S,
            )
        except MediaFault:
            return M("its driver does not open it")
        return _probe_defect(out, picture)


def _probe_defect(out: Path, picture: Picture) -> Message | None:
    """What is wrong with the probe's frames; None when nothing is."""
    try:
        with av.open(str(out)) as container:
            stream = container.streams.video[0]
            packets = [packet for packet in container.demux(stream) if packet.size]
            times = [(packet.pts, packet.dts) for packet in packets]
            begins_with_key = bool(packets) and packets[0].is_keyframe
            frames = [frame for packet in [*packets, None] for frame in stream.codec_context.decode(packet)]
            format_ = (stream.codec_context.name, stream.codec_context.pix_fmt, stream.width, stream.height)
            planes = [[_plane_mean(frame, index) for index in range(3)] for frame in frames if frame.format.name == "yuv420p"]
    except (av.FFmpegError, OSError, IndexError):
        return M("what it made cannot be read")
    if format_ != ("h264", "yuv420p", picture.width, picture.height):
        return M("it made {kind}", kind=" ".join(map(str, format_)))
    if len(frames) != PROBE_FRAMES or len(packets) != PROBE_FRAMES:
        return M("it made {count} frames of {asked}", count=len(frames), asked=PROBE_FRAMES)
    step = 90_000 // picture.fps
    if not begins_with_key or times != [(index * step, index * step) for index in range(PROBE_FRAMES)]:
        return M("its frames come in an order that cannot be joined")
    expected = np.array([[40 + 10 * index + 31.5, 90, 150] for index in range(PROBE_FRAMES)])
    if (np.abs(np.array(planes) - expected) > PLANE_TOLERANCES).any():
        return M("its picture is not what it was given")
    return None


def _plane_mean(frame: av.VideoFrame, index: int) -> float:
    """Mean level of a plane, without the padding of its lines."""
    plane = frame.planes[index]
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)
    return float(rows[:, : plane.width].mean())
