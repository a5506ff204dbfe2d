"""Kinship of two releases: whether followers of a feed would say that they have seen this before.

Kin are known by their story; by the shots that carry them (the speaker, the scenes of a film without words; what covers a join or opens a
video is often shared and does not count); and by the picture itself, which also finds copies that were encoded or named anew. Pictures of
another product are no kin: a live room looks the same every week. The thresholds lie between the true and the false kin that
`benchmarks/kin.py` makes of 17 real clips: copies share 0.90 of their pictures and more, films of other things 0.10 at most.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from pipeline.documents.release import Release, ShownShot

Why = Literal["story", "shots", "picture"]
KIN_SHARE = 0.5
"""Share of the shorter one's shots, or of its pictures, that the other one has as well."""
ALIKE_BITS = 31
"""Of 144: two pictures whose hashes differ in no more are the same picture."""
FEWEST_PICTURES = 4
"""Fewer pictures than this (a second) tell nothing."""


def kinship(one: Release, other: Release) -> Why | None:
    """How two releases are kin; None when they are not."""
    if one.story == other.story:
        return "story"
    if shared_shots(one.shots, other.shots) >= KIN_SHARE:
        return "shots"
    if one.video.sha256 == other.video.sha256:
        return "picture"
    same_product = (one.offer.sku if one.offer else "") == (other.offer.sku if other.offer else "")
    return "picture" if same_product and shared_pictures(one.picture, other.picture) >= KIN_SHARE else None


def shared_shots(one: Sequence[ShownShot], other: Sequence[ShownShot]) -> float:
    """Return the share of the shorter one's seconds that the other one shows as well, from 0 to 1; what is shown twice counts once."""
    these, those = _spans(one), _spans(other)
    common = sum(
        max(0.0, min(this_end, that_end) - max(this_start, that_start))
        for clip, spans in these.items()
        for this_start, this_end in spans
        for that_start, that_end in those.get(clip, ())
    )
    shorter = min(sum(end - start for spans in shown.values() for start, end in spans) for shown in (these, those))
    return min(1.0, common / shorter) if shorter > 0 else 0.0


def shared_pictures(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of the pictures of one that are among the other's, the larger of the two ways, from 0 to 1."""
    if min(len(one), len(other)) < FEWEST_PICTURES:
        return 0.0
    these, those = ([int(picture, 16) for picture in pictures] for pictures in (one, other))
    return max(_share_in(these, those), _share_in(those, these))


def _share_in(these: Sequence[int], those: Sequence[int]) -> float:
    found = sum(any((this ^ that).bit_count() <= ALIKE_BITS for that in those) for this in these)
    return found / len(these)


def _spans(shots: Sequence[ShownShot]) -> dict[str, list[tuple[float, float]]]:
    """The stretches that are shown of each clip, none of them twice."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for shot in sorted(shots, key=lambda shot: shot.start_s):
        shown = spans[shot.clip_sha256]
        if shown and shot.start_s <= shown[-1][1]:
            shown[-1] = (shown[-1][0], max(shown[-1][1], shot.end_s))
        else:
            shown.append((shot.start_s, shot.end_s))
    return spans
