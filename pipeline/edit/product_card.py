"""When the product card comes and how long it stays."""

from collections.abc import Sequence
from math import ceil

from pipeline.documents.edit import Cut, Decision, Edit, Heard
from pipeline.documents.offer import Offer
from pipeline.edit.phrase_selection import states_price
from pipeline.edit.topics import names_product

TITLE_S = 2.6
"""Seconds at the start during which the title stands alone on the picture."""
CARD_S = 4.5
"""Seconds that the card stays where there is time: enough to read name and price twice, and to scan its code."""


def product_frame(
    cuts: Sequence[Cut], heard: Sequence[Heard], said: Sequence[Decision], offer: Offer | None, fps: int, least_s: float
) -> int | None:
    """The timeline frame at which the product is first named, but not before the title ends; None without an offer.

    said: the decisions on what is said, as `take_decisions` makes them. least_s: seconds that the card needs, so that it comes earlier
    where the story would end before.
    """
    if offer is None:
        return None
    total = sum(cut.frames for cut in cuts if cut.role != "end_card")
    latest = max(0, total - ceil(least_s * fps))
    phrases = [
        (piece.at_frame + round((phrase.start_s - piece.source_start_s) * fps), phrase.words)
        for piece in heard
        if piece.kind == "speech"
        for phrase in said
        if phrase.kept
        and phrase.words
        and phrase.clip_id == piece.clip_id
        and piece.source_start_s <= phrase.start_s < piece.source_start_s + piece.frames / fps
    ]
    named_at = sorted(frame for frame, text in phrases if names_product(text, offer))
    title_ends = round(TITLE_S * fps)
    return min(max(named_at[0] if named_at else 0, title_ends), latest)


def card_until(edit: Edit, offer: Offer | None) -> int | None:
    """The frame up to which the card may come: until then the product or a price is spoken of. None where nobody talks."""
    spoken = [piece for piece in edit.heard if piece.kind == "speech"]
    of_it = [piece for piece in spoken if names_product(piece.words, offer) or states_price(piece.words)] or spoken
    return max((piece.at_frame + piece.frames for piece in of_it), default=None)


def card_frames(edit: Edit, least_s: float = 0.0) -> int:
    """How many frames the product card stays: `least_s` seconds or the usual time, and no longer than until the end card."""
    if edit.product_frame is None:
        return 0
    end_card = edit.cuts[-1].frames if edit.cuts and edit.cuts[-1].role == "end_card" else 0
    return max(0, min(ceil(max(CARD_S, least_s) * edit.fps), edit.frames - end_card - edit.product_frame))
