"""A release's words, before and after they are cut for one platform."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message
from pipeline.documents.release import Captions


class CaptionSource(Frozen):
    """The one source of all captions."""

    title: str
    points: tuple[str, ...] = ()
    """Sentences in order of importance: the last ones go first when room is short."""
    product: str = ""
    price: str = ""
    """With its unit, as on the card: ¥29.9/10斤. Never shown without the unit; empty for no price."""
    promise: str = ""
    """The after-sales promise: 坏果包赔."""
    ordering: str = ""
    """Cut-off hour and pick-up place, for destinations that show them."""
    contact: str = ""
    """After-sales contact; left out where the destination forbids contact."""
    link: str = ""
    """The cart link; left out where it cannot be tapped or is punished."""
    topics: tuple[str, ...] = ()
    """Bare words without #, the most telling first."""
    names: tuple[str, ...] = ()
    """Names that no cut may break: the story's glossary."""
    declaration: str = ""
    """A sentence that must stand in the caption whole, such as the one about generated footage."""


class CaptionSet(Document):
    """The words for one destination, ready to be sent, and what a person should know about them.

    `captions.text` is everything that goes into the text field: where the platform reads topics out of the text they stand in it, in
    its form; where it has a field of tags they stand only in `captions.topics`.
    """

    destination: str
    captions: Captions
    notes: tuple[Message, ...] = ()
    """What was cut or left out, and why."""
