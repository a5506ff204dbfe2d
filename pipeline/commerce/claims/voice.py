"""What the speaker says about the price: a finding on the voice, which no corrected subtitle changes."""

from collections.abc import Sequence

from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.rules import cite_sources
from pipeline.documents.claims import Claim, TextPlace
from pipeline.documents.message import M
from pipeline.documents.spoken_prices import PricePassage

DOUBTFUL_SPEECH = "speech.doubtful"
"""The rule of the finding on lines that nobody has listened to."""
MOST_TIMES = 6


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


def check_doubtful_lines(lines: Sequence[tuple[str, float]]) -> list[Claim]:
    """Return one blocking finding for the lines whose words are doubtful, none without such lines: what is said there may be anything.

    lines: each with its words and its second on the timeline.
    """
    if not lines:
        return []
    times = ", ".join(f"{int(at_s) // 60}:{int(at_s) % 60:02d}" for _, at_s in lines[:MOST_TIMES])
    why = M(
        "{count} lines of the speech need an ear before this goes out ({times}).",
        count=len(lines),
        times=times + (" …" if len(lines) > MOST_TIMES else ""),
    )
    return [
        make_claim(
            "block",
            DOUBTFUL_SPEECH,
            TextPlace(kind="voice", at_s=lines[0][1]),
            why,
            sources=(),
            words=" / ".join(words for words, _ in lines),
            suggestion=M("Listen to them. Correct them in subtitles.srt, or take them out there."),
        )
    ]
