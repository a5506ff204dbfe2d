"""All checks. A new check is a new file, a line here and a test."""

from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.checks.black import BlackCheck
from pipeline.inspection.checks.codec import CodecCheck, FastStartCheck
from pipeline.inspection.checks.footage import FootageCheck
from pipeline.inspection.checks.frame_times import FrameTimesCheck
from pipeline.inspection.checks.frozen import FrozenPictureCheck
from pipeline.inspection.checks.length import LengthCheck
from pipeline.inspection.checks.loudness import LoudnessCheck
from pipeline.inspection.checks.metadata import MetadataCheck
from pipeline.inspection.checks.overlays import OverlaysCheck
from pipeline.inspection.checks.qr import QrCheck
from pipeline.inspection.checks.safe_area import SafeAreaCheck
from pipeline.inspection.checks.silent import SilentCheck
from pipeline.inspection.checks.size import SizeCheck
from pipeline.inspection.checks.sound_length import SoundLengthCheck
from pipeline.inspection.checks.subtitles import SubtitlesCheck

CHECKS: tuple[type[InspectionCheck], ...] = (
    LengthCheck,
    SizeCheck,
    FrameTimesCheck,
    CodecCheck,
    FastStartCheck,
    MetadataCheck,
    LoudnessCheck,
    SoundLengthCheck,
    SilentCheck,
    BlackCheck,
    FrozenPictureCheck,
    FootageCheck,
    OverlaysCheck,
    QrCheck,
    SafeAreaCheck,
    SubtitlesCheck,
)
