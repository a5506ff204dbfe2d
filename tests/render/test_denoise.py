"""Noise goes down, speech stays; every kind of sound comes in at its level."""

import subprocess

import numpy as np
import pytest

from pipeline.media import FFMPEG
from pipeline.render.denoise import RATE, reduce_noise, remove_rumble
from pipeline.render.gain import ambient_gain_db, speech_gain_db
from pipeline.resources import ASSETS


@pytest.fixture(scope="module")
def speech():
    """Ten seconds of the demo's own voice at an ordinary level."""
    voice = ASSETS / "demo" / "voice.opus"
    args = [FFMPEG, "-v", "error", "-i", str(voice), "-t", "10", "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
    sound = np.frombuffer(subprocess.run(args, check=True, capture_output=True).stdout, np.float32)
    return remove_rumble(sound * 0.1 / sound.std())


def noises(count):
    """Steady noises: a fan's rush, wind and hum, far traffic with its slow swell."""
    rng = np.random.default_rng(5)
    hz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 30)

    def rush(slope):
        spectrum = (rng.normal(size=len(hz)) + 1j * rng.normal(size=len(hz))) / hz**slope
        sound = np.fft.irfft(spectrum, count)
        return sound / sound.std()

    t = np.arange(count) / RATE
    return {
        "fan": rush(0.5),
        "hum and wind": rush(1.0) + 0.5 * np.sin(2 * np.pi * 120 * t),
        "traffic": rush(0.8) * (1 + 0.3 * np.sin(2 * np.pi * 0.3 * t)),
    }


def distortion_db(wanted, got):
    """Signal to distortion that ignores level, decibels."""
    along = (wanted @ got) / (wanted @ wanted) * wanted
    return 10 * np.log10((along @ along) / ((got - along) @ (got - along)))


@pytest.mark.parametrize(("over_noise_db", "gained_db"), [(0, 2.0), (10, 1.5), (20, 0.5)])
@pytest.mark.parametrize("name", ["fan", "hum and wind", "traffic"])
def test_steady_noise_behind_speech_goes_down(speech, name, over_noise_db, gained_db):
    noise = remove_rumble(noises(len(speech))[name].astype(np.float32))
    noisy = speech + noise / noise.std() * speech.std() * 10 ** (-over_noise_db / 20)
    cleaned = reduce_noise(noisy)
    assert len(cleaned) == len(speech)
    assert distortion_db(speech, cleaned) > distortion_db(speech, noisy) + gained_db


def test_clean_speech_is_left_as_it_is(speech):
    assert distortion_db(speech, reduce_noise(speech)) > 30


def test_speech_without_a_breath_is_not_taken_for_noise(speech):
    loud = np.abs(speech[: len(speech) // 480 * 480].reshape(-1, 480)).max(axis=1)
    words = speech[: len(loud) * 480].reshape(-1, 480)[loud > 0.05].reshape(-1)[: 2 * RATE]
    assert 20 * np.log10(reduce_noise(words).std() / words.std()) > -1


def test_cleaning_comes_without_delay_and_bears_silence_and_a_few_samples():
    assert not reduce_noise(np.zeros(RATE, np.float32)).any()
    assert len(reduce_noise(remove_rumble(np.ones(7, np.float32)))) == 7
    assert len(remove_rumble(np.zeros(0, np.float32))) == 0
    click = np.zeros(RATE, np.float32)
    click[20000] = 0.5
    assert int(np.argmax(np.abs(reduce_noise(remove_rumble(click))))) == 20000


def test_rumble_under_a_voice_is_taken_away():
    t = np.arange(2 * RATE) / RATE
    assert remove_rumble(np.sin(2 * np.pi * 30 * t).astype(np.float32)).std() < 0.06
    assert remove_rumble(np.sin(2 * np.pi * 160 * t).astype(np.float32)).std() > 0.69


def test_speech_of_all_clips_meets_at_one_level():
    assert {level + speech_gain_db(level, level - 50) for level in (-34.0, -26.0, -20.0, -11.5)} == {-16.0}


def test_a_noisy_clip_is_raised_less_but_never_left_behind():
    quiet, noisy = speech_gain_db(-30, -80), speech_gain_db(-30, -38)
    assert quiet == 14
    assert quiet - 6 <= noisy < quiet
    assert speech_gain_db(-12, -20) == -4, "lowering needs no leave"


def test_no_clip_is_raised_without_end_and_an_unmeasured_one_stays():
    assert speech_gain_db(-65, -90) == 24
    assert speech_gain_db(None, -60) == 0


def test_the_sound_of_a_place_stays_under_speech():
    assert -20 + ambient_gain_db(-20) <= -16 - 15
    assert ambient_gain_db(-60) <= 6, "a quiet place is not raised to a hiss"
    assert ambient_gain_db(None) == 0
