"""What every document has in common."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes once made; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Frozen):
    """A frozen model that is one JSON file on disk.

    A document of an older version is lifted by `migrate` when it is read, so an old story opens in a new release.
    """

    VERSION: ClassVar[int] = 1
    version: int = 1

    @classmethod
    def migrate(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Lift the raw content of an older file to this version; the default changes nothing."""
        return {**data, "version": cls.VERSION}

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a document, lifting older versions. Raises pydantic.ValidationError when it is not one."""
        import json

        data = json.loads(text)
        if isinstance(data, dict) and data.get("version", 1) < cls.VERSION:
            data = cls.migrate(data)
        return cls.model_validate(data)


class Span(Frozen):
    """A stretch of time in seconds; whose clock, the field that holds it says."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s
