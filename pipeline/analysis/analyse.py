"""The one pass over a clip."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pipeline.analysis.camera_motion import CameraMotion, speed_and_shake
from pipeline.analysis.contents import Contents
from pipeline.analysis.cuts import Cuts
from pipeline.analysis.damage import unreadable, without_damage
from pipeline.analysis.detector import Detector, SeriesDetector
from pipeline.analysis.detectors import DETECTORS
from pipeline.analysis.exposure import Exposure
from pipeline.analysis.faces import Faces
from pipeline.analysis.fingerprint import Fingerprint
from pipeline.analysis.frame import RATE, SHORT_SIDE, EarlierFrame, Every, Frame
from pipeline.analysis.interest import Interest
from pipeline.analysis.movements import movements_of
from pipeline.analysis.moving_energy import MovingEnergy
from pipeline.analysis.sample import join_measurements, to_document
from pipeline.analysis.sharpness import Sharpness
from pipeline.analysis.shots import shots_of
from pipeline.analysis.sound import measure_sound
from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.clip import Clip
from pipeline.media.decode import small_frames
from pipeline.store import content_key

VERSION = 6
"""Goes up when the same clip would give another analysis; what a `SeriesDetector` adds has a version of its own."""
R = TypeVar("R")


def analysis_key(clip: Clip) -> str:
    """Return the content key of a clip's analysis: with an equal key, `analyse` gives the same."""
    added = {kind.name: kind.version for kind in DETECTORS if issubclass(kind, SeriesDetector)}
    measurements = {"measurements": added} if added else {}
    return content_key(step="analysis", version=VERSION, clip=clip.sha256, **measurements)


def analyse(
    clip: Clip, progress: Callable[[float], None] = lambda _: None, sound_of: Callable[[Clip], SoundFacts | None] = measure_sound
) -> Analysis:
    """Measure everything on one clip. Reads the file once for its picture, once for its sound.

    sound_of: gives what was measured on its sound, where that is known already.
    """
    detectors = [kind(clip) for kind in DETECTORS]
    due = [(detector, Every(detector.every_s)) for detector in detectors]
    damaged: list[float] = []
    before: EarlierFrame | None = None
    for at, image in small_frames(clip, short_side=SHORT_SIDE, rate=RATE, damaged=damaged):
        frame = Frame(at, image, before)
        before = EarlierFrame(at, frame.tiny)
        for detector, its_turn in due:
            if its_turn(at):
                detector.feed(frame)
        progress(min(1.0, at / clip.duration_s))
    cuts, faces = _result(detectors, Cuts), _result(detectors, Faces)
    moves = speed_and_shake(_result(detectors, CameraMotion), cuts)
    samples = join_measurements(_result(detectors, Sharpness), _result(detectors, Exposure), moves, cuts)
    looks = _result(detectors, Fingerprint)
    shots = shots_of(samples, cuts, clip.duration_s, faces.subjects, faces.looked_at, looks)
    return Analysis(
        clip_id=clip.id,
        samples=tuple(to_document(sample) for sample in samples),
        shots=tuple(without_damage(shots, damaged, clip.duration_s)),
        subjects=tuple(sorted([*faces.subjects, *_result(detectors, Interest)], key=lambda subject: subject.at_s)),
        movements=tuple(movements_of(_result(detectors, MovingEnergy), cuts)),
        sound=sound_of(clip),
        measurements={detector.name: detector.result() for detector in detectors if isinstance(detector, SeriesDetector)},
        looks=tuple((round(at, 3), print_) for at, print_ in looks),
        contents=_result(detectors, Contents),
    )


def unreadable_clip(clip: Clip) -> Analysis:
    """The analysis of a clip that does not decode: it has no usable moment, and no sound."""
    return Analysis(clip_id=clip.id, samples=(), shots=(unreadable(0.0, clip.duration_s),), subjects=(), sound=None)


def _result(detectors: Sequence[Detector[Any]], kind: type[Detector[R]]) -> R:
    """The result of the detector of one class."""
    return next(detector.result() for detector in detectors if isinstance(detector, kind))
