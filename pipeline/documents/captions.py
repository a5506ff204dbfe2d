"""A release's captions, before and after they are cut to one platform's limits."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message
from pipeline.documents.release import Captions


class CaptionSource(Frozen):
    """The facts from which the captions of every destination are made."""

    title: str
    points: tuple[str, ...] = ()
    """Sentences in order of importance: the last ones are left out first when space is short."""
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
    """Words without #, the most important first."""
    names: tuple[str, ...] = ()
    """Names that may not be broken when a text is shortened: the story's glossary."""
    declaration: str = ""
    """A sentence that must stand in the caption unshortened, such as the one about generated footage."""


class CaptionSet(Document):
    """The captions for one destination, ready to be sent, and what a person should know about them.

    `captions.text` is the whole content of the text field: with the topics, where the platform reads them from the text; where it has a
    field of tags, they stand only in `captions.topics`.
    """

    destination: str
    captions: Captions
    notes: tuple[Message, ...] = ()
    """What was shortened or left out, and why."""
