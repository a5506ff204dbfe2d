"""The file as a file: whole, of the right length, size, pace and format, with nothing in it that must not leave."""

from dataclasses import replace

import pytest

from pipeline.errors import Fault
from pipeline.inspection.checks import CHECKS, codec, frame_times, length, metadata, size


def test_a_good_file_passes_every_check(good):
    inspection = good.inspected()
    assert [str(finding.message) for finding in inspection.findings if not finding.passed] == []
    assert {finding.check for finding in inspection.findings} == {"whole", *(check.name for check in CHECKS)}


def test_a_file_changed_after_rendering_is_named(good):
    first = good.inspected(length.LengthCheck, sha256="0" * 64).findings[0]
    assert (first.check, first.passed) == ("whole", False)


def test_a_file_that_breaks_off_is_named_with_its_time(good, tmp_path):
    video = tmp_path / "broken.mp4"
    data = good.video.read_bytes()
    video.write_bytes(data[: len(data) * 6 // 10])
    first = replace(good, video=video).inspected(length.LengthCheck).findings[0]
    assert (first.check, first.passed) == ("whole", False)
    assert 0 < first.at_s < 4.5


def test_a_file_that_is_no_video_fails_with_one_finding(good, tmp_path):
    video = tmp_path / "letter.mp4"
    video.write_text("this is a letter")
    inspection = replace(good, video=video).inspected()
    assert [finding.passed for finding in inspection.findings] == [False]


def test_a_missing_file_is_a_fault_that_names_it(good, tmp_path):
    with pytest.raises(Fault, match=r"gone\.mp4"):
        replace(good, video=tmp_path / "gone.mp4").inspected(sha256="0")


@pytest.mark.system
def test_a_video_that_ends_early_fails_its_length(studio, good):
    wrong = studio.finished(good, "short", extra="-frames:v 140").wrong(length.LengthCheck)
    assert wrong
    assert wrong[0].at_s == pytest.approx(140 / 30, abs=0.01)


def test_a_video_longer_than_the_destination_allows_fails(good):
    strict = replace(good, destination=good.destination.model_copy(update={"max_seconds": 3.0}))
    assert strict.wrong(length.LengthCheck)


@pytest.mark.system
def test_another_size_than_planned_fails(studio, good):
    assert studio.finished(good, "wide", vf="scale=288:512").wrong(size.SizeCheck)


@pytest.mark.system
def test_pixels_that_are_not_square_fail(studio, good):
    assert studio.finished(good, "oblong", vf="setsar=4/3").wrong(size.SizeCheck)


@pytest.mark.system
def test_a_dropped_frame_fails_at_its_time(studio, good):
    dropped = studio.finished(good, "dropped", vf="select='not(eq(n,50))'", extra="-fps_mode vfr")
    wrong = dropped.wrong(frame_times.FrameTimesCheck)
    assert wrong[0].at_s == pytest.approx(51 / 30, abs=0.002)


@pytest.mark.system
def test_another_frame_rate_fails(studio, good):
    assert studio.finished(good, "slow", vf="fps=25").wrong(frame_times.FrameTimesCheck)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("main-profile", "-profile:v main"),
        ("full-chroma", "-pix_fmt yuv444p -profile:v high444"),
        ("hevc", "-c:v libx265 -profile:v main -x265-params log-level=error"),
        ("baseline", "-preset ultrafast"),
        ("mono", "-ac 1"),
        ("slow-sound", "-ar 44100"),
        ("mp3", "-c:a libmp3lame"),
    ],
)
def test_another_format_fails(studio, good, name, arguments):
    assert studio.finished(good, name, extra=f"-t 0.5 -preset veryfast {arguments}").wrong(codec.CodecCheck)


def test_missing_colour_tags_fail(studio, good):
    untagged = "setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown"
    wrong = studio.finished(good, "untagged", vf=untagged, extra="-t 0.5 -preset veryfast").wrong(codec.CodecCheck)
    assert {finding.message.values["found"] for finding in wrong} == {2}
    assert len(wrong) == 3


def test_an_index_behind_the_media_fails(studio, good):
    assert studio.repacked(good, "late-index", "-movflags 0").wrong(codec.FastStartCheck)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("place", "-metadata location=+27.9000+102.2000/"),
        ("device", "-movflags +faststart+use_metadata_tags -metadata com.android.model=Phone"),
        ("person", "-metadata artist=Somebody"),
    ],
)
def test_a_tag_of_place_device_or_person_fails(studio, good, name, arguments):
    assert studio.repacked(good, name, arguments).wrong(metadata.MetadataCheck)


def test_a_second_picture_track_fails(studio, good):
    assert studio.repacked(good, "two-tracks", "-map 0:v").wrong(metadata.MetadataCheck)
