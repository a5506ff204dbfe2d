"""All detectors. A new one is a new file, a line here and a test."""

from typing import Any

from pipeline.analysis.camera_motion import CameraMotion
from pipeline.analysis.contents import Contents
from pipeline.analysis.cuts import Cuts
from pipeline.analysis.detector import Detector
from pipeline.analysis.exposure import Exposure
from pipeline.analysis.faces import Faces
from pipeline.analysis.fingerprint import Fingerprint
from pipeline.analysis.interest import Interest
from pipeline.analysis.moving_energy import MovingEnergy
from pipeline.analysis.sharpness import Sharpness

DETECTORS: tuple[type[Detector[Any]], ...] = (
    CameraMotion,
    MovingEnergy,
    Cuts,
    Sharpness,
    Exposure,
    Faces,
    Interest,
    Fingerprint,
    Contents,
)
