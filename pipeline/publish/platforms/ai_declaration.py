"""What must be said about a post in its words, where a platform takes no declaration from a program."""

import re
from collections.abc import Iterator

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release

_SAYS_AI = re.compile(r"(?<![A-Za-z])AI(?![A-Za-z])|人工智能", re.IGNORECASE)


def ai_not_said(release: Release, words: str, platform: Message) -> Iterator[Message]:
    """Generated footage of which the words do not speak. platform: its name, for the sentence."""
    if release.declarations.ai_generated and not _SAYS_AI.search(words):
        yield M("{platform} takes no AI declaration from a program: say it in the caption, or have a person post it", platform=platform)
