"""Colours come through: any range, depth and sampling, any place of the window, with a table or without."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.documents.edit import CropKey, CropPath
from pipeline.store import Store
from tests.tiers import sample

PQ = "rooftops_hdr10_pq_hevc10.mp4"

BARS = "testsrc2=s=480x270:r=30:d=1"
KINDS = {
    "ordinary.mp4": ["-c:v", "libx264", "-crf", "6", "-pix_fmt", "yuv420p"],
    "ten bits.mp4": ["-c:v", "libx265", "-x265-params", "log-level=error:crf=6", "-pix_fmt", "yuv420p10le"],
    "full range.avi": ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj422p"],
    "full range.mp4": ["-c:v", "libx264", "-crf", "6", "-pix_fmt", "yuvj420p"],
    "rgb.mov": ["-c:v", "qtrle", "-pix_fmt", "rgb24"],
}


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A colour table that changes nothing."""
    path = tmp_path_factory.mktemp("table") / "same.cube"
    steps = [n / 16 for n in range(17)]
    path.write_text("LUT_3D_SIZE 17\n" + "".join(f"{r:.6f} {g:.6f} {b:.6f}\n" for b in steps for g in steps for r in steps))
    return path


def window(x: float) -> CropPath:
    """A third of the picture's width, standing still."""
    return CropPath(width=0.3125, height=1, keys=(CropKey(frame=0, x=x, y=0.5),))


def apart(one: list[np.ndarray], other: list[np.ndarray]) -> float:
    """Mean difference of frames (levels of 255)."""
    return float(np.mean([np.abs(a.astype(float) - b.astype(float)).mean() for a, b in zip(one, other, strict=True)]))


@pytest.mark.parametrize("kind", sample(KINDS, "ordinary.mp4", "full range.mp4"))
@pytest.mark.parametrize("table", sample([False, True], True))
def test_the_same_bars_look_the_same_whatever_they_are_stored_as(
    run_ffmpeg, look_at, planned, frames_of, same, tmp_path, kind: str, table: bool
):
    """The window at even and odd columns; the picture itself says what stands there."""
    clip = look_at(run_ffmpeg("-f", "lavfi", "-i", BARS, *KINDS[kind], out=tmp_path / kind))
    lossless = ["-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv444p"]
    plain = look_at(run_ffmpeg("-f", "lavfi", "-i", BARS, *lossless, out=tmp_path / "plain.mp4"))
    whole = frames_of(planned([(plain, 0.2, 3)], size=(480, 270), preset=("ultrafast", 4)), Store(tmp_path / "w"), "rgb24")
    for column in (100, 101):
        crop = window((column + 75) / 480)
        how = {"size": (150, 270), "crops": [crop], "preset": ("ultrafast", 4), "lut": same if table else None}
        shown = frames_of(planned([(clip, 0.2, 3)], **how), Store(tmp_path / str(column)), "rgb24")
        assert apart(shown, [frame[:, column : column + 150] for frame in whole]) < 7, column


@pytest.mark.system
@pytest.mark.parametrize("name", sample([PQ, "rooftops_hlg_hevc10_portrait.mp4", "geese_lake_phone_720p.mp4"], PQ))
def test_a_window_at_any_column_shows_what_the_whole_picture_shows_there(footage, look_at, planned, frames_of, same, tmp_path, name: str):
    """HDR too, with a table that changes nothing and without, smaller than the clip and larger."""
    clip = look_at(footage / "clips" / name)
    wide = 480 if clip.width > clip.height else 270
    size = (wide, round(wide * clip.height / clip.width / 2) * 2)
    whole = frames_of(planned([(clip, 0.2, 2)], size=size, preset=("ultrafast", 4)), Store(tmp_path / "w"), "rgb24")
    part = round(0.3125 * wide / 2) * 2
    for column in (clip.width // 4, clip.width // 4 + 1):
        for table in (None, same):
            crop = window((column + 0.15625 * clip.width) / clip.width)
            how = {"size": (part, size[1]), "crops": [crop], "preset": ("ultrafast", 4), "lut": table}
            shown = frames_of(planned([(clip, 0.2, 2)], **how), Store(tmp_path / f"{column} {table is None}"), "rgb24")
            left = round(column * wide / clip.width)
            assert apart(shown, [frame[:, left : left + part] for frame in whole]) < 7, (column, table)


@pytest.mark.system
def test_a_window_that_glides_over_hdr_shows_the_same_colours(footage, look_at, planned, frames_of, same, tmp_path):
    clip = look_at(footage / "clips" / "rooftops_hdr10_pq_hevc10.mp4")
    glide = CropPath(width=0.3125, height=1, keys=(CropKey(frame=0, x=0.3, y=0.5), CropKey(frame=9, x=0.323, y=0.5)))
    for table in (None, same):
        how = {"size": (150, 270), "preset": ("ultrafast", 4), "lut": table}
        gliding = frames_of(planned([(clip, 0.2, 10)], crops=[glide], **how), Store(tmp_path / f"a{table is None}"), "rgb24")
        standing = frames_of(planned([(clip, 0.2, 10)], crops=[window(0.3)], **how), Store(tmp_path / f"b{table is None}"), "rgb24")
        for place, (one, other) in enumerate(zip(gliding, standing, strict=True)):
            # the picture moves to the left: what the resting window shows is found again there
            moved = round(0.023 * place / 9 * 480)
            assert apart([one[:, : 140 - moved]], [other[:, moved:140]]) < 9, place
