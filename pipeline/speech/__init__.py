"""Speech recognition: clips and their speech spans in, a `Transcript` with exact times and repaired words out.

`transcribe` is the whole room. Recognition runs in a process of its own (`worker`), so that its memory is freed when it ends.
"""

from pipeline.speech.transcription import transcribe

__all__ = ["transcribe"]
