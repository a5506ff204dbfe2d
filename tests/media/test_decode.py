"""Looking and listening into a clip: upright, on time, whole."""

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.documents.clip import Clip
from pipeline.media import FFMPEG
from pipeline.media.decode import Samples, read_sound, small_frames, small_size


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 25 frames a second, dark but for a white upper left quarter; a beep from 1.0 to 1.5 s."""
    path = tmp_path_factory.mktemp("corner") / "corner.mp4"
    picture = ["-f", "lavfi", "-i", "color=black:s=160x96:r=25:d=2,drawbox=0:0:80:48:white:fill"]
    beep = ["-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*500*t)*between(t,1,1.5)':d=2:s=48000"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path)]
    subprocess.run([FFMPEG, "-y", "-loglevel", "error", *picture, *beep, *coded], check=True)
    return path


def white_quarter(picture: np.ndarray) -> tuple[str, str]:
    high, wide = picture.shape[:2]
    light = picture.mean(axis=2) > 128
    rows, columns = light.mean(axis=1), light.mean(axis=0)
    return "top" if rows[: high // 2].mean() > rows[high // 2 :].mean() else "bottom", (
        "left" if columns[: wide // 2].mean() > columns[wide // 2 :].mean() else "right"
    )


def sound_of(clip: Clip) -> Samples:
    assert clip.sound is not None
    return read_sound(Path(clip.path), clip.sound.stream)


@pytest.mark.parametrize(
    ("turn", "shape", "quarter"),
    [
        (0, (96, 160), ("top", "left")),
        (90, (160, 96), ("bottom", "left")),
        (180, (96, 160), ("bottom", "right")),
        (270, (160, 96), ("top", "right")),
    ],
)
def test_pictures_stand_upright_as_a_player_shows_them(corner, run_ffmpeg, look_at, tmp_path, turn, shape, quarter):
    clip = look_at(run_ffmpeg("-display_rotation", turn, "-i", corner, "-c", "copy", out=tmp_path / "t.mp4"))
    _, picture = next(small_frames(clip, short_side=96, rate=5))
    assert picture.shape[:2] == shape
    assert white_quarter(picture) == quarter


@pytest.mark.parametrize(
    ("turn", "quarter"), [(0, ("top", "right")), (90, ("bottom", "right")), (180, ("bottom", "left")), (270, ("top", "left"))]
)
def test_pictures_of_a_front_camera_are_mirrored_as_a_player_shows_them(corner, run_ffmpeg, look_at, tmp_path, turn, quarter):
    matrix = ["-display_rotation", turn, "-display_hflip"]
    clip = look_at(run_ffmpeg(*matrix, "-i", corner, "-c", "copy", out=tmp_path / "front.mov"))
    _, picture = next(small_frames(clip, short_side=96, rate=5))
    shown = run_ffmpeg("-i", clip.path, "-frames:v", 1, out=tmp_path / "shown.png")
    assert white_quarter(picture) == white_quarter(cv2.imread(str(shown))) == quarter
    assert picture.shape[:2] == (clip.height, clip.width)


def test_pictures_are_as_wide_as_they_are_shown(run_ffmpeg, look_at, tmp_path, picture_options):
    squeezed = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=10:d=1", "-vf", "setsar=2/1", *picture_options]
    clip = look_at(run_ffmpeg(*squeezed, out=tmp_path / "a.mp4"))
    _, picture = next(small_frames(clip, short_side=48, rate=5))
    assert picture.shape[:2] == (48, 160)
    assert small_size(clip, 48) == (160, 48)


@pytest.mark.parametrize("rate", [5, 15, 100])
def test_a_clip_is_looked_at_as_often_as_asked_and_at_true_times(corner, look_at, rate):
    times = [at for at, _ in small_frames(look_at(corner), short_side=48, rate=rate)]
    assert len(times) == pytest.approx(min(rate, 25) * 2, abs=1)
    assert times == sorted(set(times))
    assert all(at * 25 == pytest.approx(round(at * 25), abs=0.01) for at in times)


@pytest.mark.parametrize("how", ["edit list", "stream", "late start"])
def test_the_clock_begins_with_the_clip_whatever_its_header_says(run_ffmpeg, look_at, tmp_path, picture_options, how):
    """The picture turns white one second into what a player shows."""
    turns = [
        "-f",
        "lavfi",
        "-i",
        "color=black:s=64x64:r=25:d=2.4,drawbox=0:0:64:64:white:fill:enable='gte(t,1.4)'",
        *picture_options,
        "-g",
        "10",
    ]
    source = run_ffmpeg(*turns, out=tmp_path / "s.mp4")
    if how == "edit list":
        path = run_ffmpeg("-ss", "0.4", "-i", source, "-c", "copy", out=tmp_path / "e.mp4")
    elif how == "stream":
        path = run_ffmpeg("-ss", "0.4", "-i", source, "-c", "copy", "-output_ts_offset", "500", out=tmp_path / "e.ts")
    else:
        path = run_ffmpeg("-i", source, "-vf", "trim=0.4", "-copyts", *picture_options, out=tmp_path / "e.mkv")
    clip = look_at(path)
    first = next(at for at, picture in small_frames(clip, short_side=32, rate=50) if picture.mean() > 128)
    shown = subprocess.run(
        [FFMPEG, "-loglevel", "error", "-ss", f"{first:.3f}", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True,
        check=True,
    ).stdout
    assert np.frombuffer(shown, np.uint8).mean() > 128
    assert first == pytest.approx(1.0 if how != "stream" else clip.duration_s - 1.0, abs=0.05)


def beep_at(samples: np.ndarray) -> tuple[float, float]:
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    return loud[0] / 16_000, loud[-1] / 16_000


def test_sound_is_on_the_pictures_clock(corner, look_at):
    begins, ends = beep_at(sound_of(look_at(corner)))
    assert begins == pytest.approx(1.0, abs=0.01)
    assert ends == pytest.approx(1.5, abs=0.01)


def test_sound_that_starts_late_is_late(corner, run_ffmpeg, look_at, tmp_path):
    shifted = ["-i", corner, "-itsoffset", "0.5", "-i", corner, "-map", "0:v", "-map", "1:a", "-c", "copy"]
    begins, ends = beep_at(sound_of(look_at(run_ffmpeg(*shifted, out=tmp_path / "late.mp4"))))
    assert begins == pytest.approx(1.5, abs=0.03)
    assert ends == pytest.approx(2.0, abs=0.03)


def test_a_hole_in_the_sound_is_silence_and_moves_nothing(corner, run_ffmpeg, look_at, tmp_path):
    """Half a second of packets is missing before the beep."""
    holed = run_ffmpeg("-i", corner, "-c", "copy", "-bsf:a", "noise=drop='between(pts*tb,0.3,0.8)'", out=tmp_path / "hole.mp4")
    begins, ends = beep_at(sound_of(look_at(holed)))
    assert begins == pytest.approx(1.0, abs=0.03)
    assert ends == pytest.approx(1.5, abs=0.03)


@pytest.mark.system
def test_hdr_looks_like_ordinary_video_to_the_detectors(footage: Path, look_at):
    """203 nits is white: the same street in ordinary video has its sky near white and its shadows near black."""
    for name in ("rooftops_hdr10_pq_hevc10.mp4", "rooftops_hlg_hevc10_portrait.mp4"):
        _, picture = next(small_frames(look_at(footage / "clips" / name), short_side=180, rate=5))
        low, high = np.percentile(picture, [2, 98])
        assert low < 80, name
        assert high > 200, name
