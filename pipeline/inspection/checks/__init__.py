"""All checks. A new one is a new file, a line here and a test."""

from pipeline.inspection.checks.base import Check
from pipeline.inspection.checks.black import Black
from pipeline.inspection.checks.codec import Codec, FastStart
from pipeline.inspection.checks.footage import Footage
from pipeline.inspection.checks.frame_times import FrameTimes
from pipeline.inspection.checks.frozen import Frozen
from pipeline.inspection.checks.length import Length
from pipeline.inspection.checks.loudness import Loudness
from pipeline.inspection.checks.metadata import Metadata
from pipeline.inspection.checks.overlays import Overlays
from pipeline.inspection.checks.qr import Qr
from pipeline.inspection.checks.safe_area import SafeArea
from pipeline.inspection.checks.silent import Silent
from pipeline.inspection.checks.size import Size
from pipeline.inspection.checks.sound_length import SoundLength
from pipeline.inspection.checks.subtitles import Subtitles

CHECKS: tuple[type[Check], ...] = (
    Length,
    Size,
    FrameTimes,
    Codec,
    FastStart,
    Metadata,
    Loudness,
    SoundLength,
    Silent,
    Black,
    Frozen,
    Footage,
    Overlays,
    Qr,
    SafeArea,
    Subtitles,
)
