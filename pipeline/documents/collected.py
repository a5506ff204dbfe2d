"""The analyses and transcripts of all clips of a story, by clip id."""

from pipeline.documents.analysis import Analysis
from pipeline.documents.base import Document
from pipeline.documents.transcript import Transcript


class Analyses(Document):
    """Every clip's analysis."""

    by_clip: dict[str, Analysis]


class Transcripts(Document):
    """Every clip's transcript."""

    by_clip: dict[str, Transcript]
