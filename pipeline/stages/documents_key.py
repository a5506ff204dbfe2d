"""The content key of documents as they stand on the disk."""

from collections.abc import Sequence

from pipeline.store import content_key, file_sha256
from pipeline.workspace import StoryContext


def documents_key(context: StoryContext, documents: Sequence[str], **more: object) -> str:
    """A key of documents as they stand now, and of what else a result depends on."""
    return content_key(documents={name: file_sha256(context.path(name)) for name in documents}, **more)
