"""The facts of single files, awkward ones above all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.footage.probe import captured_at

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(("name", "size"), [("turned90.mp4", (96, 160)), ("turned180.mp4", (160, 96)), ("turned270.mp4", (96, 160))])
def test_a_turned_clip_has_the_size_it_is_shown_in(dropped, name, size):
    clip = dropped.clip(name)
    assert (clip.width, clip.height) == size
    assert clip.rotation == {"turned90.mp4": 270, "turned180.mp4": 180, "turned270.mp4": 90}[name]  # ffmpeg's option turns the other way


def test_a_clip_with_square_pixels_missing_has_its_shown_width(dropped):
    assert (dropped.clip("anamorphic.mp4").width, dropped.clip("anamorphic.mp4").height) == (320, 96)


def test_a_variable_rate_is_told_from_a_constant_one(dropped):
    assert dropped.clip("uneven.mp4").variable_rate
    assert dropped.clip("uneven.mp4").longest_gap_s == pytest.approx(0.1, abs=0.001)
    for name in ("plain.mp4", "film24.mp4", "edit_list.mp4", "stream.ts"):
        assert not dropped.clip(name).variable_rate, name
    assert dropped.clip("film24.mp4").frame_rate == pytest.approx(24, abs=0.01)


@pytest.mark.parametrize(
    ("name", "seconds"), [("plain.mp4", 1.6), ("edit_list.mp4", 0.9), ("stream.ts", 1.62), ("silent.mp4", 1.6), ("late_sound.mp4", 1.6)]
)
def test_a_clip_is_as_long_as_its_picture(dropped, name, seconds):
    assert dropped.clip(name).duration_s == pytest.approx(seconds, abs=0.035)


def test_a_clip_without_sound_has_none(dropped):
    assert dropped.clip("silent.mp4").sound is None
    assert dropped.clip("plain.mp4").sound is not None


def test_of_two_picture_tracks_the_larger_is_used(dropped):
    clip = dropped.clip("two tracks.mp4")
    assert (clip.video_stream, clip.width) == (1, 320)


def test_cover_art_is_not_a_picture_track(dropped):
    assert dropped.clip("cover.mp4").video_stream == 0
    assert dropped.clip("cover.mp4").duration_s > 1


def test_any_name_is_read(dropped):
    assert dropped.clip("发来的/村里 [1]'s 50%.mp4").duration_s > 1


@pytest.mark.parametrize("percent", [2, 30, 60, 85])
@pytest.mark.parametrize("place", ["whole", "front"])
def test_a_file_that_was_broken_off_is_said_to_be(dropped, place, percent):
    """`front` has its index at the beginning, so that it opens and plays until it stops."""
    assert dropped.aside(f"broken {place} {percent}.mp4").kind == "truncated"


@pytest.mark.parametrize("suffix", ["mkv", "avi"])
def test_other_containers_are_known_to_be_broken_off_too(dropped, suffix):
    assert dropped.aside(f"broken.{suffix}").kind == "truncated"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nothing.mp4", "empty"),
        ("words.mp4", "unsupported"),
        ("noise.mp4", "unsupported"),
        ("sound.m4a", "no_video"),
        ("sound named.mp4", "no_video"),
        ("photo.jpg", "photo"),
        ("photo named.mp4", "photo"),
        ("no suffix", "photo"),
        ("说明.txt", "note"),
    ],
)
def test_what_is_no_clip_is_set_aside_as_what_it_is(dropped, name, kind):
    assert dropped.aside(name).kind == kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("VID_20261012_073012.mp4", datetime(2026, 10, 12, 7, 30, 12, tzinfo=CHINA)),
        ("VID20261012073012.mp4", datetime(2026, 10, 12, 7, 30, 12, tzinfo=CHINA)),
        ("2026-10-12 07.30.12.mov", datetime(2026, 10, 12, 7, 30, 12, tzinfo=CHINA)),
        ("mmexport1760238000123.mp4", datetime(2025, 10, 12, 3, 0, 0, 123000, tzinfo=UTC)),
        ("wx_camera_1760238000123.mp4", datetime(2025, 10, 12, 3, 0, 0, 123000, tzinfo=UTC)),
        ("IMG_0412.MOV", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("SKU_20269912_990000.mp4", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_the_name_tells_the_time_first_and_the_container_second(name, expected):
    assert captured_at(name, {"creation_time": "2020-01-02T03:04:05.000000Z"}) == expected


@pytest.mark.parametrize("written", ["", "not a time", "1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_an_unset_clock_is_no_time(written):
    assert captured_at("clip.mp4", {"creation_time": written}) is None


@pytest.mark.parametrize(
    ("tag", "meant_slow"),
    [
        ("com.apple.quicktime.full-frame-rate-playback-intent=0", True),
        ("com.apple.quicktime.full-frame-rate-playback-intent=1", False),
        ("com.android.capture.fps=240.000000", True),
        ("com.android.capture.fps=30.000000", False),
        ("comment=slow", None),
    ],
)
def test_the_phones_word_on_slow_motion_is_read(run_ffmpeg, look_at, tmp_path, picture_options, tag, meant_slow):
    fast = ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=120:d=0.2", *picture_options, "-movflags", "use_metadata_tags"]
    clip = look_at(run_ffmpeg(*fast, "-metadata", tag, out=tmp_path / "fast.mov"))
    assert clip.meant_slow is meant_slow
    assert clip.frame_rate == pytest.approx(120, abs=1)
