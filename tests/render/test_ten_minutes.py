"""Sound and picture are together at the end of ten minutes as they were at the beginning, across two hundred joins."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.documents.clip import Clip
from pipeline.documents.plan import SoundPlan, Voice
from pipeline.render import render
from pipeline.store import Store
from tests import builders

pytestmark = pytest.mark.system

FPS = 30
RATE = 48000
CUTS, FRAMES = 200, 90
HEARD_EVERY = 20
"""Cuts of which one is heard: the others are silent, so that the beeps around it are its own."""
TOGETHER_S = 0.010


@pytest.fixture(scope="module")
def flashing(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, sound_options, look_at) -> list[Clip]:
    """Clips of several rates that flash for a frame and beep for 20 ms at every whole second."""
    folder = tmp_path_factory.mktemp("flash")
    beep = "aevalsrc='0.7*sin(2*PI*2000*t)*lt(mod(t,1),0.02)*gt(t,0.5)':s=48000:d=12"

    def make(rate: int) -> Clip:
        flash = f"color=black:s=96x160:r={rate}:d=12,drawbox=t=fill:color=white:enable='eq(mod(n,{rate}),0)'"
        inputs = ["-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep]
        return look_at(run_ffmpeg(*inputs, *picture_options, "-g", 48, *sound_options, out=folder / f"{rate}.mp4"))

    return [make(rate) for rate in (30, 24, 25, 60)]


def voice(clip: Clip, start_s: float, at_frame: int) -> Voice:
    times = {"source_start_s": start_s, "at_s": at_frame / FPS, "length_s": FRAMES / FPS}
    return builders.voice(clip.sha256, clip.path, fade_s=0.01, **times)


def flashes(file: Path) -> list[Fraction]:
    """Times of the frames that are white after one that is not."""
    with av.open(str(file)) as container:
        lit, times = True, []
        for frame in container.decode(video=0):
            now = float(frame.to_ndarray(format="gray").mean()) > 128
            if now and not lit:
                times.append(frame.pts * frame.time_base)
            lit = now
    return times


def beeps(file: Path) -> list[float]:
    """Times at which a beep begins, by the sound track's own clock."""
    with av.open(str(file)) as container:
        parts, first = [], None
        for frame in container.decode(audio=0):
            first = frame.pts * frame.time_base if first is None else first
            parts.append(frame.to_ndarray().mean(axis=0))
    sound = np.abs(np.concatenate(parts))
    loud = np.flatnonzero(sound > 0.3 * sound.max())
    starts = loud[np.concatenate([[True], np.diff(loud) > RATE // 4])]
    return [float(first) + int(start) / RATE for start in starts]


def test_the_last_beep_of_ten_minutes_comes_with_its_flash(flashing, planned, tmp_path: Path):
    spans, voices = [], []
    for place in range(CUTS):
        clip, start_s = flashing[place % len(flashing)], round((7 * place % 240) / FPS, 4)
        spans.append((clip, start_s, FRAMES))
        if (place + 1) % HEARD_EVERY == 0:
            voices.append(voice(clip, start_s, place * FRAMES))
    plan = planned(
        spans, size=(96, 160), preset=("superfast", 25), sound=SoundPlan(length_s=CUTS * FRAMES / FPS, voices=tuple(voices), music=None)
    )
    made = render(plan, Store(tmp_path))
    assert plan.frames == 600 * FPS
    assert made.chunks_made == CUTS
    seen, heard = flashes(Path(made.file)), beeps(Path(made.file))
    assert len(seen) > 500
    assert heard[-1] > 597
    for at_s in heard:
        nearest = min(seen, key=lambda flash: abs(flash - at_s))
        assert abs(float(nearest) - at_s) < TOGETHER_S, at_s
    assert len(heard) >= 2 * len(voices)
