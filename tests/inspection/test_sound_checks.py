"""What is heard: as loud as planned, as long as the picture, and never gone."""

from dataclasses import replace

import pytest

from pipeline.documents.plan import MusicBed
from pipeline.inspection.checks.loudness import LoudnessCheck
from pipeline.inspection.checks.silent import SilentCheck
from pipeline.inspection.checks.sound_length import SoundLengthCheck


def with_sound(made, **changes):
    """The plan with another sound plan."""
    return replace(made, plan=made.plan.model_copy(update={"sound": made.plan.sound.model_copy(update=changes)}))


def test_sound_a_unit_too_quiet_fails(studio, good):
    assert studio.reheard(good, "quiet", "volume=-1dB").wrong(LoudnessCheck)


def test_a_true_peak_at_the_top_fails_while_the_loudness_is_right(studio, good):
    click = "aeval='val(ch)+1.2*between(mod(t,1),0,0.002)*sin(2*PI*900*t)':c=same"
    found = studio.reheard(good, "click", click).wrong(LoudnessCheck)
    assert ["peaks" in finding.message.text for finding in found] == [True]


def test_where_nothing_is_to_be_heard_there_must_be_silence(studio, good):
    assert with_sound(good, voices=()).wrong(LoudnessCheck)
    assert not with_sound(studio.reheard(good, "mute", "volume=0"), voices=()).wrong(LoudnessCheck)


def test_ambience_without_voice_and_music_may_be_quiet_and_never_too_loud(studio, good):
    ambience = tuple(voice.model_copy(update={"speech": False}) for voice in good.plan.sound.voices)
    assert not with_sound(studio.reheard(good, "brook", "volume=-14dB"), voices=ambience).wrong(LoudnessCheck)
    assert with_sound(studio.reheard(good, "roar", "volume=2dB"), voices=ambience).wrong(LoudnessCheck)


@pytest.mark.parametrize("said", [None, -28.0])
def test_a_voice_or_music_that_was_lost_is_not_taken_for_quiet_ambience(studio, good, said):
    whisper = studio.reheard(good, "brook", "volume=-14dB")
    ambience = tuple(voice.model_copy(update={"speech": False}) for voice in good.plan.sound.voices)
    music = MusicBed(path=str(studio.tone(5, 0.2)), sha256="m", gain_db=-4, ducked_db=12, fade_out_s=1.0)
    assert whisper.wrong(LoudnessCheck, loudness_lufs=said)
    assert with_sound(whisper, voices=ambience, music=music).wrong(LoudnessCheck, loudness_lufs=said)


def test_sound_that_ends_before_the_picture_fails(studio, good):
    wrong = studio.reheard(good, "early", "atrim=end=4.8").wrong(SoundLengthCheck)
    assert wrong[0].at_s == pytest.approx(4.8, abs=0.05)


def test_a_video_without_a_sound_track_fails(studio, good):
    none = studio.repacked(good, "no-sound", "-an")
    assert none.wrong(SoundLengthCheck)
    assert none.wrong(LoudnessCheck)
    assert none.wrong(SilentCheck)


def test_a_muted_second_under_a_voice_fails_at_its_time(studio, good):
    wrong = studio.reheard(good, "muted", "volume=0:enable='between(t,2,3)'").wrong(SilentCheck)
    assert wrong[0].at_s == pytest.approx(2, abs=0.1)


@pytest.mark.system
def test_silence_that_the_source_has_is_planned(studio, good):
    hushed = studio.source(1, sound="volume=0:enable='between(t,3,4)'")
    made = studio.good((hushed, studio.source(2)))
    assert not studio.reheard(replace(good, plan=made.plan), "hushed", "volume=0:enable='between(t,2,3)'").wrong(SilentCheck)


def test_music_that_falls_silent_before_its_fade_fails(studio, good):
    music = MusicBed(path=str(studio.tone(5, 0.2)), sha256="m", gain_db=-12, ducked_db=6, fade_out_s=0.4)
    assert with_sound(good, music=music).wrong(SilentCheck)
    assert not with_sound(good, music=music.model_copy(update={"fade_out_s": 1.0})).wrong(SilentCheck)
