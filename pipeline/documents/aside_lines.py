"""The files that were set aside, in lines for a person: many photos are one line."""

from collections.abc import Sequence

from pipeline.documents.clip import SetAside
from pipeline.documents.message import M, Message

NAMED = 3
"""Up to so many photos are named one by one."""


def aside_lines(set_aside: Sequence[SetAside]) -> list[Message]:
    """A line for each file, and one for all photos where they are many."""
    photos = [item for item in set_aside if item.kind == "photo"]
    if len(photos) <= NAMED:
        return [item.reason for item in set_aside]
    others = [item.reason for item in set_aside if item.kind != "photo"]
    return [*others, M("{count} photos are not used, {name} among them.", count=len(photos), name=photos[0].name)]
