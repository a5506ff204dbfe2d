"""Lengths of a post's texts against the fields they are pasted into."""

from collections.abc import Iterator

from pipeline.documents.destination import Destination
from pipeline.documents.message import M, Message
from pipeline.documents.release import Captions
from pipeline.publish.captions import text_length
from pipeline.publish.captions.text import FIELDS

_NAMES = {
    "title": M("title"),
    "short_title": M("short title"),
    "caption": M("description"),
    "description": M("description"),
}


def length_problems(captions: Captions, destination: Destination) -> Iterator[Message]:
    """Yield every field that is longer or shorter than the destination allows, as it counts; an empty field is no problem."""
    texts = {"title": captions.title, "short_title": captions.short_title, **dict.fromkeys(FIELDS, captions.text)}
    for field, name in _NAMES.items():
        most, least = destination.caption_limits.get(field), destination.caption_least.get(field, 0)
        length = text_length(texts[field], destination.caption_counting.get(field, "characters"))
        if most is not None and length > most:
            yield M("the {field} has a length of {length}, and {most} is allowed", field=name, length=round(length, 1), most=most)
        elif texts[field] and most is not None and length < least:
            yield M(
                "the {field} has a length of {length}, and at least {least} is asked for", field=name, length=round(length, 1), least=least
            )
    most = destination.caption_limits.get("topics")
    if most is not None and len(captions.topics) > most:
        yield M("there are {count} topics, and {most} are allowed", count=len(captions.topics), most=most)
