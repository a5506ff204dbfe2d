"""The analysis of a clip: what was measured on its picture and sound. All times are seconds on the clip's own clock."""

from typing import Literal

from pydantic import Field

from pipeline.documents.base import Document, Frozen, Span
from pipeline.documents.message import Message

PRINT_STEP_S = 0.05
"""Seconds from one part of a sound's print to the next."""
DefectKind = Literal["dark", "bright", "blurred", "shaky", "blank", "frozen", "unreadable"]


class Sample(Frozen):
    """One analysed frame."""

    at_s: float
    sharpness: float
    """Amount of fine detail, from 0 (nothing sharp) upward; see analysis/sharpness.py."""
    brightness: float
    """Mean luma, 0..255."""
    contrast: float
    """Standard deviation of luma, 0..255."""
    motion: float
    """Camera motion since the last sample, picture widths a second."""
    jerk: float
    """Change of the camera motion that a steady hand would not make, picture widths a second."""


class Subject(Frozen):
    """A face or point of interest at one moment: centre and size in fractions of the display picture."""

    at_s: float
    x: float
    y: float
    width: float
    height: float
    kind: Literal["face", "interest"]
    weight: float


class Movement(Frozen):
    """What moves before the camera at one moment, the camera's own motion taken away."""

    at_s: float
    x: float
    y: float
    """Where it is: fractions of the display picture."""
    reach_x: float
    reach_y: float
    """How far to either side of it four fifths of all that moves in the picture lie, in fractions of the picture: small where one thing
    moves, large where leaves wave everywhere."""
    energy: float
    """How strongly it moves: levels of luma, 0 (nothing) to 60."""


class Defect(Frozen):
    """Why a shot should not be shown, and what to do when filming it again."""

    kind: DefectKind
    measured: float
    reason: Message
    advice: Message


class Shot(Frozen):
    """A stretch between two cuts of the camera, with the medians of its samples."""

    start_s: float
    end_s: float
    sharpness: float
    brightness: float
    contrast: float
    motion: float
    shake: float
    """Shake of the hand, picture widths a second: the high-frequency part of the camera motion."""
    faces: float
    """Share of its analysed frames that show a face, 0..1."""
    defects: tuple[Defect, ...] = ()
    fingerprint: str = ""
    """Perceptual hash of its middle frame (64 bits, hex): shots that look alike differ in few bits."""

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong with its picture."""
        return not self.defects

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s


class SoundFacts(Frozen):
    """What was measured on the sound track."""

    loudness_lufs: float | None
    """Integrated loudness of the whole track; None when it is silence."""
    speech_lufs: float | None
    """Loudness of the speech alone; None without speech."""
    noise_dbfs: float | None
    """Level of the quietest tenth of the track, decibels below full scale."""
    speech: tuple[Span, ...]
    fingerprint: str = ""
    """Four hex digits every `PRINT_STEP_S`: copies of a recording differ in few bits; 0000 where there is nothing to go by."""


class PlaceInPicture(Frozen):
    """Where a thing is: centre and size in fractions of the display picture."""

    x: float
    y: float
    width: float
    height: float


class PictureContent(Frozen):
    """What one picture shows, as a network for pictures sees it."""

    features: str
    """The direction of its feature vector: a signed byte for each number, base 85. Alike things have a small angle between them."""
    kinds: str
    """How likely it is each kind of produce that the network knows: roots of the shares, a byte for each, base 85."""
    produce: float
    """Probability that it shows vegetables, fruit or grain, 0..1."""
    land: float
    """Probability that it shows mountains, fields, water or farm buildings, 0..1."""
    thing: PlaceInPicture | None = None
    """Where the produce is, or else what stands out; None in an analysis of a release that did not look."""


class ContentSample(Frozen):
    """What one analysed frame shows."""

    at_s: float
    content: PictureContent


class Analysis(Document):
    """Everything that was measured on one clip."""

    clip_id: str
    samples: tuple[Sample, ...]
    shots: tuple[Shot, ...]
    subjects: tuple[Subject, ...]
    sound: SoundFacts | None
    movements: tuple[Movement, ...] = ()
    """In order of time; nothing of shots in which nothing moves but the camera."""
    measurements: dict[str, tuple[tuple[float, float], ...]] = Field(default_factory=dict)
    """Values over time that no other field has, by the name of their detector: (seconds, value) in order of time."""
    looks: tuple[tuple[float, str], ...] = ()
    """Perceptual hashes (64 bits, hex) of its pictures a few times a second: (seconds, hash) in order of time."""
    contents: tuple[ContentSample, ...] = ()
    """What the picture shows, in order of time; empty in an analysis of a release that did not look."""
