"""Pictures that are woven of two fields are known by their lines, whatever their flags say."""

import numpy as np
import pytest

from pipeline.media.frame_selection import filter_chain, select_frames

MOVING = "color=gray:s=500x480:r=50:d=1.2,drawgrid=w=40:h=0:t=12:c=white[g];[g]scroll=h=0.015"
"""A grid that moves sideways five pixels a field."""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg):
    """Records the moving grid with these filters and options."""

    def record(name: str, filters: str, *options: object):
        out = tmp_path_factory.mktemp("fields") / name
        return run_ffmpeg("-f", "lavfi", "-i", f"{MOVING},{filters}", "-pix_fmt", "yuv420p", *options, out=out)

    return record


H264, MPEG2 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", 10], ["-c:v", "mpeg2video", "-q:v", 4, "-g", 10]


@pytest.mark.parametrize(
    ("name", "filters", "options", "fields"),
    [
        ("camcorder.mpg", "tinterlace=interleave_top", [*MPEG2, "-flags", "+ilme+ildct"], "tff"),
        ("flags say whole, top first.mp4", "tinterlace=interleave_top,setfield=prog", H264, "tff"),
        ("flags say whole, bottom first.mp4", "tinterlace=interleave_bottom,setfield=prog", [*H264, "-crf", 30], "bff"),
        ("flags say woven.mp4", "fps=25,setfield=tff", [*H264, "-x264opts", "interlaced"], ""),
        ("whole.mp4", "fps=25", H264, ""),
    ],
)
def test_fields_are_known_by_the_look_of_the_lines(recorded, look_at, name, filters, options, fields):
    assert look_at(recorded(name, filters, *options)).fields == fields


def test_where_nothing_moves_the_flags_decide(run_ffmpeg, look_at, tmp_path):
    still = ["-f", "lavfi", "-i", "smptebars=s=160x120:r=25:d=0.6", *H264]
    assert look_at(run_ffmpeg(*still, "-x264opts", "interlaced", "-vf", "setfield=tff", out=tmp_path / "woven.mp4")).fields == "auto"
    assert look_at(run_ffmpeg(*still, out=tmp_path / "whole.mp4")).fields == ""


def combs(picture: np.ndarray) -> float:
    """How much neighbouring lines differ, against lines two apart."""
    grey = picture.astype(int)
    return float(np.abs(np.diff(grey[::1], axis=0)).mean() / (1 + np.abs(grey[2:] - grey[:-2]).mean()))


def test_what_is_rendered_of_woven_pictures_has_no_combs(recorded, look_at, run_ffmpeg, tmp_path):
    clip = look_at(recorded("woven.mp4", "tinterlace=interleave_top,setfield=prog", *H264))
    seen = {}
    for fields in ("", clip.fields):
        selection = select_frames(clip.path, 0, 0.4, clip.longest_gap_s, 5, fps=25, fields=fields)
        options = [word for key, value in selection.options.items() for word in (f"-{key}", value) if word is not None]
        grey = ["-vf", filter_chain(selection.steps), "-f", "rawvideo", "-pix_fmt", "gray"]
        raw = run_ffmpeg(*options, "-i", clip.path, *grey, out=tmp_path / f"{fields}.raw")
        pictures = np.fromfile(raw, np.uint8).reshape(-1, clip.height, clip.width)
        assert len(pictures) == 5
        seen[fields] = max(combs(picture[20:-20]) for picture in pictures)
    assert seen[clip.fields] < seen[""] / 8
