"""What the page beside the clips says: to a volunteer, who has a phone and a folder, and neither a terminal nor the sheet.

A message may have a form for that page: a translation with the context `folder`, in both catalogues. A message without one that names a
command, or what only the co-op knows, is not said there. One sentence stands for all of them; in full they are in `fieldcut status`.
"""

import re
from collections.abc import Iterable

from pipeline.documents.message import M, Message
from pipeline.language import form_for, say

FOLDER = "folder"
"""Context of the translations that are for the page beside the clips."""
COOPS_FIELDS = frozenset({"account", "channel", "command", "release", "server", "workspace"})
"""Places of a sentence that hold what only the co-op knows."""
_COMMAND = re.compile(r"fieldcut |\bcommand\b|`|(?<![\w-])--[a-z]")
FOR_THE_COOP = M(
    "Somebody at the co-op has to look at something on the computer. Please tell whoever looks after the sales; you need not do anything."
)


def folder_sentence(message: Message, language: str) -> str | None:
    """The message as the page says it; None when it is not for who drops clips."""
    return say(message, language, FOLDER) if _is_for_folder(message, language) else None


def folder_sentences(messages: Iterable[Message], language: str) -> list[str]:
    """The messages as the page says them, each once, and at the end one sentence for all that are the co-op's."""
    told = [folder_sentence(message, language) for message in messages]
    sentences = list(dict.fromkeys(sentence for sentence in told if sentence))
    return [*sentences, say(FOR_THE_COOP, language)] if None in told else sentences


def _is_for_folder(message: Message, language: str) -> bool:
    form = form_for(message, language, FOLDER)
    if form is None and (_COMMAND.search(message.text) or COOPS_FIELDS & message.values.keys()):
        return False
    said = [value for name, value in message.values.items() if form is None or f"{{{name}}}" in form]
    parts = (part for value in said for part in (value if isinstance(value, tuple) else (value,)))
    return all(_is_for_folder(part, language) for part in parts if isinstance(part, Message))
