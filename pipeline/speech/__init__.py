"""What is said in the clips: clips and their speech spans in, a `Transcript` of true times and repaired words out.

`transcribe` is the whole room. Recognition runs in a process of its own (`worker`), which ends and gives its memory back.
"""

from pipeline.speech.transcribe import transcribe

__all__ = ["transcribe"]
