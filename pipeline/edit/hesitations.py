"""Cutting hesitations out of the talk, sound and picture, where silence lies on both sides; elsewhere only the subtitles leave them out."""

from collections.abc import Mapping, Sequence

from pipeline.documents.base import Span
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Hesitation, HesitationKind, Transcript
from pipeline.edit.takes import Take, slice_take

EDGE_S = 0.05
"""Silence that must lie on each side of a cut, seconds: a frame at 30 frames a second, and half of one more."""
FASTEST_S = 0.08
SLOWEST_S = 0.7
"""Seconds a syllable that somebody may say. A stretch that is faster or slower has other words in it than were written: a recogniser's
times are off by up to half a second."""
SHORTEST_S = 0.15
"""A shorter hesitation is not worth a jump of the picture."""
VERDICTS: dict[HesitationKind, Message] = {
    "filler": M("only a filler: nothing is said"),
    "repeat": M("said twice: the second time stays"),
    "slip": M("a slip: the speaker takes it back"),
}
"""Laughter is not among them: it is no text, but people like to hear it."""


def cut_hesitations(takes: Sequence[Take], transcripts: Mapping[str, Transcript]) -> list[Take]:
    """Return the takes, with those that stand parted round each hesitation whose sound can be cut, and that part dropped."""
    return [part for take in takes for part in (_parted(take, transcripts[take.clip_id]) if take.stands else [take])]


def _parted(take: Take, transcript: Transcript) -> list[Take]:
    parts, rest = list[Take](), take
    for hesitation in transcript.hesitations:
        inside = [at for at, word in enumerate(rest.phrase.words) if hesitation.covers(word.start_s, word.end_s)]
        if not inside or hesitation.kind not in VERDICTS or not _may_be_cut(rest, inside[0], inside[-1] + 1, hesitation, transcript.quiet):
            continue
        first, last = inside[0], inside[-1] + 1
        if first:
            parts.append(slice_take(rest, 0, first))
        parts.append(slice_take(rest, first, last).dropped(VERDICTS[hesitation.kind]))
        if last == len(rest.phrase.words):
            return parts
        rest = slice_take(rest, last)
    return [*parts, rest]


def _may_be_cut(take: Take, first: int, last: int, hesitation: Hesitation, quiet: Sequence[Span]) -> bool:
    """Tell whether the words `first` to `last` of a take are a hesitation and nothing else, with silence before and after them."""
    words = take.phrase.words
    length_s = words[last - 1].end_s - words[first].start_s
    if length_s < SHORTEST_S or _letters("".join(word.text for word in words[first:last])) != _letters(hesitation.words):
        return False
    before_s = words[first - 1].end_s if first else take.phrase.start_s - EDGE_S
    after_s = words[last].start_s if last < len(words) else take.phrase.end_s + EDGE_S
    edges = ((before_s, words[first].start_s), (words[last - 1].end_s, after_s))
    return all(_is_quiet(edge, quiet) for edge in edges) and all(FASTEST_S <= pace_s <= SLOWEST_S for pace_s in _paces_s(take, first, last))


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _is_quiet(edge: tuple[float, float], quiet: Sequence[Span]) -> bool:
    """Tell whether the sound is cut in silence between two words: at the middle of the pause, `EDGE_S` long."""
    middle_s = (edge[0] + edge[1]) / 2
    return edge[1] - edge[0] >= EDGE_S and any(
        span.start_s <= middle_s - EDGE_S / 2 and middle_s + EDGE_S / 2 <= span.end_s for span in quiet
    )


def _paces_s(take: Take, first: int, last: int) -> list[float]:
    """Return the seconds a syllable of a hesitation, and of what is said from the pause before it and up to the pause after it."""
    words = take.phrase.words
    begin, end = first, last
    while begin > 0 and (begin == first or words[begin].start_s - words[begin - 1].end_s < EDGE_S):
        begin -= 1
    while end < len(words) and (end == last or words[end].start_s - words[end - 1].end_s < EDGE_S):
        end += 1
    stretches = (words[begin:first], words[first:last], words[last:end])
    return [
        (stretch[-1].end_s - stretch[0].start_s) / max(1, sum(character.isalnum() for word in stretch for character in word.text))
        for stretch in stretches
        if stretch
    ]
