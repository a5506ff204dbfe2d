"""The render plan: everything the renderer does, as data. Equal plans make equal pixels."""

from typing import Any

from pipeline.documents.base import Document, Frozen
from pipeline.documents.clip import Fields, Transfer
from pipeline.documents.edit import CropPath
from pipeline.documents.look import MovingPicture


class SourcePiece(Frozen):
    """One cut, or part of one, inside a chunk."""

    clip_sha256: str
    """SHA-256 of the source file; for the end card, of its backdrop."""
    path: str
    video_stream: int
    still: bool
    """Whether the source is a still picture, held for all frames."""
    source_start_s: float
    longest_gap_s: float
    frames: int
    width: int
    height: int
    transfer: Transfer
    crop: CropPath | None
    fields: Fields = ""
    """How the source's pictures are woven of fields, which are taken apart; empty where they are whole."""
    ground: str = ""
    """Picture, of the output's size, on which a crop window larger than the source lies; empty without one."""
    ground_sha256: str = ""
    moving: MovingPicture | None = None
    """What moves on a still source; None where nothing does."""
    moving_from: int = 0
    """Frames of `moving` that lie before the piece."""
    speed: float = 1.0
    """Source seconds in one second of the timeline."""
    dissolve: int = 0
    """Frames at its beginning during which the piece before it, in the same chunk, still shows."""

    def content(self) -> dict[str, Any]:
        """Return everything that changes its pixels, as JSON has it: content hashes, never paths."""
        unused = {"ground_sha256": bool(self.ground_sha256), "moving": self.moving is not None, "moving_from": self.moving is not None}
        without: dict[str, Any] = {"path": True, "ground": True, **{name: True for name, used in unused.items() if not used}}
        return self.model_dump(mode="json", exclude={"moving": {"file"}} | without)


class LaidLayer(Frozen):
    """A layer over a chunk, timed in frames of the chunk."""

    key: str
    file: str
    still: bool
    x: int
    y: int
    first: int
    """Frame of the chunk at which it appears."""
    frames: int
    skip: int
    """Frames of the layer that lie before the chunk."""
    kind: str = ""
    """What the layer is (card, title, …), for explanations; it does not change the picture."""


class Chunk(Frozen):
    """A few seconds of picture that one ffmpeg process renders."""

    start_frame: int
    frames: int
    pieces: tuple[SourcePiece, ...]
    laid: tuple[LaidLayer, ...]
    ass: str
    """The ASS script of the subtitles in this chunk, on the timeline's clock; empty without any."""


class Picture(Frozen):
    """The picture settings that all chunks of a rendition share."""

    width: int
    height: int
    fps: int
    crf: int
    speed: str
    """x264 preset."""
    encoder: str = "libx264"
    """ffmpeg's name of the encoder."""
    lut: str
    lut_sha256: str
    fonts: str
    """Folder of the fonts that burned subtitles may use."""


class Voice(Frozen):
    """A piece of a clip's sound on the timeline, with its gain."""

    clip_sha256: str
    path: str
    stream: int
    source_start_s: float
    at_s: float
    length_s: float
    gain_db: float
    fade_in_s: float
    fade_out_s: float
    clean: bool
    """Whether it is denoised: the clip is speech over noise."""
    speech: bool


class MusicBed(Frozen):
    """Music under the whole timeline."""

    path: str
    sha256: str
    gain_db: float
    """Gain relative to the level of speech, decibels, after the file's own loudness was evened out."""
    ducked_db: float
    """How far it is lowered under speech, decibels."""
    fade_out_s: float
    rises_at_s: float = 0.0
    """When it rises for the ending, seconds of the timeline."""
    rise_db: float = 0.0
    """How much louder it then is; 0 for as before."""


class SoundPlan(Frozen):
    """The whole sound track."""

    length_s: float
    voices: tuple[Voice, ...]
    music: MusicBed | None
    target_lufs: float = -14.0
    peak_dbtp: float = -1.0


class RenderPlan(Document):
    """The plan of one rendition."""

    story: str
    destination: str
    picture: Picture
    chunks: tuple[Chunk, ...]
    sound: SoundPlan

    @property
    def frames(self) -> int:
        """Length in output frames."""
        return sum(chunk.frames for chunk in self.chunks)
