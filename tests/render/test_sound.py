"""The finished sound track: one loudness, music that gives way, joins that cannot be heard, exact lengths."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipeline.documents.plan import MusicBed, SoundPlan
from pipeline.errors import UserMistake
from pipeline.media import FFMPEG
from pipeline.render.clip_sound import cut_clip_sounds
from pipeline.render.sound import render_sound
from pipeline.store import Store, file_sha256
from tests import builders
from tests.tiers import sample

RATE = 48000
SPOKEN = (
    "(0.5*sin(2*PI*140*t)+0.3*sin(2*PI*280*t)+0.25*sin(2*PI*560*t)+0.2*sin(2*PI*840*t+1)+0.1*sin(2*PI*1120*t))"
    "*max(0,sin(2*PI*2.1*t)+0.3*sin(2*PI*0.63*t))"
)
"""Harmonics that come and go like syllables."""


def ffmpeg(*args):
    return subprocess.run([FFMPEG, "-hide_banner", "-v", "error", "-y", *map(str, args)], check=True, capture_output=True).stdout


def samples(path, channels=2):
    data = ffmpeg("-i", path, "-map", "0:a:0", "-ar", RATE, "-ac", channels, "-f", "f32le", "-")
    return np.frombuffer(data, np.float32).reshape(-1, channels)


def measured(path):
    """Integrated loudness and true peak as ffmpeg's own meter reads the finished file."""
    log = subprocess.run([FFMPEG, "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"], capture_output=True, text=True).stderr
    summary = log.rpartition("Summary:")[2]
    return float(re.search(r"I:\s*(\S+) LUFS", summary)[1]), float(re.search(r"Peak:\s*(\S+) dBFS", summary)[1])


def level_db(sound):
    return 10 * np.log10((sound.astype(np.float64) ** 2).mean() + 1e-14)


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    """A folder, and a function that makes a recording in it once from an ffmpeg expression."""
    folder = tmp_path_factory.mktemp("studio")

    def record(name, expression, seconds=8.0, *more):
        path = folder / name
        if not path.exists():
            ffmpeg("-f", "lavfi", "-i", f"aevalsrc='{expression}':s={RATE}:d={seconds}", *more, path)
        return path

    return record


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


def voice(path, *, start=0.0, at=0.0, length=8.0, gain=0.0, speech=True, clean=False, fade=0.02):
    times = {"source_start_s": start, "at_s": at, "length_s": length, "fade_s": fade}
    return builders.voice(file_sha256(path), path, gain_db=gain, clean=clean, speech=speech, **times)


def bed(path, gain=0.0, ducked=11.0, out=0.5):
    return MusicBed(path=str(path), sha256=file_sha256(path), gain_db=gain, ducked_db=ducked, fade_out_s=out)


def plan(length, *voices, music=None, target=-24.0):
    """A plan; its low target keeps the limiter out of what is measured and takes one encoding."""
    return SoundPlan(length_s=length, voices=voices, music=music, target_lufs=target)


SOURCES = {
    "ordinary": f"0.2*{SPOKEN}",
    "quiet": f"0.04*{SPOKEN}",
    "clipped": f"max(-1,min(1,4*{SPOKEN}))",
    "whisper and shout": f"(0.008+0.8*gt(mod(t,4),2.6))*{SPOKEN}",
    "noise": f"0.02*(random(0)*2-1)+0.05*{SPOKEN}",
    "claps": "0.9*sin(2*PI*1500*t)*exp(-60*mod(t,0.7))*lt(mod(t,0.7),0.2)",
}


@pytest.mark.parametrize("name", sample(SOURCES, "ordinary", "noise"))
def test_every_source_comes_out_at_the_target_and_under_the_peak_after_aac(studio, store, name):
    recording = studio(f"{name}.wav", SOURCES[name])
    result = render_sound(plan(5.0, voice(recording, length=5.0), target=-14), store=store)
    lufs, peak = measured(result.file)
    assert abs(lufs + 14) <= 0.5
    assert peak < -1
    assert (result.loudness_lufs, result.true_peak_dbtp) == (pytest.approx(lufs, abs=0.11), pytest.approx(peak, abs=0.11))


def test_silence_stays_silence_of_the_right_length(store):
    result = render_sound(plan(3.3), store=store)
    sound = samples(result.file)
    assert result.loudness_lufs is None
    assert np.abs(sound).max() < 1e-4
    assert abs(len(sound) - 3.3 * RATE) <= 1024


def test_a_hiss_too_quiet_to_be_anything_is_not_raised(studio, store):
    hiss = studio("hiss.wav", "0.0006*(random(0)*2-1)", 4)
    result = render_sound(plan(4.0, voice(hiss, length=4.0), target=-14), store=store)
    assert result.loudness_lufs is None
    assert level_db(samples(result.file)) < -65


@pytest.mark.system
def test_a_very_quiet_source_is_raised_by_thirty_decibels_at_most(studio, store):
    faint = studio("faint.wav", f"0.006*{SPOKEN}")
    result = render_sound(plan(8.0, voice(faint), target=-14), store=store)
    assert result.gain_db == 30
    assert result.loudness_lufs < -15


def test_a_track_shorter_than_the_meter_can_measure_is_made_all_the_same(studio, store):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    result = render_sound(plan(0.3, voice(recording, length=0.3)), store=store)
    assert result.loudness_lufs is None
    assert abs(len(samples(result.file)) - 0.3 * RATE) <= 1024


def test_music_goes_down_under_speech_and_comes_back(studio, store):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    tone = studio("tone.wav", "0.2*sin(2*PI*6000*t)", 20)
    speech = [voice(recording, at=4.0, length=3.0, gain=4), voice(recording, start=3, at=7.5, length=2.5, gain=4)]
    quiet = plan(16.0, *speech, music=bed(tone, gain=-8, ducked=12))
    result = render_sound(quiet, store=store)
    high = samples(result.file, 1)[:, 0]
    spectrum = np.fft.rfft(high)
    spectrum[: int(5500 * len(high) / RATE)] = 0
    music = np.fft.irfft(spectrum, len(high))

    def at(start, stop):
        return level_db(music[int(start * RATE) : int(stop * RATE)])

    between = at(1, 3)
    assert at(4.2, 6.8) == pytest.approx(between - 12, abs=1)
    assert at(7.05, 7.45) == pytest.approx(between - 12, abs=1), "a short pause is bridged"
    assert at(12, 15) == pytest.approx(between, abs=1)
    steps = np.diff([level_db(music[i : i + 2400]) for i in range(RATE, 15 * RATE, 2400)])
    assert np.abs(steps).max() < 4, "it goes down and up smoothly"
    assert level_db(music[-480:]) < between - 25, "it fades out at the end"


def test_music_that_a_style_keeps_low_rises_after_the_last_word_where_it_carries_the_end_card_alone(studio, store):
    recording, tone = studio("ordinary.wav", SOURCES["ordinary"]), studio("tone.wav", "0.2*sin(2*PI*6000*t)", 20)
    low = bed(tone, gain=-12, ducked=12).model_copy(update={"rises_at_s": 7.0, "rise_db": 5.0})
    sound = samples(render_sound(plan(11.0, voice(recording, at=4.0, length=3.0, gain=4), music=low), store=store).file, 1)[:, 0]
    assert level_db(sound[8 * RATE : 10 * RATE]) == pytest.approx(level_db(sound[RATE : 3 * RATE]) + 5, abs=0.5)


def test_joins_do_not_click(studio, store):
    hum = studio("hum.wav", "0.3*sin(2*PI*100*t)")
    pieces = [voice(hum, start=s, at=at, length=0.5, fade=0.0) for s, at in ((0.0025, 0.0), (3.0075, 0.5), (1.0051, 1.3))]
    sound = samples(render_sound(plan(2.5, *pieces), store=store).file, 1)[:, 0]
    bend = np.abs(np.diff(sound, n=2))
    steady = bend[int(0.1 * RATE) : int(0.4 * RATE)].max()
    assert bend.max() < 12 * steady
    clicked = sound.copy()
    clicked[int(0.7 * RATE) + np.argmax(sound[int(0.7 * RATE) : int(0.72 * RATE)]) :] *= -1
    assert np.abs(np.diff(clicked, n=2)).max() > 50 * steady, "the measure sees a click where there is one"


def test_a_clip_whose_sound_ends_early_fades_out_there(studio, store):
    hum = studio("short.wav", "0.3*cos(2*PI*100*t)", 1.0025)
    sound = samples(render_sound(plan(2.0, voice(hum, start=0.5, length=1.5)), store=store).file, 1)[:, 0]
    bend = np.abs(np.diff(sound, n=2))
    assert bend.max() < 12 * bend[int(0.1 * RATE) : int(0.4 * RATE)].max()
    assert level_db(sound[int(0.6 * RATE) :]) < -70


@pytest.mark.system
def test_a_long_cut_has_no_seams(studio, store):
    hum = studio("long.wav", "0.3*sin(2*PI*100*t)", 30)
    for clean in (False, True):
        (cut,) = cut_clip_sounds([voice(hum, start=0.5, length=29, clean=clean)], store, lambda _: None)
        sound = np.fromfile(cut, np.float32)
        assert len(sound) == 29 * RATE
        bend = np.abs(np.diff(sound, n=2))[RATE:-RATE]
        assert bend.max() < 2e-4, "the recording's own 16 bits, no more"


def test_pieces_that_go_on_in_clip_and_timeline_are_heard_as_one(studio, store):
    hum = studio("hum.wav", "0.3*sin(2*PI*100*t)")
    split = [voice(hum, start=1 + n / 3, at=n / 3, length=1 / 3) for n in range(9)]
    one = samples(render_sound(plan(3.0, voice(hum, start=1, length=3.0)), store=store).file)
    many = samples(render_sound(plan(3.0, *split), store=store).file)
    assert np.abs(one - many).max() < 1e-4


@pytest.mark.system
@pytest.mark.parametrize(
    ("wiring", "channels"),
    sample([("a dead right side", "{0}|0*t"), ("opposed sides", "{0}|-1*{0}")], ("a dead right side", "{0}|0*t")),
)
def test_a_badly_wired_microphone_is_heard_on_both_sides(studio, store, wiring, channels):
    good = studio("ordinary.wav", SOURCES["ordinary"])
    bad = studio(f"{wiring}.wav", channels.format(SOURCES["ordinary"]))
    tone = studio("tone.wav", "0.2*sin(2*PI*6000*t)", 20)
    music = bed(tone, gain=-12, ducked=0)

    def share(recording):
        sound = samples(render_sound(plan(2.5, voice(recording, length=2.5), music=music), store=store).file)
        assert level_db(sound[:, 0]) == pytest.approx(level_db(sound[:, 1]), abs=0.2)
        spectrum = np.abs(np.fft.rfft(sound[:, 0])) ** 2
        edge = int(5500 * len(sound) / RATE)
        return 10 * np.log10(spectrum[:edge].sum() / spectrum[edge:].sum())

    assert share(bad) > share(good) - 0.5


@pytest.mark.system
def test_three_hundred_voices_mix(studio, store):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    voices = [voice(recording, start=1.0, at=n * 0.05, length=0.12) for n in range(300)]
    result = render_sound(plan(15.1, *voices), store=store)
    assert abs(len(samples(result.file)) - 15.1 * RATE) <= 1024
    assert abs(result.loudness_lufs + 24) <= 0.5


@pytest.mark.parametrize("length", [1.0, 2.7333333, 5.0333333])
def test_the_track_is_as_long_as_the_picture(studio, store, length):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    assert abs(len(samples(render_sound(plan(length, voice(recording)), store=store).file)) - length * RATE) <= 1024


def test_an_equal_plan_is_not_made_again_wherever_its_files_lie(studio, store, tmp_path):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    moved = tmp_path / "村里 [1]'s 50%.wav"
    moved.write_bytes(recording.read_bytes())
    first = render_sound(plan(2.0, voice(recording, length=2.0)), store=store)
    stamp = Path(first.file).stat().st_mtime_ns
    again = render_sound(plan(2.0, voice(moved, length=2.0)), store=store)
    assert again == first
    assert Path(again.file).stat().st_mtime_ns == stamp


@pytest.mark.system
def test_other_music_cuts_no_voice_again(studio, store):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    tone = studio("tone.wav", "0.2*sin(2*PI*6000*t)", 20)
    first = render_sound(plan(3.0, voice(recording, length=3.0)), store=store)
    cuts = {path: path.stat().st_mtime_ns for path in (store.root / "voices").iterdir()}
    second = render_sound(plan(3.0, voice(recording, length=3.0), music=bed(tone)), store=store)
    assert first.file != second.file
    assert cuts == {path: path.stat().st_mtime_ns for path in (store.root / "voices").iterdir()}


def test_nothing_temporary_is_left_and_a_copy_goes_where_it_is_asked(studio, store, tmp_path):
    recording = studio("村里 [2]'s 50%.wav", SOURCES["ordinary"])
    result = render_sound(plan(2.0, voice(recording, length=2.0, clean=True)), tmp_path / "out" / "声音.m4a", store=store)
    assert Path(result.file) == tmp_path / "out" / "声音.m4a"
    assert len(samples(result.file))
    assert not list(store.root.rglob("*.part*"))
    assert not list(store.root.rglob("*.raw"))


def test_a_clip_that_has_gone_is_named(studio, store, tmp_path):
    recording = studio("ordinary.wav", SOURCES["ordinary"])
    gone = voice(recording).model_copy(update={"path": str(tmp_path / "gone.mp4"), "clip_sha256": "0" * 64})
    with pytest.raises(UserMistake, match=r"gone\.mp4"):
        render_sound(plan(2.0, gone), store=store)


@pytest.mark.system
def test_the_music_that_was_not_made_to_loop_goes_on_without_a_gap_or_a_click(studio, store):
    song = studio("song.wav", "gt(t,0.5)*lt(t,6.5)*0.3*sin(2*PI*220*t)", 7)
    sound = samples(render_sound(plan(15.0, music=bed(song)), store=store).file, 1)[:, 0]
    levels = [level_db(sound[i : i + 4800]) for i in range(RATE // 2, 14 * RATE, 4800)]
    assert min(levels) > max(levels) - 7, "two rounds may stand against each other, but nothing is silent"
    bend = np.abs(np.diff(sound, n=2))[RATE : 14 * RATE]
    assert bend.max() < 3 * np.median(bend[bend > bend.max() / 10])
