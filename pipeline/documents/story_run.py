"""How far the last run of a story came, for whoever looks at it from outside."""

from datetime import datetime
from typing import Literal

from pipeline.documents.base import Document
from pipeline.documents.message import Message

RunState = Literal["working", "ready", "needs_person", "failed"]


class StoryRun(Document):
    """One run of a story, written anew while it goes on.

    share: how much is done, 0..1. left_s: seconds that are left, by what the stages took so far; None while nobody knows. said: how it
    ended, sentences for a person. stage: the one at work. error: the kind of what ended it, by its name in `pipeline.errors`; empty for a
    run that came to its end. film_again, set_aside: what should be filmed again, and which files were left out. video, cover,
    report: finished files, absolute; empty without them. key: of the order that began it.
    """

    story: str
    key: str = ""
    state: RunState = "working"
    stage: str = ""
    error: str = ""
    share: float = 0.0
    left_s: float | None = None
    began_at: datetime
    changed_at: datetime
    said: tuple[Message, ...] = ()
    film_again: tuple[Message, ...] = ()
    set_aside: tuple[Message, ...] = ()
    video: str = ""
    cover: str = ""
    report: str = ""
