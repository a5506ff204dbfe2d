"""The base classes of all documents."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable model that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Frozen):
    """A frozen model that is one JSON file on disk.

    A document of an older version is migrated when it is read, so that an old story opens in a new release.
    """

    VERSION: ClassVar[int] = 1
    version: int = 1

    @classmethod
    def migrate(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Convert the raw content of an older file to this version; the default only sets the version."""
        return {**data, "version": cls.VERSION}

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a document, migrating older versions. Raises ValueError (pydantic.ValidationError for a wrong field) when it is not one."""
        import json

        data = json.loads(text)
        if isinstance(data, dict) and data.get("version", 1) < cls.VERSION:
            data = cls.migrate(data)
        return cls.model_validate(data)


class Span(Frozen):
    """A stretch of time in seconds, on the clock that the field holding it names."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s
