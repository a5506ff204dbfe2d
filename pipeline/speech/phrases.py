"""Phrases with exact edges, from words with approximate times and the sound's loudness.

Whisper's word times are off by up to half a second beside a pause. The loudness curve shows where sound begins and ends, the words
what is said; so words are assigned in order to islands of sound, and the islands give the phrases their edges.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.base import Span
from pipeline.documents.transcript import Phrase, Word

HOP_S = 0.01
PAUSE_S = 0.5
"""A silence as long as this separates two phrases. Pauses inside a sentence are mostly shorter (0.1..0.4 s in the measured talk)."""
WORD_GAP_S = 0.12
"""A silence shorter than this lies inside a word: the closure of a p, t or k is up to 0.1 s."""
CLICK_S = 0.06
"""Sound shorter than this is a click and not speech."""
EDGE_S = 0.35
"""How far sound may reach beyond the voice detector's span and still be the same word's soft edge."""
STRAY_S = 0.6
"""A word farther from any speech than this is a hallucination."""
LEAD_S, TRAIL_S = 0.03, 0.05
"""Added on both sides of a phrase: its onset and decay lie below the threshold."""

Curve = NDArray[np.float64]


def build_phrases(words: Sequence[Word], speech: Sequence[Span], curve: Sequence[float]) -> tuple[Phrase, ...]:
    """Return phrases with exact edges, in order; words far from all speech are left out.

    words: in order, with approximate times. speech: the voice detector's spans. curve: dB every 10 ms from time 0, as
    `recognition.loudness_curve` returns it.
    """
    islands = sound_islands(speech, np.asarray(curve, np.float64))
    spoken = [word for word in words if word.text.strip() and _distance(word, speech) <= STRAY_S]
    if not spoken or not islands:
        return ()
    homes = _assign_to_islands(spoken, islands)
    groups: list[list[int]] = []
    for index, home in enumerate(homes):
        if groups and not _is_pause_between(islands, homes[index - 1], home):
            groups[-1].append(index)
        else:
            groups.append([index])
    total_s = len(curve) * HOP_S
    return tuple(_phrase([spoken[index] for index in group], [homes[index] for index in group], islands, total_s) for group in groups)


def sound_islands(speech: Sequence[Span], curve: Curve) -> list[Span]:
    """Return the stretches of sound in or right beside the voice detector's spans, separated by silences of `WORD_GAP_S` or more."""
    if not len(curve) or not speech:
        return []
    inside = _mask(speech, len(curve), 0.0)
    allowed = _mask(speech, len(curve), EDGE_S)
    loud = (curve > _threshold(curve, inside)) & allowed
    # Sound entirely outside the detector's spans is not speech, however near and loud.
    runs = [(start, end) for start, end in _joined(_runs(loud)) if (end - start) * HOP_S >= CLICK_S and inside[start:end].any()]
    islands = [Span(start_s=round(start * HOP_S, 3), end_s=round(end * HOP_S, 3)) for start, end in runs]
    return sorted([*islands, *_without_sound(speech, islands)], key=lambda island: island.start_s)


def _joined(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs with less than `WORD_GAP_S` between them."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and (start - joined[-1][1]) * HOP_S < WORD_GAP_S:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _without_sound(speech: Sequence[Span], islands: Sequence[Span]) -> list[Span]:
    """Return the detector's spans in which no island lies: speech too soft for the threshold."""
    return [span for span in speech if not any(island.start_s < span.end_s and island.end_s > span.start_s for island in islands)]


def _threshold(curve: Curve, inside: NDArray[np.bool_]) -> float:
    """Return a level in dB between room noise and voice, nearer the noise; 32 dB below the voice in a quiet room."""
    voice = float(np.percentile(curve[inside], 80)) if inside.any() else -20.0
    quiet = curve[~inside] if (~inside).sum() >= 30 else curve
    noise = float(np.percentile(quiet, 50 if quiet is not curve else 5))
    noise = min(noise, voice - 6)
    return max(voice - 32, noise + min(8.0, 0.35 * (voice - noise)))


def _mask(spans: Sequence[Span], length: int, wider_s: float) -> NDArray[np.bool_]:
    mask = np.zeros(length, bool)
    for span in spans:
        mask[max(0, int((span.start_s - wider_s) / HOP_S)) : max(0, int(np.ceil((span.end_s + wider_s) / HOP_S)))] = True
    return mask


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _distance(word: Word, spans: Sequence[Span]) -> float:
    middle_s = (word.start_s + word.end_s) / 2
    return min((max(span.start_s - middle_s, middle_s - span.end_s, 0.0) for span in spans), default=float("inf"))


def _assign_to_islands(words: Sequence[Word], islands: Sequence[Span]) -> list[int]:
    """Return every word's island, by the cheapest assignment in order: words near their island, few long islands left empty."""
    cost = np.zeros((len(words), len(islands)))
    for at, word in enumerate(words):
        length_s = max(word.end_s - word.start_s, 0.05)
        for home, island in enumerate(islands):
            common_s = min(word.end_s, island.end_s) - max(word.start_s, island.start_s)
            outside_s = max(island.start_s - word.end_s, word.start_s - island.end_s, 0.0)
            cost[at, home] = outside_s + (1 - max(common_s, 0.0) / length_s) * min(length_s, 0.4)
    best = np.full_like(cost, np.inf)
    back = np.zeros(cost.shape, int)
    skip = np.concatenate(([0.0], np.cumsum([0.2 * min(island.length_s, 1.0) for island in islands])))
    best[0] = cost[0] + skip[:-1]
    for at in range(1, len(words)):
        for home in range(len(islands)):
            ways = best[at - 1, : home + 1] + np.maximum(skip[home] - skip[1 : home + 2], 0.0)
            back[at, home] = int(np.argmin(ways))
            best[at, home] = ways[back[at, home]] + cost[at, home]
    homes = [int(np.argmin(best[-1] + skip[-1] - skip[1:]))]
    for at in range(len(words) - 1, 0, -1):
        homes.append(int(back[at, homes[-1]]))
    return homes[::-1]


def _is_pause_between(islands: Sequence[Span], first: int, last: int) -> bool:
    """Tell whether a pause lies between two islands; sound without words between them counts as speech."""
    return any(islands[at + 1].start_s - islands[at].end_s >= PAUSE_S for at in range(first, last))


def _phrase(words: Sequence[Word], homes: Sequence[int], islands: Sequence[Span], total_s: float) -> Phrase:
    first, last = homes[0], homes[-1]
    # Short sound without words right beside the phrase is its first or last syllable, heard but not written.
    while first > 0 and islands[first].start_s - islands[first - 1].end_s < WORD_GAP_S * 2 and islands[first - 1].length_s < 0.3:
        first -= 1
    while last + 1 < len(islands) and islands[last + 1].start_s - islands[last].end_s < WORD_GAP_S * 2 and islands[last + 1].length_s < 0.3:
        last += 1
    start_s = round(max(0.0, islands[first].start_s - LEAD_S), 3)
    end_s = round(min(max(total_s, islands[last].end_s), islands[last].end_s + TRAIL_S), 3)
    return Phrase(start_s=start_s, end_s=end_s, words=_timed_words(words, homes, islands, start_s, end_s))


def _timed_words(words: Sequence[Word], homes: Sequence[int], islands: Sequence[Span], start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the words with times inside their islands, in order, none of zero length; the first and last of an island take its edges."""
    timed: list[Word] = []
    at = 0
    while at < len(words):
        stop = at
        while stop < len(words) and homes[stop] == homes[at]:
            stop += 1
        group, island = words[at:stop], islands[homes[at]]
        low = start_s if at == 0 else island.start_s
        high = end_s if stop == len(words) else island.end_s
        cuts = [low, *[(before.end_s + after.start_s) / 2 for before, after in pairwise(group)], high]
        timed += [
            word.model_copy(update={"start_s": round(begin, 3), "end_s": round(finish, 3)})
            for word, begin, finish in zip(group, _spaced(cuts)[:-1], _spaced(cuts)[1:], strict=True)
        ]
        at = stop
    return tuple(timed)


def _spaced(cuts: Sequence[float], least_s: float = 0.05) -> list[float]:
    """Return the cuts, moved as little as needed to be in order and at least `least_s` apart, between the first and last one."""
    least_s = min(least_s, (cuts[-1] - cuts[0]) / (len(cuts) - 1))
    moved = list(cuts)
    for at in range(1, len(moved) - 1):
        moved[at] = max(moved[at], moved[at - 1] + least_s)
    for at in range(len(moved) - 2, 0, -1):
        moved[at] = min(moved[at], moved[at + 1] - least_s)
    return moved
