"""When the speaker says the offer's price, so that the picture shows it then."""

from collections.abc import Iterator, Mapping

from pipeline.chinese import stated_amounts
from pipeline.documents.edit import Edit, Heard
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Phrase, Transcript

Mention = tuple[int, int]
"""First and end frame in which the price is said."""


def spoken_price_spans(edit: Edit, transcripts: Mapping[str, Transcript], offer: Offer | None) -> tuple[Mention, ...]:
    """Return the timeline's frames in which the offer's price is said, in order; those of other packs and old prices are not among them.

    Follows what the edit keeps: a piece that a person moves takes its price along.
    """
    if offer is None:
        return ()
    pieces = [piece for piece in edit.heard if piece.kind == "speech" and piece.clip_id in transcripts]
    said_in = {
        clip_id: [said for phrase in transcripts[clip_id].phrases for said in _prices(phrase, offer)]
        for clip_id in {piece.clip_id for piece in pieces}
    }
    spans = (_on_timeline(said, piece, edit.fps) for piece in pieces for said in said_in[piece.clip_id])
    return tuple(sorted(span for span in spans if span is not None))


def _prices(phrase: Phrase, offer: Offer) -> Iterator[tuple[float, float]]:
    """Yield the seconds of the clip's clock from the first to the last word of each mention of the price."""
    text = "".join(word.text for word in phrase.words)
    for amount in stated_amounts(text, (offer.name, *offer.aliases)):
        if amount.role != "price" or amount.amount != offer.price:
            continue
        at, said = 0, []
        for word in phrase.words:
            if at < amount.amount_end and at + len(word.text) > amount.amount_start:
                said.append(word)
            at += len(word.text)
        if said:
            yield said[0].start_s, said[-1].end_s


def _on_timeline(said: tuple[float, float], piece: Heard, fps: int) -> Mention | None:
    """Return the frames of a stretch of the clip; None where the piece does not hold its middle."""
    start_s, end_s = said
    if not piece.source_start_s <= (start_s + end_s) / 2 < piece.source_start_s + piece.frames / fps:
        return None
    first, end = (piece.at_frame + round((moment - piece.source_start_s) * fps) for moment in (start_s, end_s))
    return max(piece.at_frame, first), min(piece.at_frame + piece.frames, max(end, first + 1))
