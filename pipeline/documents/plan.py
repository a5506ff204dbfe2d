"""The render plan: exactly what the renderer does, as content. Equal plans make equal pixels."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.clip import Transfer
from pipeline.documents.edit import CropPath


class SourcePiece(Frozen):
    """One cut, or part of one, inside a chunk."""

    clip_sha256: str
    """Content of the source; the end card's backdrop has the hash of its file."""
    path: str
    video_stream: int
    still: bool
    """The source is a picture, held for all frames."""
    source_start_s: float
    longest_gap_s: float
    frames: int
    width: int
    height: int
    transfer: Transfer
    crop: CropPath | None
    speed: float = 1.0
    """Source seconds in one second of the timeline."""
    dissolve: int = 0
    """Frames at its beginning through which the piece before it, in the same chunk, still shows."""


class LaidLayer(Frozen):
    """A layer over a chunk, on the chunk's own frames."""

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
    """What the layer is (card, title, …), for whoever explains; no part of what is seen."""


class Chunk(Frozen):
    """A few seconds of picture that one ffmpeg process renders."""

    start_frame: int
    frames: int
    pieces: tuple[SourcePiece, ...]
    laid: tuple[LaidLayer, ...]
    ass: str
    """The subtitle events under this chunk on the timeline's clock; empty without any."""


class Picture(Frozen):
    """What all chunks of a rendition share."""

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
    """Denoise: the clip is speech over noise."""
    speech: bool


class MusicBed(Frozen):
    """Music under the whole timeline."""

    path: str
    sha256: str
    gain_db: float
    """Over the level that speech is brought to; how loud the file itself was recorded is evened out."""
    ducked_db: float
    """How far it goes down under speech, decibels."""
    fade_out_s: float


class SoundPlan(Frozen):
    """The whole sound track."""

    length_s: float
    voices: tuple[Voice, ...]
    music: MusicBed | None
    target_lufs: float = -14.0
    peak_dbtp: float = -1.0


class RenderPlan(Document):
    """One rendition."""

    story: str
    destination: str
    picture: Picture
    chunks: tuple[Chunk, ...]
    sound: SoundPlan

    @property
    def frames(self) -> int:
        """Length in output frames."""
        return sum(chunk.frames for chunk in self.chunks)
