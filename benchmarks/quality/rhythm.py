"""How a video moves along: the longest view of a speaker, jumps, shares, what looks alike, beats, and the first three seconds.

`python -m benchmarks.quality.rhythm [STORY …] [--held-out STORY …] [--made N] [--first SEED]` reads finished stories (folders in a
workspace's `stories/`). What looks alike is judged on the footage itself, by grey pictures of 16 × 16 points, which the edit knows nothing
of. Loudness is that of the finished file. `--made` cuts so many stories of chance in every style, without a file behind them. Ends with 1
where a speaker is seen for longer than the style says, jumps in one framing, or two windows of one view stand close together.
"""

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality.made_stories import made_edit
from benchmarks.quality.picture import grey_frames
from pipeline.brand import Style, load_style, style_roots, template_names
from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.job import Job
from pipeline.documents.offer import Choice
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.rendition import Rendition
from pipeline.edit.phrase_selection import names_product
from pipeline.edit.scenes import usable_scenes
from pipeline.edit.shown_subjects import ShownSubjects
from pipeline.edit.variety import APART_S
from pipeline.media import FFMPEG
from pipeline.render import beat_s, beats_to_cut_on, choose_music
from pipeline.stages.product_photos import product_photos
from pipeline.store import Store, load_document
from pipeline.story_layout import RENDITIONS
from pipeline.workspace import StoryContext

ALIKE = 0.95
"""Correlation of two grey pictures from which on they show the same."""
ON_BEAT_S = 0.07
ROUNDING_S = 0.05
Grey = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RhythmReading:
    """What is measured on one edit. Seconds; shares 0 to 1."""

    longest_speaker_s: float
    speaker_limit_s: float
    jumps: int
    largest_share: float
    clips: int
    alike: int
    on_beat: tuple[int, int]
    """Cuts on a beat, and all that there are; of edits that shall fall on beats."""
    first_word_s: float | None
    first_card_s: float | None
    first_naming_s: float | None
    first_sight_s: float | None
    """When a picture first shows the product, by the photo of the sheet; None where none does, or nobody knows."""
    end_card_s: float
    end_card_share: float

    @property
    def good(self) -> bool:
        """Whether nothing is wrong that the edit could have done otherwise."""
        return self.longest_speaker_s <= self.speaker_limit_s + ROUNDING_S and not self.jumps and not self.alike

    def told(self) -> str:
        """Return it as one line."""
        parts = [f"speaker {self.longest_speaker_s:.1f} of {self.speaker_limit_s:g} s", f"jumps {self.jumps}"]
        parts += [f"largest share {100 * self.largest_share:.0f} % of {self.clips} clips", f"alike within {APART_S:g} s: {self.alike}"]
        parts += [f"on beat {self.on_beat[0]} of {self.on_beat[1]}"] if self.on_beat[1] else []
        times = (
            ("word", self.first_word_s),
            ("named", self.first_naming_s),
            ("sight", self.first_sight_s),
            ("card", self.first_card_s),
        )
        parts += [f"first {name} {'–' if at is None else f'{at:.1f} s'}" for name, at in times]
        return ", ".join([*parts, f"end card {self.end_card_s:.1f} s, {100 * self.end_card_share:.0f} %"])


def read_rhythm(
    edit: Edit, style: Style, beats: tuple[float, float], named_at: float | None, alike: int, seen_at: float | None = None
) -> RhythmReading:
    """Measure one edit.

    beats: seconds from beat to beat where cuts shall fall on them, else 0, and when the first one comes. named_at, seen_at: when the
    product is first named, and first seen. alike: pairs that stand too close.
    """
    shown: dict[str, float] = defaultdict(float)
    for cut in edit.cuts:
        shown[cut.clip_id] += cut.frames / edit.fps
    end_card_s = shown.pop("", 0.0)
    body_s = sum(shown.values())
    speech = [piece.at_frame / edit.fps for piece in edit.heard if piece.kind == "speech"]
    beat, first_beat = beats
    musical = bool(beat) and edit.led_by == "music"
    starts = [start / edit.fps - first_beat for start in edit.starts()[1:]] if musical else []
    return RhythmReading(
        longest_speaker_s=max((cut.frames / edit.fps for cut in edit.cuts if cut.role == "talk"), default=0.0),
        speaker_limit_s=style.pace.speaker_s,
        jumps=sum(_jumps(one, two) for one, two in pairwise(edit.cuts)),
        largest_share=max(shown.values(), default=0.0) / body_s if body_s else 0.0,
        clips=len(shown),
        alike=alike,
        on_beat=(sum(abs(at / beat - round(at / beat)) * beat <= ON_BEAT_S for at in starts), len(starts)),
        first_word_s=min(speech, default=None),
        first_card_s=edit.product_frame / edit.fps if edit.product_frame is not None else None,
        first_naming_s=named_at,
        first_sight_s=seen_at,
        end_card_s=end_card_s,
        end_card_share=end_card_s / (body_s + end_card_s),
    )


def _jumps(one: Cut, two: Cut) -> bool:
    return one.role == two.role == "talk" and one.clip_id == two.clip_id and one.zoom == two.zoom


def alike_in_footage(edit: Edit, clips: Clips) -> int:
    """Count the pairs of pictures without talk that stand within APART_S and look alike in the footage."""
    seen: list[tuple[float, float, Grey]] = []
    pairs = 0
    for start, cut in zip(edit.starts(), edit.cuts, strict=True):
        if not cut.clip_id or cut.role == "talk":
            continue
        picture = _thumbnail(next(grey_frames(clips.by_id(cut.clip_id), [cut.source_start_s + 0.5 * cut.frames * cut.speed / edit.fps])))
        first_s, last_s = start / edit.fps, (start + cut.frames) / edit.fps
        pairs += sum(first_s - end_s < APART_S and float((picture * other).mean()) > ALIKE for _, end_s, other in seen)
        seen.append((first_s, last_s, picture))
    return pairs


def first_sight_s(edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], photos: ProductPhotos) -> float | None:
    """Return when a shot first shows the product, seconds of the timeline; None where none does for certain."""
    subjects, (scenes, _) = ShownSubjects(analyses, photos), usable_scenes(clips, analyses)
    for start, cut in zip(edit.starts(), edit.cuts, strict=True):
        until_s = cut.source_start_s + cut.frames * cut.speed / edit.fps
        for scene in (scene for scene in scenes if scene.clip.id == cut.clip_id):
            shown = subjects.find(scene, "product")
            if shown is not None and shown.start_s < until_s and shown.end_s > cut.source_start_s:
                return start / edit.fps + max(0.0, shown.start_s - cut.source_start_s) / cut.speed
    return None


def _thumbnail(picture: npt.NDArray[np.uint8]) -> Grey:
    """16 × 16 grey points with mean 0 and deviation 1."""
    rows, columns = (np.array_split(np.arange(size), 16) for size in picture.shape)
    small = np.array([[picture[np.ix_(row, column)].mean() for column in columns] for row in rows])
    return np.asarray((small - small.mean()) / max(float(small.std()), 1.0))


def loudness_by_part(video: Path, edit: Edit) -> tuple[float, float, float]:
    """Mean momentary loudness, LUFS, of the first three seconds, of what lies between, and of the end card before its fade."""
    command = [FFMPEG, "-hide_banner", "-nostats", "-i", f"file:{video}", "-filter_complex", "ebur128", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    levels = [(float(at), float(level)) for at, level in re.findall(r"t:\s*([\d.]+).*?M:\s*(-?[\d.]+)", told)]
    total_s = edit.frames / edit.fps
    end_s = edit.cuts[-1].frames / edit.fps if edit.cuts[-1].role == "end_card" else 1.5
    spans = ((0.4, 3.0), (3.0, total_s - end_s), (total_s - end_s + 0.4, total_s - 1.5))

    def mean(first: float, last: float) -> float:
        powers = [10 ** (level / 10) for at, level in levels if first <= at < last and level > -70]
        return float(10 * np.log10(np.mean(powers))) if powers else -70.0

    opening, middle, ending = (mean(first, last) for first, last in spans)
    return opening, middle, ending


def _read_story(story: Path) -> Iterator[tuple[str, RhythmReading, str]]:
    """Yield each video of a story: its name, its reading, and how loud its parts are."""
    job, clips = load_document(story / "job.json", Job), load_document(story / "clips.json", Clips)
    style = load_style(job.template, style_roots(story.parent.parent))
    music = choose_music(job.music, style.pace.mood, job.story)
    beats = beats_to_cut_on(music, Store(story.parent.parent / "cache")) if style.pace.on_beat else (0.0, 0.0)
    offer = load_document(story / "choice.json", Choice).offer
    analyses, photos = load_document(story / "analyses.json", Analyses).by_clip, product_photos(StoryContext(job))
    for video in sorted((story / RENDITIONS).iterdir()):
        own = video / "edit.json"
        edit = load_document(own if own.is_file() else story / "edit.json", Edit)
        named = [piece.at_frame / edit.fps for piece in edit.heard if piece.kind == "speech" and names_product(piece.words, offer)]
        levels = ""
        if (video / "rendition.json").is_file():
            opening, middle, ending = loudness_by_part(Path(load_document(video / "rendition.json", Rendition).file), edit)
            levels = f"opening {opening - middle:+.1f} dB, ending {ending - middle:+.1f} dB"
        seen = first_sight_s(edit, clips, analyses, photos) if offer is not None else None
        yield (
            f"{story.name} {video.name}",
            read_rhythm(edit, style, beats, min(named, default=None), alike_in_footage(edit, clips), seen),
            levels,
        )


def _print(title: str, stories: Sequence[Path]) -> bool:
    print(title)
    good = True
    for story in stories:
        for name, reading, levels in _read_story(story):
            good = good and reading.good
            print(f"  {name}: {reading.told()}{', ' + levels if levels else ''}{'' if reading.good else '  WRONG'}")
    return good


def _print_made(seeds: Sequence[int]) -> bool:
    """Print the worst of stories of chance, style by style; whether all are good."""
    good = True
    for name in template_names():
        style = load_style(name)
        beat = beat_s(choose_music("auto", style.pace.mood, "made")) if style.pace.on_beat else 0.0
        readings = [read_rhythm(edit, style, (beat, 0.0), None, alike) for edit, alike in (made_edit(seed, style, beat) for seed in seeds)]
        on, cuts = (sum(reading.on_beat[part] for reading in readings) for part in (0, 1))
        fair = [reading.largest_share for reading in readings if reading.longest_speaker_s == 0 and reading.clips >= 5]
        print(
            f"  {name:10} longest speaker {max(reading.longest_speaker_s for reading in readings):.2f} of {style.pace.speaker_s:g} s, "
            f"jumps {sum(reading.jumps for reading in readings)}, alike {sum(reading.alike for reading in readings)}, "
            f"largest share of ≥ 5 clips {100 * max(fair, default=0.0):.0f} %, "
            f"first word {max(reading.first_word_s or 0.0 for reading in readings):.1f} s" + (f", on beat {on} of {cuts}" if cuts else "")
        )
        good = good and all(reading.good for reading in readings)
    return good


def main(arguments: Sequence[str]) -> int:
    """Print the readings and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="*", type=Path)
    parser.add_argument("--held-out", nargs="*", type=Path, default=[])
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args(arguments)
    results = [_print(title, stories) for title, stories in (("tuned on", options.stories), ("held out", options.held_out)) if stories]
    if options.made:
        print(f"made by chance, seeds {options.first} to {options.first + options.made - 1}")
        results.append(_print_made(range(options.first, options.first + options.made)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
