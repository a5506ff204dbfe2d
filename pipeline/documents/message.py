"""What is said to a person, kept apart from the language it is said in."""

from pydantic import Field

from pipeline.documents.base import Frozen


class Message(Frozen):
    """A sentence for a person: English text with {named} places, which is also the key of its translation."""

    text: str
    values: dict[str, str | int | float] = Field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


def M(text: str, **values: str | int | float) -> Message:
    """Shorthand for a `Message`; its literal text must stand in assets/locale (a test collects every call)."""
    return Message(text=text, values=values)
