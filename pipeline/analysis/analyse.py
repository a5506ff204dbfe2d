"""The one pass over a clip."""

from collections.abc import Callable
from math import isnan

from pipeline.analysis.cuts import Cuts
from pipeline.analysis.exposure import Exposure
from pipeline.analysis.faces import Faces
from pipeline.analysis.fingerprint import Fingerprint
from pipeline.analysis.frame import Every, Frame
from pipeline.analysis.hearing import listen
from pipeline.analysis.interest import Interest
from pipeline.analysis.moment import bring_together
from pipeline.analysis.sharpness import Sharpness
from pipeline.analysis.shots import shots_of
from pipeline.analysis.travel import Travel
from pipeline.documents.analysis import Analysis, Sample
from pipeline.documents.clip import Clip
from pipeline.media.reading import small_frames

VERSION = 3
RATE = 15.0
"""Frames a second that are looked at: shake needs neighbours less than a tenth of a second apart."""
JUDGE_EVERY_S = 0.2
SHORT_SIDE = 360


def analyse(clip: Clip, progress: Callable[[float], None] = lambda _: None) -> Analysis:
    """Everything that is measured on one clip. Reads the file once for its picture, once for its sound."""
    sharpness, exposure, travel, faces, interest, fingerprint = Sharpness(), Exposure(), Travel(), Faces(), Interest(), Fingerprint()
    cuts = Cuts(min(RATE, clip.frame_rate))
    judge = Every(JUDGE_EVERY_S)
    for at, image in small_frames(clip, short_side=SHORT_SIDE, rate=RATE):
        frame = Frame(at, image)
        for always in (travel, cuts, faces, interest, fingerprint):
            always.feed(frame)
        if judge(at):
            sharpness.feed(frame)
            exposure.feed(frame)
        progress(min(1.0, at / clip.duration_s))
    moments = bring_together(sharpness.result(), exposure.result(), travel.result(cuts.result()), cuts.result())
    return Analysis(
        clip_id=clip.id,
        samples=tuple(
            Sample(
                at_s=round(moment.at_s, 3),
                sharpness=0.0 if isnan(moment.sharpness) else round(moment.sharpness, 3),
                brightness=round(moment.brightness, 1),
                contrast=round(moment.contrast, 1),
                motion=round(moment.speed, 4),
                jerk=round(moment.shake, 4),
            )
            for moment in moments
        ),
        shots=tuple(shots_of(moments, cuts.result(), clip.duration_s, faces.result(), faces.looked, fingerprint.result())),
        subjects=tuple(sorted([*faces.result(), *interest.result()], key=lambda subject: subject.at_s)),
        sound=listen(clip),
    )
