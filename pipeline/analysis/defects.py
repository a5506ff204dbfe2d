"""From measurements to judgement: what is wrong with a sample, in words a villager can act on."""

from math import isnan
from statistics import median

from pipeline.analysis.camera_motion import SHAKY_ABOVE
from pipeline.analysis.exposure import BLANK_CONTRAST, BRIGHT_SHARE, DARK_HIGHLIGHT, DARK_MEAN, PLAIN_CONTRAST
from pipeline.analysis.sample import FrameSample
from pipeline.analysis.sharpness import BLURRED_BELOW
from pipeline.documents.analysis import Defect, DefectKind
from pipeline.documents.message import M

SHARPNESS_NEEDED = M("Wipe the lens, tap the subject on the screen to focus, and stay an arm's length away.")


def defect_of(sample: FrameSample) -> DefectKind | None:
    """The first thing wrong with a sample. A dark picture is not called blurred as well: light comes first."""
    if sample.contrast < BLANK_CONTRAST:
        return "dark" if sample.brightness < DARK_MEAN else "blank"
    if sample.brightness < DARK_MEAN and sample.highlight < DARK_HIGHLIGHT:
        return "dark"
    if sample.burned_out > BRIGHT_SHARE:
        return "bright"
    if isnan(sample.sharpness) and sample.contrast < PLAIN_CONTRAST:
        return "blank"
    if sample.shake > SHAKY_ABOVE:
        return "shaky"
    if sample.sharpness < BLURRED_BELOW:
        return "blurred"
    return None


def describe(kind: DefectKind, samples: list[FrameSample]) -> Defect:
    """The defect of a stretch, with its measured value and what to do about it."""
    if kind == "dark":
        level = round(median(sample.brightness for sample in samples))
        return Defect(
            kind=kind,
            measured=level,
            reason=M("too dark: mean brightness {level} of 255", level=level),
            advice=M("Film before sunset, or turn so that the light falls on what you film."),
        )
    if kind == "bright":
        share = round(100 * median(sample.burned_out for sample in samples))
        return Defect(
            kind=kind,
            measured=share,
            reason=M("burned out: {share} % of the picture is pure white", share=share),
            advice=M("Do not film against the sun; tap the bright part on the screen before you start."),
        )
    if kind == "shaky":
        shake = round(100 * (sum(sample.shake**2 for sample in samples) / len(samples)) ** 0.5)
        return Defect(
            kind=kind,
            measured=shake,
            reason=M("shaky: the picture jumps by {shake} % of its width a second", shake=shake),
            advice=M("Hold the phone with both hands, elbows at your sides, or lean it against something."),
        )
    if kind == "blurred":
        sharp = round(median(sample.sharpness for sample in samples if not isnan(sample.sharpness)), 2)
        return Defect(
            kind=kind,
            measured=sharp,
            reason=M("out of focus: sharpness {sharp}, at least {least} is needed", sharp=sharp, least=BLURRED_BELOW),
            advice=SHARPNESS_NEEDED,
        )
    contrast = round(median(sample.contrast for sample in samples), 1)
    return Defect(
        kind=kind,
        measured=contrast,
        reason=M("nothing to see: the picture is one flat colour"),
        advice=M("Check that nothing covers the lens, and film again."),
    )
