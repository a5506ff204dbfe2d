"""What is called unusable and what is not, on pictures of known faults; thresholds are held from both sides."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.analysis import analyse
from pipeline.documents.analysis import Analysis
from tests.tiers import sample

RATE = 30
COUNT = 60
T = np.arange(COUNT) / RATE


def defects(analysis: Analysis) -> set[str]:
    return {defect.kind for shot in analysis.shots for defect in shot.defects}


def random_walk(share: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.normal(0, share, COUNT), rng.normal(0, share, COUNT)


STEADY = {
    "tripod": (np.zeros(COUNT), np.zeros(COUNT)),
    "a still hand": tuple(0.3 * way for way in random_walk(0.005)),
    "a slow pan": (np.linspace(-0.1, 0.1, COUNT), np.zeros(COUNT)),
    "a quick pan": (0.12 * np.tanh((T - 1) * 3), np.zeros(COUNT)),
    "a tilt": (np.zeros(COUNT), np.linspace(-0.07, 0.07, COUNT)),
    "a walk": (0.02 * np.sin(2 * np.pi * 0.9 * T), 0.015 * np.abs(np.sin(2 * np.pi * 0.9 * T))),
    "a brisk walk": (0.02 * np.sin(2 * np.pi * T), 0.025 * np.sin(2 * np.pi * T) ** 2),
}
SHAKY = {
    "jumps of 1 %": random_walk(0.01),
    "jumps of 2 %": random_walk(0.02),
    "a tremor of 6 a second": (0.012 * np.sin(2 * np.pi * 6 * T), 0.012 * np.cos(2 * np.pi * 6 * T)),
    "a tremor of 8 a second": (0.01 * np.sin(2 * np.pi * 8 * T), 0.01 * np.cos(2 * np.pi * 8 * T)),
    "a run": (0.06 * np.sin(2 * np.pi * 3 * T), 0.06 * np.cos(2 * np.pi * 3 * T)),
}


@pytest.mark.parametrize("hand", sample(STEADY, "a still hand", "a quick pan", "a brisk walk"))
def test_a_hand_that_means_its_moves_is_not_called_shaky(view, filmed, judged, hand):
    assert defects(judged(filmed(view, *STEADY[hand]))) == set()


@pytest.mark.parametrize("hand", sample(SHAKY, "jumps of 1 %", "a tremor of 6 a second", "a run"))
def test_a_shaken_picture_is_called_shaky(view, filmed, judged, hand):
    assert defects(judged(filmed(view, *SHAKY[hand]))) == {"shaky"}


def test_a_hard_cut_does_not_make_a_steady_clip_shaky(view, other_view, filmed, judged):
    still = np.zeros(COUNT // 2)
    analysis = judged([*filmed(view, still, still), *filmed(other_view, still, still)])
    assert defects(analysis) == set()


def blurred(picture: np.ndarray, sigma: float, grain: float) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    soft = cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture
    return [np.clip(soft + rng.normal(0, grain, soft.shape[:2])[..., None], 0, 255).astype(np.uint8) for _ in range(16)]


@pytest.mark.parametrize("grain", [0, 12])
@pytest.mark.parametrize("sigma", sample([3.0, 5.0, 9.0, 16.0], 3.0, 16.0))
def test_an_unsharp_picture_is_called_blurred_with_or_without_grain(view, filmed, judged, sigma, grain):
    """The blur comes first, the grain after it, as in a phone; sigma in pixels of a picture 270 high."""
    picture = filmed(view, [0], [0])[0]
    assert defects(judged(blurred(picture, sigma, grain))) == {"blurred"}


@pytest.mark.parametrize("grain", [0, 12])
@pytest.mark.parametrize("sigma", [0, 0.8])
def test_a_sharp_picture_is_not_called_blurred_with_or_without_grain(view, filmed, judged, sigma, grain):
    assert defects(judged(blurred(filmed(view, [0], [0])[0], sigma, grain))) == set()


def test_a_sharp_subject_before_a_soft_ground_is_not_blurred(view, filmed, judged):
    picture = filmed(view, [0], [0])[0]
    soft = cv2.GaussianBlur(picture, (0, 0), 6)
    soft[90:230, 160:320] = picture[90:230, 160:320]
    assert defects(judged([soft] * 16)) == set()


@pytest.mark.parametrize(("gain", "lift", "kind"), [(0.07, 0, "dark"), (0.2, 0, "dark"), (4.0, 60, "bright"), (1.0, 190, "bright")])
def test_light_that_fails_is_named(view, filmed, judged, gain, lift, kind):
    picture = np.clip(filmed(view, [0], [0])[0] * gain + lift, 0, 255).astype(np.uint8)
    assert defects(judged([picture] * 16)) == {kind}


@pytest.mark.parametrize(("gain", "lift"), [(0.5, 0), (1.0, 0), (1.2, 10)])
def test_light_that_serves_is_left_alone(view, filmed, judged, gain, lift):
    picture = np.clip(filmed(view, [0], [0])[0] * gain + lift, 0, 255).astype(np.uint8)
    assert defects(judged([picture] * 16)) == set()


def test_a_face_by_the_fire_is_dark_on_the_whole_and_fine_to_look_at(view, filmed, judged):
    picture = (filmed(view, [0], [0])[0] * 0.08).astype(np.uint8)
    picture[100:200, 180:300] = filmed(view, [0], [0])[0][100:200, 180:300]
    assert defects(judged([picture] * 16)) == set()


@pytest.mark.parametrize("level", [60, 128, 240])
def test_a_covered_lens_shows_nothing(judged, level):
    shade = np.linspace(level - 8, level + 8, 480)[None, :, None]
    picture = np.broadcast_to(shade, (270, 480, 3)).astype(np.uint8)
    assert defects(judged([picture] * 16)) == {"blank"}


@pytest.mark.system
def test_a_clip_that_turns_dark_is_two_shots(view, filmed, judged):
    picture = filmed(view, [0], [0])[0]
    shots = judged([picture] * 90 + [(picture * 0.1).astype(np.uint8)] * 90).shots
    assert [shot.usable for shot in shots] == [True, False]
    assert shots[0].end_s == pytest.approx(3.0, abs=0.25)
    assert shots[0].end_s <= 3.0
    assert shots[-1].end_s == pytest.approx(6.0, abs=0.05)


@pytest.mark.system
def test_a_clip_that_fades_to_dark_keeps_no_dark_in_its_good_shot(view, filmed, judged):
    picture = filmed(view, [0], [0])[0]
    levels = np.concatenate([np.ones(60), np.linspace(1, 0.05, 60), np.full(60, 0.05)])
    analysis = judged([(picture * level).astype(np.uint8) for level in levels])
    assert [shot.usable for shot in analysis.shots] == [True, False]
    assert 2.5 < analysis.shots[0].end_s < 3.9


@pytest.mark.system
def test_a_flicker_leaves_nothing_to_show(view, filmed, judged):
    """Two thirds of it in the dark, by jumps and by swells, whatever the first frame looks like."""
    picture = filmed(view, [0], [0])[0]
    dark = (picture * 0.1).astype(np.uint8)
    jumps = judged([picture] * 6 + ([dark] * 12 + [picture] * 6) * 5).shots
    assert max(shot.length_s for shot in jumps if shot.usable) < 0.8
    levels = np.clip(0.6 * np.cos(2 * np.pi * np.arange(120) / 18), 0.06, 1)
    swells = judged([(picture * level).astype(np.uint8) for level in levels]).shots
    assert max((shot.length_s for shot in swells if shot.usable), default=0) < 0.8


@pytest.mark.system
def test_a_blink_of_darkness_is_in_no_good_shot(view, filmed, judged):
    picture = filmed(view, [0], [0])[0]
    shots = judged([picture] * 60 + [(picture * 0.1).astype(np.uint8)] * 12 + [picture] * 60).shots
    good = [shot for shot in shots if shot.usable]
    assert [shot for shot in good if shot.length_s > 1.5] == [good[0], good[-1]]
    assert good[0].end_s == pytest.approx(2.0, abs=0.1)
    assert good[-1].start_s == pytest.approx(2.4, abs=0.1)


@pytest.mark.parametrize("rate", sample([10, 15, 24, 30, 60], 10, 30))
def test_a_hard_cut_inside_a_clip_is_found_at_any_rate(view, other_view, filmed, judged, rate):
    still = np.zeros(rate * 2)
    analysis = judged([*filmed(view, still, still), *filmed(other_view, still, still)], rate)
    assert len(analysis.shots) == 2
    assert analysis.shots[1].start_s == pytest.approx(2.0, abs=0.11)
    assert analysis.shots[1].start_s >= 2.0 - 1 / rate


def test_a_quick_pan_is_not_a_cut(view, filmed, judged):
    assert len(judged(filmed(view, *STEADY["a quick pan"])).shots) == 1


@pytest.mark.system
def test_shots_lie_end_to_end_over_the_whole_clip(view, other_view, filmed, judged):
    still = np.zeros(40)
    dark = [(picture * 0.1).astype(np.uint8) for picture in filmed(view, still, still)]
    analysis = judged([*filmed(view, still, still), *dark, *filmed(other_view, still, still)])
    borders = [(shot.start_s, shot.end_s) for shot in analysis.shots]
    assert borders[0][0] == 0
    assert borders[-1][1] == pytest.approx(4.0, abs=0.01)
    assert all(one[1] == two[0] for one, two in pairwise(borders))


def test_every_defect_says_what_was_measured_and_what_to_do(view, filmed, judged):
    picture = (filmed(view, [0], [0])[0] * 0.07).astype(np.uint8)
    (shot,) = judged([picture] * 16).shots
    level = shot.defects[0].measured
    assert level == pytest.approx(shot.brightness, abs=1)
    assert str(round(level)) in str(shot.defects[0].reason)
    assert "Film before sunset" in str(shot.defects[0].advice)


@pytest.mark.system
def test_the_demo_story_is_judged_as_its_makers_say(demo: Path, look_at):
    expected = {"VID_20261018_194500.mp4": {"dark"}, "VID_20261018_085500.mp4": {"shaky"}, "VID_20261018_090100.mp4": {"blurred"}}
    for name in (*expected, "VID_20261018_081200.mp4", "果园 远景.mp4", "IMG_2031.MOV"):
        assert defects(analyse(look_at(demo / name))) == expected.get(name, set()), name


@pytest.mark.system
@pytest.mark.parametrize(
    "name",
    sample(
        [
            "dog_fireside_rot180_vfr.mp4",
            "flower_bloom_540p.mp4",
            "game_box_iphone6_portrait.mov",
            "geese_lake_phone_720p.mp4",
            "pub_review_woman_AI_portrait.mp4",
            "road_camera_mjpeg.AVI",
            "rooftops_hdr10_pq_hevc10.mp4",
            "rooftops_hlg_hevc10_portrait.mp4",
            "selfie_hevc_two_video_tracks_rot90.mp4",
            "thermal_portrait_vfr7.mp4",
        ],
        "dog_fireside_rot180_vfr.mp4",
        "game_box_iphone6_portrait.mov",
    ),
)
def test_a_real_good_phone_clip_stays_good(footage: Path, look_at, name):
    assert defects(analyse(look_at(footage / "clips" / name))) == set()


@pytest.mark.parametrize(
    ("name", "kind"),
    sample(
        [("VID_20261012_074501.mp4", "blurred"), ("VID_20261012_075502.mp4", "shaky"), ("VID_20261012_190233.mp4", "dark")],
        ("VID_20261012_075502.mp4", "shaky"),
    ),
)
def test_a_real_bad_phone_clip_is_bad_throughout(footage: Path, look_at, name, kind):
    analysis = analyse(look_at(footage / "stories" / "potatoes" / name))
    assert [{defect.kind for defect in shot.defects} for shot in analysis.shots] == [{kind}]
