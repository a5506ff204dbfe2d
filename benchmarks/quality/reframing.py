"""How well a window of another shape holds what moves: on scenes of chance whose subject is known at every frame, and on clips.

`python -m benchmarks.quality.reframing [--seeds N] [--backgrounds FOLDER] [--clips FILE …] [--faces N] [--sample]` films the scenes of
`moving_scenes.py` for three changes of shape and prints, by move, how many shots the program follows, finds too fast for a close window, is
not sure of, or sees nothing move in; and for followed and for wider windows, how long the subject's centre is in the window, how long the
whole subject where it fits, the highest speed and acceleration (in window widths) and the turns of the window for a subject that sways. The
limits were set on other clips and on cut-outs; scenes with drawn walkers are told apart. `--faces` runs so many ways of faces, the true
ones and as the detector sees them, through the same smoothing. `--clips` frames files, which have no truth: it prints what is decided.
`--sample` is a small fixed part. Ends with 1 where the followed shots of a set hold less than is promised.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.quality.moving_scenes import MOVES, RATE, SECONDS, MovingScene, scenes
from pipeline.analysis import analyse
from pipeline.analysis.frame import EarlierFrame, Frame
from pipeline.analysis.interest import Interest
from pipeline.analysis.movements import movements_of
from pipeline.analysis.moving_energy import MovingEnergy
from pipeline.documents.analysis import Analysis, Subject
from pipeline.documents.clip import Clip
from pipeline.documents.edit import CropPath, Cut, FramingReason
from pipeline.documents.message import M
from pipeline.edit.crop import reframe
from pipeline.footage.ingest import probe_file
from pipeline.render.plan import crop_centre

FPS = 30
BEGIN_S = 0.3
"""Seconds of a scene before and after the cut."""
CENTRE_INSIDE = 0.99
WHOLE_INSIDE = 0.95
SHAPES = (("16:9 to 9:16", False, 9 / 16), ("16:9 to 1:1", False, 1.0), ("9:16 to 16:9", True, 16 / 9))
FOLLOWED: tuple[FramingReason, ...] = ("moving", "face")


@dataclass(frozen=True)
class Held:
    """What one window holds of its subject: shares of the frames; None of the whole subject where it does not fit."""

    reason: FramingReason
    centre: float
    whole: float | None
    speed: float
    accel: float
    turns: int


@dataclass
class Tally:
    """All windows of one move and shape."""

    held: list[Held] = field(default_factory=list)

    def line(self, move: str) -> str:
        """The figures of a move."""
        counted = Counter(one.reason for one in self.held)
        followed = [one for one in self.held if one.reason in FOLLOWED]
        wider = [one for one in self.held if one.reason in ("fast", "unsure")]
        parts = [f"{move:11} " + " ".join(f"{reason} {count}" for reason, count in sorted(counted.items()))]
        for name, some in (("followed", followed), ("wider", wider)):
            if some:
                wholes = [one.whole for one in some if one.whole is not None]
                parts.append(
                    f"{name}: centre {np.mean([one.centre for one in some]):.3f} (least {min(one.centre for one in some):.2f}), whole "
                    + (f"{np.mean(wholes):.3f} of {len(wholes)}" if wholes else "fits none")
                    + f", speed {max(one.speed for one in some):.2f}, accel {max(one.accel for one in some):.1f}"
                    + (f", turns {max(one.turns for one in some)}" if move == "sway" else "")
                )
        return " | ".join(parts)


def watched(scene: MovingScene, clip: Clip, backgrounds: Sequence[Path] = ()) -> Analysis:
    """Return what the detectors find in a scene."""
    energy, interest, before = MovingEnergy(clip), Interest(clip), None
    for number, (at, picture) in enumerate(scene.pictures(backgrounds)):
        frame = Frame(at, picture, before)
        before = EarlierFrame(at, frame.tiny)
        energy.feed(frame)
        if number % round(0.4 * RATE) == 0:
            interest.feed(frame)
    return Analysis(
        clip_id=clip.id, samples=(), shots=(), subjects=tuple(interest.result()), sound=None, movements=tuple(movements_of(energy.result()))
    )


def clip_of(tall: bool) -> Clip:
    """A clip of a scene's shape."""
    facts = {"id": "a" * 16, "sha256": "a" * 64, "name": "scene", "path": "", "size_bytes": 1, "container": "mp4", "codec": "h264"}
    size = {"width": 1080, "height": 1920} if tall else {"width": 1920, "height": 1080}
    times = {"rotation": 0, "frame_rate": RATE, "variable_rate": False, "longest_gap_s": 0.1, "duration_s": SECONDS}
    return Clip.model_validate({**facts, **size, **times, "video_stream": 0, "transfer": "sdr", "sound": None, "captured_at": None})


def held(scene: MovingScene, path: CropPath, reason: FramingReason) -> Held:
    """Hold a window's path against where the subject is, frame by frame."""
    frames = range(round((SECONDS - 2 * BEGIN_S) * FPS))
    centres = np.array([[(centre := crop_centre(path, frame)).x, centre.y] for frame in frames])
    window, extent = np.array([path.width, path.height]), np.array(scene.extent())
    subject = np.array([scene.place(BEGIN_S + frame / FPS) for frame in frames])
    apart = np.abs(subject - centres)
    whole = (apart + extent / 2 <= window / 2 + 0.005).all(axis=1) if (extent <= window).all() else None
    along = centres[:, 1 if scene.tall else 0] / window[1 if scene.tall else 0]
    speed = (along[3:] - along[:-3]) * FPS / 3
    moves = np.sign(np.round(np.diff(along[::3]), 4))
    moves = moves[moves != 0]
    return Held(
        reason,
        float((apart <= window / 2).all(axis=1).mean()),
        float(whole.mean()) if whole is not None else None,
        float(np.abs(speed).max()),
        float(np.abs(speed[3:] - speed[:-3]).max() * FPS / 3),
        int((moves[1:] != moves[:-1]).sum()),
    )


def film(
    seeds: Sequence[int], shapes: Iterable[tuple[str, bool, float]], *, drawn: bool, backgrounds: Sequence[Path] = ()
) -> dict[str, dict[str, Tally]]:
    """Film every camera and move for every seed and shape; by shape, then by move."""
    tallies: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for name, tall, aspect in shapes:
        clip = clip_of(tall)
        window = min(aspect * clip.height / clip.width, clip.width / clip.height / aspect)
        for scene in scenes(seeds, drawn=drawn, tall=tall, window=window):
            analysis = watched(scene, clip, backgrounds)
            path, reason = reframe(clip, _cut(clip), analysis, aspect, FPS)
            tallies[name][scene.move].held.append(held(scene, path, reason))
    return tallies


def film_faces(count: int, *, as_seen: bool) -> dict[str, Tally]:
    """Run ways of faces through the same smoothing: the true ones, or as the detector sees them: each 0.4 s, a tenth of the looks missed,
    boxes that tremble by a twenty-fifth of their size."""
    every_s, missed, tremble = (0.4, 0.1, 0.04) if as_seen else (0.1, 0.0, 0.0)
    tallies: dict[str, Tally] = defaultdict(Tally)
    clip = clip_of(False)
    for scene in scenes(range(count), drawn=False, tall=False, window=9 / 16 / (16 / 9)):
        chance = np.random.default_rng(scene.seed)
        wide, high = scene.extent()
        looks = [at for at in np.arange(0, SECONDS, every_s) if chance.random() >= missed]
        faces = [
            Subject(
                at_s=float(at),
                x=x + chance.normal(0, tremble) * wide,
                y=y + chance.normal(0, tremble) * high,
                width=wide,
                height=high,
                kind="face",
                weight=1.0,
            )
            for at, (x, y) in ((at, scene.place(float(at))) for at in looks)
        ]
        analysis = Analysis(clip_id=clip.id, samples=(), shots=(), subjects=tuple(faces), sound=None)
        path, reason = reframe(clip, _cut(clip), analysis, 9 / 16, FPS)
        tallies[scene.move].held.append(held(scene, path, reason))
    return tallies


def _cut(clip: Clip, start_s: float = BEGIN_S, seconds: float = SECONDS - 2 * BEGIN_S) -> Cut:
    return Cut(clip_id=clip.id, source_start_s=start_s, frames=round(seconds * FPS), role="scenic", reason=M("filmed"))


def _print(title: str, tallies: dict[str, dict[str, Tally]]) -> bool:
    """Print the figures of a set; whether the followed shots hold what is promised."""
    good = True
    for shape, moves in tallies.items():
        print(f"{title}, {shape}")
        for move in MOVES:
            print(f"  {moves[move].line(move)}")
        followed = [one for tally in moves.values() for one in tally.held if one.reason in FOLLOWED]
        wholes = [one.whole for one in followed if one.whole is not None]
        centre, whole = float(np.mean([one.centre for one in followed])), float(np.mean(wholes)) if wholes else 1.0
        good = good and centre >= CENTRE_INSIDE and whole >= WHOLE_INSIDE and not any(one.turns for one in moves["sway"].held)
        print(f"  followed {len(followed)} of {sum(len(tally.held) for tally in moves.values())}: centre {centre:.4f}, whole {whole:.4f}")
    return good


def _print_clips(files: Sequence[str]) -> None:
    for file in files:
        clip = probe_file(Path(file), Path(file).name)
        analysis = analyse(clip)
        for aspect in (9 / 16, 1.0, 16 / 9):
            path, reason = reframe(clip, _cut(clip, 0.0, min(6.0, clip.duration_s)), analysis, aspect, FPS)
            span = max(key.x for key in path.keys) - min(key.x for key in path.keys)
            print(f"  {clip.name} to {aspect:.2f}: {reason}, {path.width:.2f} x {path.height:.2f}, {len(path.keys)} keys over {span:.2f}")


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--backgrounds", default="")
    parser.add_argument("--clips", nargs="*", default=[])
    parser.add_argument("--faces", type=int, default=4)
    parser.add_argument("--sample", action="store_true")
    options = parser.parse_args()
    began = time.perf_counter()
    files = sorted(Path(options.backgrounds).iterdir()) if options.backgrounds else []
    if options.sample:
        good = _print("sample", film([3], SHAPES[:1], drawn=True))
    else:
        good = _print("cut-outs", film(range(options.seeds), SHAPES, drawn=False, backgrounds=files))
        good &= _print("walkers, not tuned on", film(range(50, 50 + options.seeds), SHAPES, drawn=True, backgrounds=files))
    faces = 1 if options.sample else options.faces
    good &= _print("true ways of faces", {"16:9 to 9:16": film_faces(faces, as_seen=False)})
    _print("faces as the detector sees them", {"16:9 to 9:16": film_faces(faces, as_seen=True)})
    _print_clips(options.clips)
    print(f"{time.perf_counter() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
