"""Where the eye rests, where somebody speaks, and what a copy looks like."""

import json
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.analysis import analyse
from pipeline.analysis.sound import measure_sound
from pipeline.resources import ASSETS
from tests.tiers import sample

SELFIE, ROAD = "selfie_hevc_two_video_tracks_rot90.mp4", "road_camera_mjpeg.AVI"


def clip_with_sound(sound: Path | str, out: Path, run_ffmpeg, look_at, picture_options, sound_options, *, late_s: float = 0.0):
    """A dark still picture with a sound file, or a source that lavfi makes, under it."""
    heard = ["-i", sound] if isinstance(sound, Path) else ["-f", "lavfi", "-i", sound]
    still = ["-f", "lavfi", "-i", "color=gray:s=64x64:r=5:d=15"]
    return look_at(run_ffmpeg(*still, "-itsoffset", late_s, *heard, "-shortest", *picture_options, *sound_options, out=out))


@pytest.fixture
def wrapped(tmp_path: Path, run_ffmpeg, look_at, picture_options, sound_options):
    """A clip made of a sound: a file, or an ffmpeg source's name."""
    return lambda sound, late_s=0.0: clip_with_sound(
        sound, tmp_path / "s.mp4", run_ffmpeg, look_at, picture_options, sound_options, late_s=late_s
    )


@pytest.mark.parametrize("name", sample(["pub_review_woman_AI_portrait.mp4", SELFIE], SELFIE))
def test_a_face_is_found_in_most_of_a_clip_that_shows_one(footage: Path, look_at, name):
    analysis = analyse(look_at(footage / "clips" / name))
    assert analysis.shots[0].faces > 0.6
    faces = [subject for subject in analysis.subjects if subject.kind == "face"]
    assert all(face.x - face.width / 2 > -0.05 and face.x + face.width / 2 < 1.05 for face in faces)
    assert all(0.03 < face.width < 0.9 for face in faces)


@pytest.mark.parametrize("name", sample([ROAD, "flower_bloom_540p.mp4", "rooftops_hlg_hevc10_portrait.mp4"], ROAD))
def test_no_face_is_found_where_nobody_is(footage: Path, look_at, name):
    analysis = analyse(look_at(footage / "clips" / name))
    assert not [subject for subject in analysis.subjects if subject.kind == "face"]


@pytest.mark.system
@pytest.mark.parametrize("turn", sample([90, 180, 270, "mirrored"], 90, "mirrored"))
def test_a_face_is_where_the_player_shows_it_however_the_phone_was_held(
    footage: Path, look_at, run_ffmpeg, tmp_path, picture_options, turn
):
    """The picture is stored turned, or mirrored by a front camera, and the header undoes that: the same face stands at the same place."""
    woman = footage / "clips" / "pub_review_woman_AI_portrait.mp4"
    turned = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock", "mirrored": "hflip"}[turn]
    stored = run_ffmpeg("-i", woman, "-t", 1.2, "-an", "-vf", f"scale=-2:480,{turned}", *picture_options, out=tmp_path / "stored.mp4")
    matrix = ["-display_hflip"] if turn == "mirrored" else ["-display_rotation", turn]
    clip = look_at(run_ffmpeg(*matrix, "-i", stored, "-c", "copy", out=tmp_path / "turned.mp4"))
    upright = look_at(run_ffmpeg("-i", woman, "-t", 1.2, "-an", "-vf", "scale=-2:480", *picture_options, out=tmp_path / "upright.mp4"))
    assert (clip.width, clip.height) == (upright.width, upright.height)
    where = [np.median([(s.x, s.y, s.width) for s in analyse(each).subjects if s.kind == "face"], axis=0) for each in (clip, upright)]
    assert where[0] == pytest.approx(where[1], abs=0.03)


def test_the_eye_rests_on_what_stands_out(judged):
    picture = np.full((270, 480, 3), (120, 130, 125), np.uint8)
    rng = np.random.default_rng(2)
    for x, y in rng.integers(0, 60, (40, 2)):
        cv2.circle(picture, (330 + int(x), 110 + int(y)), 5, tuple(int(c) for c in rng.integers(0, 255, 3)), -1, cv2.LINE_AA)
    subjects = [subject for subject in judged([picture] * 30).subjects if subject.kind == "interest"]
    assert np.median([subject.x for subject in subjects]) == pytest.approx(360 / 480, abs=0.08)
    assert np.median([subject.y for subject in subjects]) == pytest.approx(140 / 270, abs=0.1)


def test_a_copy_sent_through_a_chat_looks_the_same_and_another_view_does_not(view, other_view, filmed, judged):
    picture, other = filmed(view, [0], [0])[0], filmed(other_view, [0], [0])[0]
    small = cv2.resize(picture, (240, 136), interpolation=cv2.INTER_AREA)
    prints = [int(judged([each] * 12).shots[0].fingerprint, 16) for each in (picture, small, other)]
    assert (prints[0] ^ prints[1]).bit_count() <= 6
    assert (prints[0] ^ prints[2]).bit_count() > 16


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("zh_aishell_BAC009S0724W0121.wav", 2.5),
        ("zh_cosyvoice_prompt.wav", 2.0),
        ("zh_firered_IT0011W0001.wav", 0.8),
        ("zh_podcast_female.wav", 7.0),
        ("zh_podcast_male.wav", 9.0),
    ],
)
def test_speech_is_found_where_somebody_speaks(footage: Path, wrapped, name, least):
    facts = measure_sound(wrapped(footage / "speech" / name))
    assert facts is not None
    assert sum(span.length_s for span in facts.speech) >= least
    assert facts.speech_lufs is not None
    assert -50 < facts.speech_lufs < -5


def test_speech_is_found_in_the_demos_talk_where_its_makers_put_it(demo: Path, look_at):
    name = "VID_20261018_093000.mp4"
    said = json.loads((ASSETS / "demo" / "truth.json").read_text(encoding="utf-8"))[name]["speech"]
    facts = measure_sound(look_at(demo / name))
    assert facts is not None
    for sentence in said:
        middle = (sentence["start"] + sentence["end"]) / 2
        assert any(span.start_s < middle < span.end_s for span in facts.speech), sentence
        heard = sum(max(0.0, min(span.end_s, sentence["end"]) - max(span.start_s, sentence["start"])) for span in facts.speech)
        assert heard > 0.8 * (sentence["end"] - sentence["start"]), sentence
    silence = [(before["end"], after["start"]) for before, after in pairwise(said)]
    for begins, ends in silence:
        assert not any(span.start_s < ends - 0.35 and span.end_s > begins + 0.35 for span in facts.speech), (begins, ends)


def test_sound_that_starts_late_is_heard_late(footage: Path, wrapped):
    """Spans are on the picture's clock, also when the sound track begins after it."""
    speech = footage / "speech" / "zh_cosyvoice_prompt.wav"
    plain, late = measure_sound(wrapped(speech)), measure_sound(wrapped(speech, 1.5))
    assert plain is not None
    assert late is not None
    assert late.speech[0].start_s == pytest.approx(plain.speech[0].start_s + 1.5, abs=0.08)


@pytest.mark.parametrize(
    "source",
    [
        "anoisesrc=d=5:c=pink:a=0.3:seed=3",
        "anoisesrc=d=5:c=brown:a=0.5:seed=4",
        "sine=440:d=5",
        "aevalsrc='0.3*sin(2*PI*(300+200*sin(2*PI*3*t))*t)*gt(mod(t,0.7),0.35)':d=5",
    ],
)
def test_no_speech_is_found_in_noise(wrapped, source):
    facts = measure_sound(wrapped(source))
    assert facts is not None
    assert facts.speech == ()
    assert facts.speech_lufs is None
    assert facts.loudness_lufs is not None


@pytest.mark.system
def test_no_speech_is_found_in_music(wrapped):
    for path in sorted((ASSETS / "music").glob("*.opus")):
        facts = measure_sound(wrapped(path))
        assert facts is not None
        assert facts.speech == (), path.name


@pytest.mark.system
def test_no_speech_is_found_in_other_peoples_music(footage: Path, wrapped):
    for path in sorted((footage / "music").iterdir()):
        facts = measure_sound(wrapped(path))
        assert facts is not None
        assert facts.speech == (), path.name


def test_silence_has_no_loudness(wrapped):
    facts = measure_sound(wrapped("anullsrc=d=3"))
    assert facts is not None
    assert (facts.loudness_lufs, facts.speech_lufs, facts.speech) == (None, None, ())


def test_a_clip_without_sound_has_no_sound_facts(run_ffmpeg, look_at, picture_options, tmp_path):
    silent = run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=1", *picture_options, out=tmp_path / "a.mp4")
    assert measure_sound(look_at(silent)) is None
