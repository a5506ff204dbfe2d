"""Messages for people, kept apart from the language they are shown in."""

from __future__ import annotations

from pydantic import Field

from pipeline.documents.base import Document, Frozen


class Message(Frozen):
    """A sentence for a person: an English text with {named} fields, which is also the key of its translation.

    A field's value may be a message, or several, which are translated with it.
    """

    text: str
    values: dict[str, str | int | float | Message | tuple[Message, ...]] = Field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**{name: spoken(value) for name, value in self.values.items()})


class Warnings(Document):
    """Warnings for a person, kept for the report."""

    messages: tuple[Message, ...] = ()


Value = str | int | float | Message | tuple[Message, ...]


def spoken(value: Value) -> str | int | float:
    """A field's value as it is put into an English sentence; several messages become a list with semicolons."""
    if isinstance(value, tuple):
        return "; ".join(str(message).rstrip(".") for message in value)
    return str(value) if isinstance(value, Message) else value


def M(text: str, **values: Value) -> Message:
    """Make a `Message`. Its literal text must have a translation in assets/locale; a test collects every call."""
    return Message(text=text, values=values)
