"""A cut of sound lands where the picture's clock says, in every container a camera writes."""

import os
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.documents.plan import SoundPlan
from pipeline.media import FFMPEG
from pipeline.render.sound import render_sound
from pipeline.store import Store, file_sha256
from tests import builders
from tests.tiers import sample

RATE = 48000
SECONDS = 6
CLICKS = "0.8*sin(2*PI*2000*t)*lt(mod(t+0.5,1),0.006)"
TRICKY = (
    "dog_fireside_rot180_vfr.mp4",
    "thermal_portrait_vfr7.mp4",
    "rooftops_hlg_hevc10_portrait.mp4",
    "game_box_iphone6_portrait.mov",
    "road_camera_mjpeg.AVI",
)


def ffmpeg(*args):
    return subprocess.run([FFMPEG, "-hide_banner", "-v", "error", "-y", *map(str, args)], check=True, capture_output=True).stdout


CONTAINERS = {
    "phone.mp4": ("", "", "aac"),
    "sound_late.mp4": ("", "atrim=0.7", "aac"),
    "picture_late.mov": ("trim=0.7", "", "aac"),
    "both_late.ts": ("trim=0.7", "atrim=0.3", "aac"),
    "camcorder.ts": ("", "", "aac"),
    "old_camera.avi": ("", "", "pcm_s16le"),
    "other.mkv": ("", "", "libopus"),
    "lost_packet.mkv": ("", "asetnsamples=480,aselect='not(between(t,1.2,1.215))'", "pcm_s16le"),
    "hole.mkv": ("", "asetnsamples=480,aselect='not(between(t,1.1,1.9))'", "pcm_s16le"),
    "rate_44100.mp4": ("", "aresample=44100", "aac"),
}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """Makes a clip with a click at every half second of its container's clock, once."""
    folder = tmp_path_factory.mktemp("clicks")

    def make(name):
        path = folder / name
        if not path.exists():
            picture, sound, codec = CONTAINERS[name]
            graph = f"[0:v]{picture or 'null'}[v];[1:a]{sound or 'anull'}[a]"
            inputs = [
                "-f",
                "lavfi",
                "-i",
                f"testsrc=s=160x90:r=30:d={SECONDS}",
                "-f",
                "lavfi",
                "-i",
                f"aevalsrc='{CLICKS}':s={RATE}:d={SECONDS}",
            ]
            coding = ["-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-c:a", codec]
            ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *coding, path)
        return path

    return make


def by_timestamps(path):
    """The clip's sound laid on the container's clock by its own packet times, mono: the definition a cut is held to."""
    with av.open(str(path)) as container:
        zero = Fraction(container.start_time or 0, av.time_base)
        frames = list(container.decode(audio=0))
        end = max(float(frame.pts * frame.time_base - zero) + frame.samples / frame.sample_rate for frame in frames)
        track = np.zeros(int((end + 1) * RATE), np.float32)
        for frame in frames:
            data = frame.to_ndarray()
            data = data if frame.format.is_planar else data.reshape(-1, frame.layout.nb_channels).T
            mono = (data.astype(np.float32) / (32768 if data.dtype == np.int16 else 1)).mean(axis=0)
            count = round(len(mono) * RATE / frame.sample_rate)
            at = round(float(frame.pts * frame.time_base - zero) * RATE)
            mono = np.interp(np.arange(count) * frame.sample_rate / RATE, np.arange(len(mono)), mono)
            low = max(0, -at)
            track[at + low : at + count] = mono[low:]
    return track


def cut(path, store, start, length, at=0.0):
    voice = builders.voice(file_sha256(path), path, fade_s=0.01, source_start_s=start, at_s=at, length_s=length)
    # a low target needs no second encoding
    result = render_sound(SoundPlan(length_s=at + length + 0.5, voices=(voice,), music=None, target_lufs=-30), store=store)
    return np.frombuffer(ffmpeg("-i", result.file, "-ac", "1", "-f", "f32le", "-"), np.float32), result


def onsets(sound):
    loud = np.flatnonzero(np.abs(sound) > 0.4 * np.abs(sound).max())
    return [int(i) for n, i in enumerate(loud) if n == 0 or i - loud[n - 1] > RATE // 10]


@pytest.mark.parametrize("name", sample(CONTAINERS, "phone.mp4", "sound_late.mp4", "camcorder.ts", "rate_44100.mp4", "hole.mkv"))
def test_clicks_land_on_their_sample(shelf, tmp_path, name):
    path = shelf(name)
    truth = np.array(onsets(by_timestamps(path))) / RATE
    start, length, at = 2.2, 3.1, 1.4333333
    sound, _ = cut(path, Store(tmp_path), start, length, at)
    expected = [t - start + at for t in truth if start + 0.02 < t < start + length - 0.02]
    landed = np.array(onsets(sound)) / RATE
    assert len(landed) == len(expected) >= 3
    assert np.abs(landed - expected).max() < 0.005


def test_a_cut_from_the_very_beginning_keeps_a_late_start(shelf, tmp_path):
    sound, _ = cut(shelf("sound_late.mp4"), Store(tmp_path), 0.0, 3.0)
    assert onsets(sound)[0] / RATE == pytest.approx(1.5, abs=0.005)


def test_the_encoder_delay_is_gone_once_the_track_lies_in_an_mp4(shelf, tmp_path):
    sound, result = cut(shelf("phone.mp4"), Store(tmp_path), 0.0, 4.0)
    video = tmp_path / "joined.mp4"
    picture = ["-f", "lavfi", "-i", "color=black:s=160x90:r=30:d=4.5"]
    ffmpeg(*picture, "-i", result.file, "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-c:a", "copy", "-movflags", "+faststart", video)
    joined = np.frombuffer(ffmpeg("-i", video, "-map", "0:a", "-ac", "1", "-f", "f32le", "-"), np.float32)
    assert np.abs(np.array(onsets(joined)) - onsets(sound)).max() <= 1
    assert onsets(joined)[0] / RATE == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize("name", TRICKY)
def test_real_phone_clips_stay_in_step(tmp_path, name):
    folder = Path(os.environ.get("FIELDCUT_FOOTAGE", Path(__file__).resolve().parents[3] / "shared" / "footage"))
    path = folder / "clips" / name
    if not path.is_file():
        pytest.skip(f"the shared footage is not here: {path}")
    truth = by_timestamps(path)
    start, length = 0.6, 1.2
    sound, _ = cut(path, Store(tmp_path), start, length)
    reach = RATE // 10
    low = round(start * RATE)
    wide = truth[low - reach : low + round(length * RATE) + reach]
    heard = sound[: round(length * RATE)]
    size = 1 << (len(wide) + len(heard)).bit_length()
    match = np.fft.irfft(np.fft.rfft(wide, size) * np.conj(np.fft.rfft(heard, size)), size)[: 2 * reach]
    assert abs(int(np.argmax(match)) - reach) / RATE < 0.002
