"""The same recording sent twice is said once, and the better copy of it is used."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.analysis.sound_print import sound_print
from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.base import Span
from pipeline.documents.clip import Clip, Clips
from pipeline.edit.copies import Copy, find_copies, without_copies
from pipeline.edit.takes import Take
from pipeline.media.decode import RATE_HZ, Samples, read_sound
from tests import builders

SECONDS = 16.0


def babble(seed: int, seconds: float = SECONDS) -> Samples:
    """Something with the changing spectrum of talk: tones that glide, come and go, over a little noise."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    total = rng.normal(0, 0.003, len(at))
    for _ in range(14):
        knots = np.arange(0, seconds + 0.3, 0.15)
        pitch = np.interp(at, knots, rng.uniform(250, 2200, len(knots)))
        level = np.interp(at, knots, rng.uniform(0, 1, len(knots)) ** 3)
        total += 0.06 * level * np.sin(2 * np.pi * np.cumsum(pitch) / RATE_HZ)
    return np.asarray(total, np.float32)


def heard(samples: Samples, looks: str = "", every_s: float = 0.4) -> Analysis:
    """The analysis of a clip with this sound, which is talk from start to end, and one look a letter."""
    seconds = len(samples) / RATE_HZ
    sound = SoundFacts(
        loudness_lufs=-20, speech_lufs=-20, noise_dbfs=-50, speech=(Span(start_s=0, end_s=seconds),), fingerprint=sound_print(samples)
    )
    hashes = tuple((round(n * every_s, 3), f"{ord(letter) * 0x9E3779B97F4A7C15 & (2**64 - 1):016x}") for n, letter in enumerate(looks))
    return builders.analysis("x" * 16, sound=sound, looks=hashes)


def found(**clips: tuple[Clip, Analysis]) -> list[Copy]:
    document = Clips(clips=tuple(clip for clip, _ in clips.values()), set_aside=())
    return find_copies(document, {clip.id: analysis for clip, analysis in clips.values()})


def through_a_chat(samples: Samples, folder: Path, run_ffmpeg, start_s: float, end_s: float, *how: object) -> Samples:
    """A stretch of a sound as a chat app sends it on."""
    raw = folder / "talk.f32"
    raw.write_bytes(samples.tobytes())
    source = ["-f", "f32le", "-ar", RATE_HZ, "-ac", 1, "-i", raw]
    return read_sound(run_ffmpeg(*source, "-ss", start_s, "-to", end_s, *how, out=folder / "sent.mka"), 0)


LOOKS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
LARGE = {"width": 1920, "height": 1080, "duration_s": SECONDS, "size_bytes": 9_000_000}
SMALL = {"width": 480, "height": 270, "size_bytes": 300_000}


@pytest.mark.parametrize(
    ("start_s", "end_s", "how"),
    [
        (0.53, SECONDS, ["-c:a", "aac", "-b:a", "24k"]),
        (0.0, 13.2, ["-c:a", "libopus", "-b:a", "16k", "-af", "volume=-12dB"]),
        (4.71, 10.9, ["-c:a", "aac", "-b:a", "32k", "-ar", 8000, "-af", "volume=6dB"]),
    ],
    ids=["its start cut off", "quieter, its end cut off", "a part, louder, as over a telephone"],
)
def test_a_copy_that_a_chat_made_is_known_whatever_was_done_to_it(tmp_path, run_ffmpeg, start_s, end_s, how):
    talk = babble(1)
    sent = through_a_chat(talk, tmp_path, run_ffmpeg, start_s, end_s, *how)
    first = round(start_s / 0.4)
    original = builders.clip("a", **LARGE), heard(talk, LOOKS)
    copy = builders.clip("b", **SMALL, duration_s=end_s - start_s), heard(sent, LOOKS[first : first + round((end_s - start_s) / 0.4)])
    copies = found(copy=copy, original=original)
    assert [(one.clip_id, one.of.id, one.whole, one.same_picture) for one in copies] == [("b" * 16, "a" * 16, True, True)]


def test_two_talks_are_no_copies_although_they_sound_alike():
    assert not found(a=(builders.clip("a", **LARGE), heard(babble(1), LOOKS)), b=(builders.clip("b", **LARGE), heard(babble(2), LOOKS)))


def test_two_silences_and_two_tones_are_no_copies():
    tone = np.asarray(0.3 * np.sin(2 * np.pi * 440 * np.arange(8 * RATE_HZ) / RATE_HZ), np.float32)
    for sound in (np.zeros(8 * RATE_HZ, np.float32), tone):
        assert not found(a=(builders.clip("a"), heard(sound)), b=(builders.clip("b"), heard(sound)))


def test_of_a_clip_that_repeats_a_part_of_another_only_that_part_is_a_copy():
    talk, other = babble(1), babble(3, 10.0)
    mixed = np.concatenate([other[: 5 * RATE_HZ], talk[4 * RATE_HZ : 11 * RATE_HZ], other[5 * RATE_HZ :]])
    clips = {
        "whole": (builders.clip("a", **LARGE), heard(talk, LOOKS)),
        "mixed": (builders.clip("b", **SMALL, duration_s=17), heard(mixed, "1234567890123" + LOOKS[10:28] + "345678901234")),
    }
    (copy,) = found(**clips)
    assert (copy.clip_id, copy.whole, copy.same_picture) == ("b" * 16, False, True)
    assert (copy.start_s, copy.end_s) == (pytest.approx(5, abs=0.8), pytest.approx(12, abs=0.8))


def test_the_better_copy_is_the_larger_picture_and_of_equal_ones_that_with_more_bytes():
    talk = heard(babble(1), LOOKS)
    large, small = builders.clip("a", **LARGE), builders.clip("b", **SMALL, duration_s=SECONDS)
    starved = replace_size(builders.clip("c", **LARGE), 900_000)
    assert [one.of.id for one in found(x=(small, talk), y=(large, talk))] == ["a" * 16]
    assert [one.clip_id for one in found(x=(starved, talk), y=(large, talk))] == ["c" * 16]
    three = found(x=(small, talk), y=(starved, talk), z=(large, talk))
    assert {(one.clip_id[0], one.of.id[0]) for one in three} == {("b", "a"), ("c", "a")}


def replace_size(clip: Clip, size_bytes: int) -> Clip:
    return clip.model_copy(update={"size_bytes": size_bytes})


def test_the_same_talk_over_another_picture_is_told_apart():
    talk = babble(1)
    clips = {"a": (builders.clip("a", **LARGE), heard(talk, LOOKS)), "b": (builders.clip("b", **LARGE), heard(talk, LOOKS[::-1]))}
    assert [one.same_picture for one in found(**clips)] == [False]


def test_what_is_said_mostly_inside_a_copied_stretch_is_dropped_with_the_name_of_the_better_clip(phrase):
    of = builders.clip("a", name="好的.mp4")
    copy = Copy("b" * 16, 5.0, 12.0, of, same_picture=True, whole=False)
    takes = [Take("b" * 16, phrase(at, "刚挖的红薯又甜又糯")) for at in (1.0, 4.6, 11.5)] + [Take("a" * 16, phrase(6.0, "刚挖的红薯"))]
    kept, dropped = without_copies(takes, [copy])
    assert kept == [takes[0], takes[2], takes[3]]
    assert [str(take.verdict) for take in dropped] == ["the same recording as 好的.mp4, which is better"]


def test_a_talk_sent_twice_is_said_once_and_told_in_one_line(story, talk):
    said = talk("我们村的红薯刚挖出来", "蒸着吃又甜又糯", "喜欢的点小黄车")
    first = story.add("VID_1.mp4", 20.0, phrases=said)
    again = story.add("mmexport1.mp4", 20.0, phrases=talk("我们村的红薯刚挖出来", "蒸着吃又甜又糯", "喜欢的点小黄车"), fingerprint="0f" * 8)
    story.add("地头.mp4", 8.0)
    sound = babble(1, 20.0)
    for clip_id in (first, again):
        facts = story.analyses[clip_id]
        story.analyses[clip_id] = facts.model_copy(update={"sound": heard(sound).sound, "looks": heard(sound, LOOKS).looks})
    story.clips[1] = story.clips[1].model_copy(update={"width": 480, "height": 270})
    edit = story.cut()
    assert {piece.clip_id for piece in edit.heard if piece.kind == "speech"} == {first}
    assert again not in {cut.clip_id for cut in edit.cuts}
    assert [str(line) for line in edit.warnings] == [
        "Sent more than once, and used once: mmexport1.mp4 is a copy of VID_1.mp4, which is better."
    ]
    assert all(decision.reason for decision in edit.decisions if decision.clip_id == again and not decision.kept)


@pytest.mark.parametrize(("ours", "copies"), [(LOOKS[2:26], [True]), (LOOKS[::-1], []), ("a" * 24, []), (LOOKS[2:6], [])])
def test_a_view_without_talk_is_a_copy_when_its_pictures_come_in_the_same_order(ours, copies):
    def silent(looks: str) -> Analysis:
        return heard(np.zeros(16, np.float32), looks).model_copy(update={"sound": None})

    original = builders.clip("a", **LARGE), silent(LOOKS if ours[0] != ours[-1] else "a" * 40)
    copy = builders.clip("b", **SMALL, duration_s=len(ours) * 0.4), silent(ours)
    assert [one.whole for one in found(copy=copy, original=original)] == copies
