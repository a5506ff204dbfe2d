"""What the speaker says about the price: a finding on the voice, which no corrected subtitle changes."""

from collections.abc import Sequence

from pipeline.commerce.claims.rules import cite_sources
from pipeline.documents.claims import Claim, TextPlace
from pipeline.documents.message import M
from pipeline.documents.spoken_prices import PricePassage


def check_voice(passages: Sequence[tuple[PricePassage, float]]) -> list[Claim]:
    """Return a blocking finding for every passage whose price a person has not settled. Its id is the passage's.

    passages: each with its second on the timeline.
    """
    suggestion = M(
        "Listen to it. Leave it out, film it again, or confirm by name that it is right: `fieldcut prices`. "
        "Another subtitle does not change the voice."
    )
    return [
        Claim(
            id=passage.id,
            verdict="block",
            rule="price.spoken",
            words=passage.heard,
            place=TextPlace(kind="voice", at_s=at_s),
            why=passage.message,
            suggestion=suggestion,
            sources=cite_sources("one-price", "price-14", "samr-56"),
        )
        for passage, at_s in passages
    ]
