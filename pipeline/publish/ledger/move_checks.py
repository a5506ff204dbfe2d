"""What a move of a release must bring: a reason, a link, a screenshot."""

from collections.abc import Mapping

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.network.redacted_response import public_link, redacted_text
from pipeline.publish.ledger.records import Actor
from pipeline.publish.ledger.states import NEEDS_REASON, PUBLIC, State, Who


def link_to_keep(link: str, by: Actor, secrets: tuple[str, ...]) -> str:
    """Return a post's link as it is kept. Raises UserMistake for what a person gave and is no web address."""
    if not link:
        return ""
    try:
        return public_link(link)
    except ValueError:
        if by.who is Who.PERSON:
            raise UserMistake(M("{link} is not a web address.", link=redacted_text(link, secrets))) from None
        return redacted_text(link, secrets)


def check_complete(to: State, by: Actor, reason: Message | None, known: Mapping[str, str]) -> None:
    """Check that a move brings what its state needs. Raises ValueError, UserMistake for what a person left out."""
    if to in NEEDS_REASON and reason is None:
        raise ValueError(f"{to} needs a reason that a person can read")
    if to is State.CONFIRMED and not (known["link"] or known["evidence"]):
        raise UserMistake(M("Give the link of the post, or a screenshot of it."))
    if to in PUBLIC and by.who is Who.LOOKUP and not (known["post_id"] or known["link"]):
        raise ValueError(f"a look-up that found the post knows its id or its link: {to}")
