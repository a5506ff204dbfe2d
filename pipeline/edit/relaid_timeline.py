"""A timeline on which a voice, silent pictures and covers are laid one after the other, and from which cuts and speech are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.documents.edit import Cut
from pipeline.edit.speaker_shots import SPEAKER_SEEN
from pipeline.edit.voice_line import VoiceSpan, joined

ROUNDING_FRAMES = 2
"""A cover is held so much longer rather than letting the speaker flash up before the next picture."""


@dataclass
class _Stretch:
    """A stretch under the covers. voice: what is said; None for silence. cut: its picture where that is not the speaker saying it.

    like: the shot of the speaker that it belongs to.
    """

    at: int
    frames: int
    voice: VoiceSpan | None = None
    cut: Cut | None = None
    like: Cut | None = None


@dataclass
class RelaidTimeline:
    """Stretches of voice and silent pictures end to end, and covers over them. Frames."""

    fps: int
    _stretches: list[_Stretch] = field(default_factory=list)
    _covers: list[tuple[int, Cut, int]] = field(default_factory=list)
    _end: int = 0
    _next_cover: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is laid on it yet."""
        return self._end == 0 and self._next_cover == 0

    def speak(self, spans: Iterable[VoiceSpan], *, like: Cut | None, under_pictures: bool = False) -> None:
        """Add speech. under_pictures: covers that follow lie over it already, otherwise they come after it."""
        for span in spans:
            self._add(_Stretch(self._end, span.frames, span, like=like))
        if not under_pictures and like is not None:
            self._next_cover = max(self._next_cover, self._end)

    def show(self, cut: Cut, spans: Sequence[VoiceSpan] = ()) -> None:
        """Add a picture that nothing lies over, with the speech that is heard during it."""
        self.finish()
        left = cut.frames
        for span in joined(spans, self.fps):
            part = span.part(0, left, self.fps)
            self._add(_Stretch(self._end, part.frames, part, cut=self._part(cut, cut.frames - left, part.frames)))
            left -= part.frames
        self._add(_Stretch(self._end, left, cut=self._part(cut, cut.frames - left, left)))
        self._next_cover = self._end

    def cover(self, cut: Cut, frames: int) -> None:
        """Lay a picture over the voice, behind the covers laid before."""
        self._covers.append((self._next_cover, cut, frames))
        self._next_cover += frames

    def pause(self, frames: int) -> None:
        """Add silence for a cover that begins before the voice does."""
        self._add(_Stretch(self._end, frames))

    def finish(self) -> None:
        """Add silence under covers that reach beyond the voice."""
        self.pause(self._next_cover - self._end)

    def _add(self, stretch: _Stretch) -> None:
        if stretch.frames > 0:
            self._stretches.append(stretch)
            self._end += stretch.frames

    def _part(self, cut: Cut, first: int, frames: int) -> Cut:
        start_s = round(cut.source_start_s + first * cut.speed / self.fps, 4)
        return cut.model_copy(update={"source_start_s": start_s if first else cut.source_start_s, "frames": frames})

    def speech(self) -> list[tuple[int, VoiceSpan]]:
        """What is said, in unbroken runs, each with its first frame."""
        runs: list[tuple[int, VoiceSpan]] = []
        end = -1
        for stretch in self._stretches:
            if stretch.voice is None:
                continue
            if runs and stretch.at == end and stretch.voice.continues(runs[-1][1], self.fps):
                at, run = runs.pop()
                runs.append((at, VoiceSpan(run.clip_id, run.start_s, run.frames + stretch.frames)))
            else:
                runs.append((stretch.at, stretch.voice))
            end = stretch.at + stretch.frames
        return runs

    def cuts(self) -> list[Cut]:
        """The pictures end to end."""
        found: list[tuple[int, Cut]] = []
        covers = [(at, self._held(at, cut, frames)) for at, cut, frames in self._covers]
        for stretch in self._stretches:
            at, end = stretch.at, stretch.at + stretch.frames
            for start, cover in covers:
                if at < start < end:
                    found += self._uncovered(stretch, at, start)
                if start < end:
                    at = max(at, start + cover.frames)
            if at < end:
                found += self._uncovered(stretch, at, end)
        found += [(at, cover) for at, cover in covers if cover.frames > 0]
        found.sort(key=lambda item: item[0])
        return self._merged([cut for _, cut in found])

    def _uncovered(self, stretch: _Stretch, first: int, last: int) -> list[tuple[int, Cut]]:
        if stretch.cut is not None:
            return [(first, self._part(stretch.cut, first - stretch.at, last - first))]
        if stretch.voice is None:
            return []
        span = stretch.voice.part(first - stretch.at, last - stretch.at, self.fps)
        usual = {"clip_id": span.clip_id, "source_start_s": round(span.start_s, 4), "frames": span.frames, "speed": 1.0}
        if stretch.like is None or stretch.like.clip_id != span.clip_id:
            return [(first, Cut.model_validate({**usual, "role": "talk", "reason": SPEAKER_SEEN}))]
        kept_dissolve = stretch.like.dissolve if abs(stretch.like.source_start_s - span.start_s) * self.fps < 1 else 0
        return [(first, stretch.like.model_copy(update={**usual, "dissolve": kept_dissolve}))]

    def _held(self, at: int, cut: Cut, frames: int) -> Cut:
        """A cover, held for a frame or two where the speaker would only flash up behind it."""
        end = at + frames
        for before, after in pairwise(self._stretches):
            left = before.at + before.frames - end
            continues = before.voice is not None and after.voice is not None and after.voice.continues(before.voice, self.fps)
            if 0 < left <= ROUNDING_FRAMES and before.at < end and not continues:
                return cut.model_copy(update={"frames": frames + left})
        return cut.model_copy(update={"frames": frames})

    def _merged(self, cuts: Sequence[Cut]) -> list[Cut]:
        """The cuts, those of one take that continue one another in the same framing as one."""
        result: list[Cut] = []
        for cut in cuts:
            if result and self._one_shot(result[-1], cut):
                result[-1] = result[-1].model_copy(update={"frames": result[-1].frames + cut.frames})
            else:
                result.append(cut)
        return result

    def _one_shot(self, last: Cut, cut: Cut) -> bool:
        whole = VoiceSpan(last.clip_id, last.source_start_s, last.frames)
        others = {"source_start_s", "frames", "dissolve", "reason"}
        continues = cut.role == "talk" and cut.speed == 1 and whole.continues_to(cut.clip_id, cut.source_start_s, self.fps)
        return continues and last.model_dump(exclude=others) == cut.model_dump(exclude=others)
