"""Passages in which a speaker says a price that is not, or may not be, the product sheet's."""

import hashlib
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

PriceDoubt = Literal["stop", "ask"]
"""stop: another price is clearly said. ask: it may be another one, and a person should listen."""


class PricePassage(Frozen):
    """One passage with a price that a person must settle before the video is published."""

    id: str
    """Hash of the clip's content, the passage's seconds and words, and the offer's price: whoever confirms it has confirmed this sound."""
    doubt: PriceDoubt
    clip_id: str = ""
    clip: str = ""
    """The file's name, for the person."""
    start_s: float = 0.0
    end_s: float = 0.0
    """On the clip's own clock, as `start_s`."""
    heard: str = ""
    """The words, as they were recognised."""
    unclear: bool = False
    """Whether the words themselves are doubtful: badly heard, or a number that nothing calls money."""
    message: Message


class PricePassages(Document):
    """What was found in the speech that an edit keeps, in the order it is said."""

    VERSION: ClassVar[int] = 2
    version: int = 2
    passages: tuple[PricePassage, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is said about each passage."""
        return tuple(passage.message for passage in self.passages)

    @classmethod
    def migrate(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Convert a file of version 1, which held messages only; none of them stopped the story, else there would be no file."""
        messages = data.get("messages", ())
        passages = [
            {"id": passage_id("", 0.0, 0.0, Message.model_validate(message).text, str(index)), "doubt": "ask", "message": message}
            for index, message in enumerate(messages)
        ]
        return {"version": cls.VERSION, "passages": passages}


class LeftOutPassage(Frozen):
    """A passage that a person took out of the story: no edit uses it."""

    clip_id: str
    start_s: float
    end_s: float
    """On the clip's own clock, as `start_s`."""
    words: str
    by: str
    at: AwareDatetime


class LeftOutPassages(Document):
    """Everything that a person took out of a story's speech."""

    passages: tuple[LeftOutPassage, ...] = ()


def passage_id(clip_sha256: str, start_s: float, end_s: float, heard: str, price: str) -> str:
    """Return an id of 16 hex digits that stays the same as long as the sound, its words and the sheet's price do."""
    return hashlib.sha256("\x1f".join((clip_sha256, f"{start_s:.2f}", f"{end_s:.2f}", heard, price)).encode()).hexdigest()[:16]
