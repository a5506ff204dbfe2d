"""Checks that every cue that is not held is burned in, and that no held one is."""

import re
from collections.abc import Sequence
from math import floor

import pysubs2

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.documents.subtitles import Cue
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame
from pipeline.inspection.overlays import compare_overlay
from pipeline.inspection.remedies import make_afresh, render_again
from pipeline.inspection.subtitle_overlays import middle_frame

LEAST_MATCHING_SHARE = 0.7
"""Share of a cue's blocks that must agree. Thin letters lose more to x264 than a card does: over 27 cues at 270, 720 and 1080 wide,
crf 21 to 27, the right cue agreed in 0.90 and more, another cue in 0.36 and less, none at all in 0.37 and less."""
MOST_CLUSTERED_SHARE = 0.64
"""Share of mismatching blocks in one spot above which a letter is wrong. Over 16 cues at 270 and 360 wide, draft, white and coloured:
right 0.16 and less, wrong 0.96 and more."""


class SubtitlesCheck(InspectionCheck):
    """Draws each cue alone with libass and compares its letters with the frame half way through it."""

    name = "subtitles"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.cues_by_frame: dict[int, list[Cue]] = {}
        for cue in context.burned_cues:
            self.cues_by_frame.setdefault(middle_frame(cue), []).append(cue)
        self.findings: list[Finding] = []
        self.compared: set[int] = set()
        self.worst = 1.0

    def feed(self, frame: DecodedFrame) -> None:
        """Compare the cue whose middle this frame is."""
        for cue in self.cues_by_frame.get(frame.number, ()):
            self.compared.add(frame.number)
            overlay = self.context.subtitle_overlays.get(frame.number)
            if overlay is None or _letters(cue.shown_text) not in self._script_letters(frame.number):
                text = M("The subtitle “{words}” at {at} s is not in the plan.", words=_one_line(cue), at=round(frame.at_s, 2))
                self.findings.append(self.failed(text, render_again(self.context), frame.at_s, frame.full))
                continue
            match = compare_overlay(frame.full, overlay)
            self.worst = min(self.worst, match.share)
            if match.share < LEAST_MATCHING_SHARE or match.clustered > MOST_CLUSTERED_SHARE:
                text = M(
                    "The subtitle “{words}” is not on the picture at {at} s ({percent} % of its letters agree).",
                    words=_one_line(cue),
                    at=round(frame.at_s, 2),
                    percent=floor(match.share * 100),
                )
                self.findings.append(self.failed(text, make_afresh(self.context), frame.at_s, frame.full, [overlay.box]))

    def _script_letters(self, number: int) -> str:
        """All letters in the plan's subtitle script at a frame."""
        at_ms = number * 1000 / self.context.fps
        for chunk in self.context.plan.chunks:
            if chunk.ass and chunk.start_frame <= number < chunk.start_frame + chunk.frames:
                events = pysubs2.SSAFile.from_string(chunk.ass, format_="ass").events
                return "".join(_letters(event.plaintext) for event in events if event.start <= at_ms < event.end)
        return ""

    def result(self) -> Sequence[Finding]:
        """Fails for every cue that cannot be read on the picture, and for every held one that was burned in all the same."""
        findings = list(self.findings)
        for number in sorted(set(self.cues_by_frame) - self.compared):
            text = M("The video ends before the subtitle “{words}”.", words=_one_line(self.cues_by_frame[number][0]))
            earlier = M(
                "Move that line of subtitles.srt to an earlier time or delete it, then: fieldcut render {story}",
                story=self.context.plan.story,
            )
            findings.append(self.failed(text, earlier, number / self.context.fps))
        for cue in self.context.subtitles.cues:
            words = _letters(cue.shown_text)
            if cue.held and words and words in self._script_letters(middle_frame(cue)):
                text = M("The subtitle “{words}” is held for a person, but it was burned in.", words=_one_line(cue))
                findings.append(self.failed(text, render_again(self.context), middle_frame(cue) / self.context.fps))
        if findings:
            return findings
        count = sum(len(cues) for cues in self.cues_by_frame.values())
        if not count:
            return [self.passed(M("No subtitle was planned."))]
        return [
            self.passed(
                M("All {count} subtitles are on the picture (at least {percent} % agree).", count=count, percent=floor(self.worst * 100))
            )
        ]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _one_line(cue: Cue) -> str:
    return " ".join(cue.shown_lines)
