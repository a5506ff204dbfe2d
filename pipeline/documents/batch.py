"""What one machine asks of another: a part of a story's work, with the files that it needs."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.clip import Clip
from pipeline.documents.plan import Chunk, Picture


class SentFile(Frozen):
    """A file that lies in the shared place under its hash."""

    path: str
    """As the documents of the batch name it: its path on the machine that sent it."""
    name: str
    """In the shared place."""
    sha256: str


class WorkBatch(Document):
    """A part of a story's work. Equal batches are equal work."""

    story: str
    program: str
    """The release of FieldCut that the results must come from."""
    tool: str
    """The same of ffmpeg."""
    files: tuple[SentFile, ...]


class BatchChunk(Frozen):
    """One chunk of a batch, with its content key and the index of its picture settings."""

    key: str
    chunk: Chunk
    picture: int


class ChunkBatch(WorkBatch):
    """Chunks to render."""

    pictures: tuple[Picture, ...]
    chunks: tuple[BatchChunk, ...]


class ClipBatch(WorkBatch):
    """Clips whose picture and sound are to be judged."""

    clips: tuple[Clip, ...]
