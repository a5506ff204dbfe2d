"""The provenance of a video: which parts were generated, and the mark in the file that says so."""

import json
from typing import Literal

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

PartKind = Literal["picture", "voice", "music", "text"]


class ImplicitLabel(Frozen):
    """The metadata field AIGC of GB 45438-2025, annex E.

    label: "1" generated, "2" perhaps, "3" suspected (these meanings from readers of the standard, not from its text).
    """

    label: str
    content_producer: str = ""
    produce_id: str = ""
    reserved_code_1: str = ""
    content_propagator: str = ""
    propagate_id: str = ""
    reserved_code_2: str = ""

    def to_json(self) -> str:
        """The field's value, with the standard's own names in its own order."""
        return json.dumps(
            {
                "Label": self.label,
                "ContentProducer": self.content_producer,
                "ProduceID": self.produce_id,
                "ReservedCode1": self.reserved_code_1,
                "ContentPropagator": self.content_propagator,
                "PropagateID": self.propagate_id,
                "ReservedCode2": self.reserved_code_2,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )


class GeneratedPart(Frozen):
    """One generated part of the video, and how that is known."""

    kind: PartKind
    name: str
    """The clip's or file's name; for what was made here, the step that made it."""
    mark: str
    """AIGC, C2PA, the generator's name, or `made` for what was made here."""
    seconds: float
    """How long it is seen or heard."""
    sha256: str = ""
    """Of the file it came in."""
    label: ImplicitLabel | None = None
    """The mark that the file itself carried."""


class Provenance(Document):
    """Whether the finished video must be labelled, computed from what is shown and heard in it."""

    generated: bool
    parts: tuple[GeneratedPart, ...] = ()
    why: Message
