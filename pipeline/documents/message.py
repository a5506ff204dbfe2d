"""What is said to a person, kept apart from the language it is said in."""

from __future__ import annotations

from pydantic import Field

from pipeline.documents.base import Document, Frozen


class Message(Frozen):
    """A sentence for a person: English text with {named} places, which is also the key of its translation.

    A place may hold a message, or several, which are translated with it.
    """

    text: str
    values: dict[str, str | int | float | Message | tuple[Message, ...]] = Field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**{name: spoken(value) for name, value in self.values.items()})


class Warnings(Document):
    """What a person should look at, kept for the report."""

    messages: tuple[Message, ...] = ()


Value = str | int | float | Message | tuple[Message, ...]


def spoken(value: Value) -> str | int | float:
    """A value as it stands in an English sentence; several messages are listed."""
    if isinstance(value, tuple):
        return "; ".join(str(message).rstrip(".") for message in value)
    return str(value) if isinstance(value, Message) else value


def M(text: str, **values: Value) -> Message:
    """Shorthand for a `Message`; its literal text must stand in assets/locale (a test collects every call)."""
    return Message(text=text, values=values)
