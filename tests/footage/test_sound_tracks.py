"""Of several sound tracks the one with the voice is used, whichever comes first."""

from pathlib import Path

import pytest

TALKS = "VID_20261018_093000.mp4"
NOISE, SILENCE = "anoisesrc=a=0.2:d=8:c=pink", "anullsrc=r=48000:d=8"
PICTURE = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=10:d=8", "-t", 8, "-c:v", "libx264", "-preset", "ultrafast"]


@pytest.mark.parametrize(
    ("tracks", "used"),
    [
        ([NOISE, "voice"], 1),
        (["voice", NOISE], 0),
        ([SILENCE, "quiet voice"], 1),
        (["voice in noise", "voice"], 1),
        ([SILENCE, NOISE], 1),
        ([SILENCE, SILENCE], 0),
    ],
    ids=str,
)
def test_the_track_with_the_voice_is_used(demo: Path, run_ffmpeg, look_at, tmp_path, tracks, used):
    inputs: list[object] = []
    filters = []
    for number, track in enumerate(tracks, start=1):
        inputs += ["-i", demo / TALKS] if "voice" in track else ["-f", "lavfi", "-i", track]
        noise = f"[n{number}];anoisesrc=a=0.1:d=8[m{number}];[n{number}][m{number}]amix=normalize=0" if "in noise" in track else ""
        filters.append(f"[{number}:a]atrim=0:8,volume={'-20dB' if 'quiet' in track else '0dB'}{noise}[a{number}]")
    mapped = [word for number in range(1, len(tracks) + 1) for word in ("-map", f"[a{number}]")]
    picture, coded = PICTURE[:4], PICTURE[4:]
    made = [*picture, *inputs, "-filter_complex", ";".join(filters), "-map", "0:v", *mapped, *coded, "-c:a", "aac"]
    clip = look_at(run_ffmpeg(*made, out=tmp_path / "two.mp4"))
    assert clip.sound is not None
    assert clip.sound.stream == used
