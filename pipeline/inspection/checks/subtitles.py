"""Every cue that is not held is really on the picture; none that is held is."""

import re
from collections.abc import Sequence

import pysubs2

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.documents.subtitles import Cue
from pipeline.inspection.burned import middle_of
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.overlays import match
from pipeline.inspection.reading import DecodedFrame

LEGIBLE = 0.7
"""Share of a cue's blocks that must agree. Thin letters lose more to x264 than a card does: over 27 cues at 270, 720 and 1080 wide,
crf 21 to 27, the right cue agreed in 0.90 and more, another cue in 0.36 and less, none at all in 0.37 and less."""
ONE_LETTER = 0.64
"""Share of misfits in one place that makes a wrong letter. Over 16 cues at 270 and 360 wide, draft, white and coloured: right 0.16 and
less, wrong 0.96 and more."""


class SubtitlesCheck(InspectionCheck):
    """Draws each cue alone with libass and compares its letters with the frame half way through it."""

    name = "subtitles"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.at: dict[int, list[Cue]] = {}
        for cue in case.burned:
            self.at.setdefault(middle_of(cue), []).append(cue)
        self.found: list[Finding] = []
        self.seen: set[int] = set()
        self.worst = 1.0

    def feed(self, seen: DecodedFrame) -> None:
        """Compare the cue whose middle this frame is."""
        for cue in self.at.get(seen.number, ()):
            self.seen.add(seen.number)
            overlay = self.case.drawn.get(seen.number)
            if overlay is None or _letters(cue.text) not in self._written(seen.number):
                text = M("The subtitle “{words}” at {at} s is not in the plan.", words=_one_line(cue), at=round(seen.at_s, 2))
                self.found.append(self.failed(text, seen.at_s, seen.full))
                continue
            agree = match(seen.full, overlay)
            self.worst = min(self.worst, agree.share)
            if agree.share < LEGIBLE or agree.gathered > ONE_LETTER:
                text = M(
                    "The subtitle “{words}” is not on the picture at {at} s ({percent} % of its letters agree).",
                    words=_one_line(cue),
                    at=round(seen.at_s, 2),
                    percent=round(agree.share * 100),
                )
                self.found.append(self.failed(text, seen.at_s, seen.full, [overlay.box]))

    def _written(self, number: int) -> str:
        """All letters that the plan's script shows at a frame."""
        at_ms = number * 1000 / self.case.fps
        for chunk in self.case.plan.chunks:
            if chunk.ass and chunk.start_frame <= number < chunk.start_frame + chunk.frames:
                events = pysubs2.SSAFile.from_string(chunk.ass, format_="ass").events
                return "".join(_letters(event.plaintext) for event in events if event.start <= at_ms < event.end)
        return ""

    def result(self) -> Sequence[Finding]:
        """Fails for every cue that cannot be read on the picture, and for every held one that was burned in all the same."""
        found = list(self.found)
        for number in sorted(set(self.at) - self.seen):
            text = M("The video ends before the subtitle “{words}”.", words=_one_line(self.at[number][0]))
            found.append(self.failed(text, number / self.case.fps))
        for cue in self.case.subtitles.cues:
            words = _letters(cue.text)
            if cue.held and words and words in self._written(middle_of(cue)):
                text = M("The subtitle “{words}” is held for a person, but it was burned in.", words=_one_line(cue))
                found.append(self.failed(text, middle_of(cue) / self.case.fps))
        if found:
            return found
        count = sum(len(cues) for cues in self.at.values())
        if not count:
            return [self.passed(M("No subtitle was planned."))]
        return [
            self.passed(
                M("All {count} subtitles are on the picture (at least {percent} % agree).", count=count, percent=round(self.worst * 100))
            )
        ]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _one_line(cue: Cue) -> str:
    return " ".join(cue.lines)
