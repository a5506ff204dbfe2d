"""Speech whose picture cannot be used: left out where nothing covers it, unless it is soft and says the price as nobody else does."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis, DefectKind
from pipeline.documents.clip import Clips
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.edit.cover_places import MIN_SPEAKER_PIECE_S
from pipeline.edit.phrase_selection import states_price
from pipeline.edit.scenes import Scene
from pipeline.edit.takes import Take
from pipeline.edit.topics import names_product

SOFT: frozenset[DefectKind] = frozenset({"blurred", "shaky"})
"""What is wrong with a picture on which one still sees who speaks."""


def drop_unshowable(
    takes: Sequence[Take], scenes: Sequence[Scene], analyses: Mapping[str, Analysis], offer: Offer | None, clips: Clips
) -> tuple[list[Take], tuple[Message, ...]]:
    """Drop takes whose picture cannot be used when no other clip has a scene to cover them.

    The best take of the price, or of the product's name where nobody says the price, stays although its picture is soft, with a warning.
    """
    standing = {take.clip_id for take in takes if take.stands}
    if any(scene.clip.id not in standing for scene in scenes):
        return list(takes), ()
    unseen = [take for take in takes if take.stands and _bad_s(take, analyses, None) > MIN_SPEAKER_PIECE_S]
    kept = _needed(takes, unseen, analyses, offer)
    gone = M("its picture cannot be used, and nothing is there to cover it")
    warnings = tuple(
        M(
            "{clip} at {at} s is soft, but nobody else says it: “{words}” is in the video all the same. Better film it again.",
            clip=clips.by_id(take.clip_id).name,
            at=round(take.phrase.start_s, 1),
            words=take.phrase.text,
        )
        for take in kept
    )
    return [take.dropped(gone) if take in unseen and take not in kept else take for take in takes], warnings


def _needed(takes: Sequence[Take], unseen: Sequence[Take], analyses: Mapping[str, Analysis], offer: Offer | None) -> list[Take]:
    """Of the takes that cannot be shown well the one that must be: soft, and alone in saying the price, or the product's name."""
    seen = [take for take in takes if take.stands and take not in unseen]
    for says in (states_price, lambda text: names_product(text, offer)):
        if any(says(take.phrase.text) for take in seen):
            return []
        soft = [take for take in unseen if says(take.phrase.text) and _bad_s(take, analyses, SOFT) == 0]
        if soft:
            return [min(soft, key=lambda take: _bad_s(take, analyses, None) - take.phrase.confidence)]
    return []


def _bad_s(take: Take, analyses: Mapping[str, Analysis], allowed: frozenset[DefectKind] | None) -> float:
    """Seconds of a take in which its picture has a defect; with `allowed`, one that is not among these."""
    return sum(
        max(0.0, min(shot.end_s, take.phrase.end_s) - max(shot.start_s, take.phrase.start_s))
        for shot in analyses[take.clip_id].shots
        if any(allowed is None or defect.kind not in allowed for defect in shot.defects)
    )
