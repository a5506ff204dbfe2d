"""Recordings that were sent more than once: found by sound and picture at one constant offset, whatever their size, rate and length."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.documents.analysis import PRINT_STEP_S, Analysis, Shot
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.message import M, Message
from pipeline.edit.takes import Take
from pipeline.media.perceptual_hash import differing_bits

SAME_SOUND_ERRORS, USUAL_ERRORS = 0.32, 0.28
"""Share of differing bits up to which two seconds may be of one recording, and of the whole stretch. Of copies that chats, 16 kbit/s of
Opus, other loudness and a compressor made, half of the bits' windows differ in 4 to 25 %; of unrelated talks in 43 to 50 %, and for two
seconds by chance in 30 %."""
SMOOTH_STEPS = 40
"""Two seconds over which bits are compared: a word is not enough, two people say it alike."""
LEAST_SAME_S = 3.0
"""Seconds. A shorter stretch of equal sound is a jingle or a greeting that was played."""
OFFSETS_TRIED = 4
ENDS_WITHIN_S = 2.0
"""Seconds at the ends of what two clips share that follow the rest: comparing over two seconds says least there."""
SAME_LOOK_BITS = 12
"""Median of differing bits (of 64) between pictures of the same moments in copies; those of another camera differ in 25 to 32."""
LOOK_WITHIN_S = 0.3
LOOKS_NEEDED = 3
SAME_VIEW_BITS, SPECIFIC_BITS = 6, 3
"""Median of differing bits of views without talk: 0 to 4 in copies that a chat made, 14 and more in other clips; and how much more must
differ a second and a half aside."""
LEAST_LOOKS, LOOKS_ASIDE, MOST_LOOK_PAIRS = 5, (3, 4), 2_000_000
LARGER = 1.1
"""From this ratio of their short sides on, the larger picture is the better one, whatever their bytes."""
MOSTLY = 0.5
"""Share of a phrase from which on it is said in the copied stretch."""
SPEAKER_SEEN_FROM = 0.3
"""Share of frames with a face from which on somebody is seen to speak: over another voice the lips are wrong."""


@dataclass(frozen=True)
class Copy:
    """A stretch of a clip that another, better clip holds as well. Seconds on the clip's own clock.

    same_picture: whether the picture is the same, too; else the same talk was filmed by another camera, or laid over other pictures.
    whole: whether the clip has nothing beside it.
    """

    clip_id: str
    start_s: float
    end_s: float
    of: Clip
    same_picture: bool
    whole: bool


def find_copies(clips: Clips, analyses: Mapping[str, Analysis]) -> list[Copy]:
    """Find what was sent twice, each time as a stretch of the worse clip: talk by its sound, views without talk by their pictures."""
    prints = {clip.id: prints for clip in clips.clips if (prints := _bits(analyses[clip.id])) is not None}
    looks = {clip.id: _hashes(analyses[clip.id]) for clip in clips.clips if clip.id not in prints and not clip.photo}
    best_first = sorted((clip for clip in clips.clips if clip.id in prints or clip.id in looks), key=_quality, reverse=True)
    spectra = _Spectra(prints)
    copies: list[Copy] = []
    for index, worse in enumerate(best_first):
        for better in best_first[:index]:
            if any(copy.clip_id == better.id and copy.whole for copy in copies):
                continue
            found: Iterable[Copy] = ()
            if worse.id in prints and better.id in prints:
                found = _shared(worse, better, prints, spectra, analyses)
            elif worse.id in looks and better.id in looks:
                found = _shared_view(worse, better, looks[worse.id], looks[better.id], analyses[worse.id])
            copies += [copy for copy in found if not _known(copy, copies)]
    return copies


def _known(copy: Copy, copies: Sequence[Copy]) -> bool:
    """Whether most of a stretch was found in another clip already."""
    shared_s = [min(copy.end_s, one.end_s) - max(copy.start_s, one.start_s) for one in copies if one.clip_id == copy.clip_id]
    return max(shared_s, default=0.0) > MOSTLY * (copy.end_s - copy.start_s)


def _quality(clip: Clip) -> tuple[float, float, str]:
    """Sort key: the size of the picture in steps of a tenth, then its bytes a second."""
    size = round(np.log(min(clip.width, clip.height)) / np.log(LARGER))
    return (size, clip.size_bytes / clip.duration_s, clip.name)


def _bits(analysis: Analysis) -> NDArray[np.float32] | None:
    """A sound's print as rows of 16 values of ±1, 0 where there is nothing to go by; None without enough of it."""
    text = analysis.sound.fingerprint if analysis.sound is not None and analysis.sound.speech else ""
    codes = np.array([int(text[index : index + 4], 16) for index in range(0, len(text), 4)], dtype=np.uint16)
    if np.count_nonzero(codes) * PRINT_STEP_S < LEAST_SAME_S:
        return None
    bits = ((codes[:, None] >> np.arange(16)) & 1).astype(np.float32) * 2 - 1
    return np.asarray(bits * (codes != 0)[:, None], dtype=np.float32)


class _Spectra:
    """Fourier transforms of prints, each made once for every length that pairs need."""

    def __init__(self, prints: Mapping[str, NDArray[np.float32]]) -> None:
        self._prints = prints
        self._made: dict[tuple[str, int], NDArray[np.complex64]] = {}

    def likely_offsets(self, first: str, second: str) -> list[int]:
        """Steps by which the second clip's clock is most likely ahead of the first one's, the likeliest first."""
        count = len(self._prints[first]) + len(self._prints[second])
        size = 1 << (count - 1).bit_length()
        products = (self._spectrum(first, size).conj() * self._spectrum(second, size)).sum(axis=1)
        agreement = np.fft.irfft(products, size)
        best = np.argsort(agreement)[: -OFFSETS_TRIED - 1 : -1]
        return [int(step if step < len(self._prints[second]) else step - size) for step in best]

    def _spectrum(self, clip_id: str, size: int) -> NDArray[np.complex64]:
        key = (clip_id, size)
        if key not in self._made:
            self._made[key] = np.fft.rfft(self._prints[clip_id], size, axis=0).astype(np.complex64)
        return self._made[key]


def _shared(
    worse: Clip, better: Clip, prints: Mapping[str, NDArray[np.float32]], spectra: _Spectra, analyses: Mapping[str, Analysis]
) -> Iterator[Copy]:
    """The stretch of the worse clip whose sound the better one holds, if there is one."""
    for ahead in spectra.likely_offsets(worse.id, better.id):
        first, last = _same_steps(prints[worse.id], prints[better.id], ahead)
        if (last - first) * PRINT_STEP_S >= LEAST_SAME_S:
            start_s, end_s = first * PRINT_STEP_S, last * PRINT_STEP_S
            whole = start_s <= ENDS_WITHIN_S and end_s >= worse.duration_s - ENDS_WITHIN_S
            span = (0.0, worse.duration_s) if whole else (start_s, end_s)
            same_picture = _looks_same(analyses[worse.id], analyses[better.id], span, ahead * PRINT_STEP_S)
            yield Copy(worse.id, *span, better, same_picture, whole)
            return


def _same_steps(worse: NDArray[np.float32], better: NDArray[np.float32], ahead: int) -> tuple[int, int]:
    """The longest run of steps [first, last) of the worse print that equals the better one, `ahead` steps later there."""
    begin, end = max(0, -ahead), min(len(worse), len(better) - ahead)
    if end - begin < SMOOTH_STEPS:
        return 0, 0
    ours, theirs = worse[begin:end], better[begin + ahead : end + ahead]
    kernel = np.ones(SMOOTH_STEPS)
    agreed = np.convolve((ours * theirs).sum(axis=1), kernel, "same")
    compared = np.convolve(np.abs(ours * theirs).sum(axis=1), kernel, "same")
    errors = np.where(compared > 0, (1 - agreed / np.maximum(compared, 1)) / 2, 0.5)
    quiet = compared < SMOOTH_STEPS * 16 / 10  # a pause neither joins nor parts
    same = _longest_run(_without_gaps((errors < SAME_SOUND_ERRORS) | quiet))
    if same is None:
        return 0, 0
    bits = (ours * theirs)[same[0] : same[1]]
    usual = (1 - bits.sum() / max(1.0, float(np.abs(bits).sum()))) / 2
    if np.any(bits, axis=1).sum() * PRINT_STEP_S < LEAST_SAME_S or usual > USUAL_ERRORS:
        return 0, 0
    edge = round(ENDS_WITHIN_S / PRINT_STEP_S)
    first = 0 if same[0] <= edge else same[0]
    last = end - begin if end - begin - same[1] <= edge else same[1]
    return begin + first, begin + last


def _without_gaps(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with gaps of up to SMOOTH_STEPS between its runs closed: over a noise two copies may differ for a moment."""
    kernel = np.ones(SMOOTH_STEPS + 1, np.uint8)
    closed = cv2.morphologyEx(mask.astype(np.uint8)[None], cv2.MORPH_CLOSE, kernel[None])[0]
    return np.asarray(mask | (closed > 0), dtype=np.bool_)


def _longest_run(mask: NDArray[np.bool_]) -> tuple[int, int] | None:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    return max(((int(first), int(last)) for first, last in runs), key=lambda run: run[1] - run[0], default=None)


def _hashes(analysis: Analysis) -> NDArray[np.uint64]:
    return np.array([int(look, 16) for _, look in analysis.looks], dtype=np.uint64)


def _shared_view(worse: Clip, better: Clip, ours: NDArray[np.uint64], theirs: NDArray[np.uint64], seen: Analysis) -> Iterator[Copy]:
    """The stretch of the worse clip whose pictures the better one shows at one offset, if there is one.

    At another offset they must fit less: two takes of a view that stands still are no copies.
    """
    if min(len(ours), len(theirs)) < LEAST_LOOKS or len(ours) * len(theirs) > MOST_LOOK_PAIRS:
        return
    differing = np.bitwise_count(ours[:, None] ^ theirs[None, :])
    offsets = range(LEAST_LOOKS - len(ours), len(theirs) - LEAST_LOOKS + 1)
    misfits = {offset: float(np.median(np.diagonal(differing, offset))) for offset in offsets}
    ahead = min(misfits, key=lambda offset: (misfits[offset], -len(np.diagonal(differing, offset))))
    aside = min((misfit for offset, misfit in misfits.items() if abs(offset - ahead) in LOOKS_ASIDE), default=64.0)
    first, last = max(0, -ahead), min(len(ours), len(theirs) - ahead) - 1
    if (
        misfits[ahead] > SAME_VIEW_BITS
        or aside < misfits[ahead] + SPECIFIC_BITS
        or last - first < MOSTLY * (min(len(ours), len(theirs)) - 1)
    ):
        return
    start_s, end_s = seen.looks[first][0], seen.looks[last][0]
    whole = start_s <= ENDS_WITHIN_S and end_s >= worse.duration_s - ENDS_WITHIN_S
    yield Copy(worse.id, *((0.0, worse.duration_s) if whole else (start_s, end_s)), better, same_picture=True, whole=whole)


def _looks_same(worse: Analysis, better: Analysis, span: tuple[float, float], ahead_s: float) -> bool:
    """Whether the pictures of a stretch are those that the better clip shows `ahead_s` later on its clock."""
    times, bits = [at_s for at_s, _ in better.looks], []
    for at_s, look in worse.looks:
        moment = at_s + ahead_s
        near = better.looks[bisect_left(times, moment - LOOK_WITHIN_S) : bisect_right(times, moment + LOOK_WITHIN_S)]
        if span[0] <= at_s <= span[1] and near:
            bits.append(min(differing_bits(look, other) for _, other in near))
    return len(bits) >= LOOKS_NEEDED and median(bits) <= SAME_LOOK_BITS


def without_copies(takes: Sequence[Take], copies: Sequence[Copy]) -> tuple[list[Take], list[Take]]:
    """(takes that are said once, dropped takes of copies)."""
    kept: list[Take] = []
    dropped: list[Take] = []
    for take in takes:
        copy = next((copy for copy in copies if copy.clip_id == take.clip_id and _said_inside(take, copy)), None)
        if copy is None:
            kept.append(take)
        else:
            dropped.append(take.dropped(M("the same recording as {name}, which is better", name=copy.of.name)))
    return kept, dropped


def _said_inside(take: Take, copy: Copy) -> bool:
    inside_s = min(take.phrase.end_s, copy.end_s) - max(take.phrase.start_s, copy.start_s)
    return inside_s >= MOSTLY * (take.phrase.end_s - take.phrase.start_s)


def shown_elsewhere(clip: Clip, shot: Shot, copies: Sequence[Copy]) -> list[Copy]:
    """The copied stretches of a clip that one of its shots must not show: the picture is the same, or a speaker's lips are seen."""
    return [
        copy
        for copy in copies
        if copy.clip_id == clip.id
        and (copy.same_picture or shot.faces >= SPEAKER_SEEN_FROM)
        and min(copy.end_s, shot.end_s) > max(copy.start_s, shot.start_s)
    ]


def copies_message(clips: Clips, copies: Sequence[Copy]) -> Message | None:
    """One line that names what was sent twice and what is used; None where nothing was."""
    if not copies:
        return None
    return M("Sent more than once, and used once: {pairs}.", pairs=tuple(_pair(clips.by_id(copy.clip_id), copy) for copy in copies))


def _pair(clip: Clip, copy: Copy) -> Message:
    names = {"copy": clip.name, "name": copy.of.name}
    if not copy.same_picture:
        return M("{copy} has the same talk as {name} with another picture", **names)
    if copy.whole:
        return M("{copy} is a copy of {name}, which is better", **names)
    return M("{copy} repeats {seconds} s of {name}, which is better", **names, seconds=round(copy.end_s - copy.start_s, 1))
