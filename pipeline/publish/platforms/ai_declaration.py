"""The declaration of generated footage in the caption, for platforms whose API takes no such declaration."""

import re
from collections.abc import Iterator

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release

_SAYS_AI = re.compile(r"(?<![A-Za-z])AI(?![A-Za-z])|人工智能", re.IGNORECASE)


def missing_ai_declaration(release: Release, words: str, platform: Message) -> Iterator[Message]:
    """Problem of a release with generated footage whose words do not say so. platform: its name, for the message."""
    if release.declarations.ai_generated and not _SAYS_AI.search(words):
        yield M("{platform} takes no AI declaration from a program: say it in the caption, or have a person post it", platform=platform)
