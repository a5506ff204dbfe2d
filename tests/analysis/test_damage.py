"""What does not decode whole is shown nowhere and named with its reason, and what is whole beside it stays."""

import random
from pathlib import Path

import pytest

from pipeline.analysis import analyse
from pipeline.analysis.damage import MARGIN_S, without_damage
from pipeline.documents.analysis import Shot
from pipeline.media.decode import read_sound


def shot(start: float, end: float) -> Shot:
    return Shot(start_s=start, end_s=end, sharpness=1, brightness=99, contrast=40, motion=0, shake=0, faces=0)


def usable(shots: list[Shot]) -> list[tuple[float, float]]:
    return [(one.start_s, one.end_s) for one in shots if one.usable]


def test_without_damage_nothing_changes() -> None:
    assert without_damage([shot(0, 4), shot(4, 9)], [], 9) == [shot(0, 4), shot(4, 9)]


@pytest.mark.parametrize(
    ("damaged", "left"),
    [
        ([2.0], [(0, 2 - MARGIN_S), (2 + MARGIN_S, 4), (4, 9)]),
        ([4.0], [(0, 4 - MARGIN_S), (4 + MARGIN_S, 9)]),
        ([0.0], [(MARGIN_S, 4), (4, 9)]),
        ([9.0], [(0, 4), (4, 9 - MARGIN_S)]),
        ([5.0, 1.0, 1.4, 5.2], [(0, 0.5), (1.9, 4), (4, 4.5), (5.7, 9)]),
        ([at / 2 for at in range(20)], []),
    ],
)
def test_a_damaged_stretch_is_cut_out_with_a_margin_and_named(damaged: list[float], left: list[tuple[float, float]]) -> None:
    shots = without_damage([shot(0, 4), shot(4, 9)], damaged, 9)
    assert usable(shots) == left
    borders = [(one.start_s, one.end_s) for one in shots]
    assert [end for _, end in borders[:-1]] == [start for start, _ in borders[1:]]
    assert (borders[0][0], borders[-1][1]) == (0, 9)
    assert {one.defects[0].kind for one in shots if not one.usable} == {"unreadable"}


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory, run_ffmpeg) -> Path:
    """Twelve seconds of which some in the middle are damaged; a key frame every second."""
    path = tmp_path_factory.mktemp("spoiled") / "clip.avi"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=12", "-c:v", "mpeg4", "-q:v", "4", "-g", "25", out=path)
    data, dice = bytearray(path.read_bytes()), random.Random(5)
    for _ in range(60):
        data[dice.randrange(int(len(data) * 0.45), int(len(data) * 0.55))] ^= 0xFF
    path.write_bytes(data)
    return path


def test_a_clip_that_is_damaged_in_its_midst_keeps_its_whole_ends(spoiled, look_at) -> None:
    shots = list(analyse(look_at(spoiled)).shots)
    spoiled_s = sum(one.length_s for one in shots if any(defect.kind == "unreadable" for defect in one.defects))
    assert 1 <= spoiled_s <= 5
    assert any(one.usable and one.end_s < 6 for one in shots)
    assert any(one.usable and one.start_s > 6 for one in shots)


def test_sound_that_changes_its_rate_and_channels_is_heard_to_its_end(tmp_path, run_ffmpeg) -> None:
    """As where two pieces of a live stream were joined."""
    parts = []
    for number, (rate, channels) in enumerate(((44100, 1), (48000, 2))):
        part = run_ffmpeg(
            "-f", "lavfi", "-i", f"sine=440:r={rate}:d=2", "-ac", channels, "-c:a", "aac", "-output_ts_offset", 2 * number,
            out=tmp_path / f"{number}.ts",
        )  # fmt: skip
        parts.append(part.read_bytes())
    (tmp_path / "live.ts").write_bytes(b"".join(parts))
    sound = read_sound(tmp_path / "live.ts", 0)
    assert 3.8 * 16000 < len(sound) < 4.3 * 16000
    assert abs(sound[-16000:]).max() > 0.05
