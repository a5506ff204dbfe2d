"""The voice that runs on under the end card: an L cut, so that the card does not come up in silence."""

from collections.abc import Sequence
from math import ceil

from pipeline.chinese.text_length import text_length
from pipeline.documents.edit import Cut
from pipeline.edit.cover_places import MIN_COVER_S, MIN_SPEAKER_PIECE_S
from pipeline.edit.spoken_clauses import SpokenClause

MOST_VOICE_S = 1.5
"""Seconds of the last sentence that may be heard under the end card: longer, and one listens to somebody who is gone."""
BREATH_S = 0.1
"""The card comes so long before a clause that is heard under it."""
GLANCE_CPS = 9.0
"""Full-width characters a second in which the subtitle of words that go on under the card has been read before: Netflix's limit for
adults, who hear them said as well."""


def frames_under_card(clauses: Sequence[SpokenClause], talk_end: int, fps: int) -> int:
    """How many frames before the talk's end the end card may come.

    clauses: of the talk, in order. talk_end: first frame after it, on the same clock. A short last clause is heard under the card alone,
    which says what it says (点小黄车, 扫码下单) and shows no subtitle; of a longer one only as much as leaves the time to read it before.
    """
    if not clauses:
        return 0
    last, most = clauses[-1], round(MOST_VOICE_S * fps)
    said = talk_end - last.at
    if said <= most:
        breath = max(clauses[-2].end if len(clauses) > 1 else 0, last.at - round(BREATH_S * fps))
        return min(most, talk_end - breath)
    return max(0, min(most, said - ceil(text_length(last.text, "half_width") / GLANCE_CPS * fps)))


def with_voice_under_card(cuts: Sequence[Cut], frames: int, fps: int) -> list[Cut]:
    """The pictures of a talk, ending so many frames before its voice, or as many as the last one of them has to spare.

    No picture goes altogether: a person who takes a sentence out takes out the shot that says it.
    """
    if not cuts or frames <= 0:
        return list(cuts)
    last = cuts[-1]
    least = round((MIN_SPEAKER_PIECE_S if last.role == "talk" else MIN_COVER_S) * fps)
    left = max(min(last.frames, least), last.frames - frames)
    return [*cuts[:-1], last.model_copy(update={"frames": left})]
