"""What came of a run, for a person and for a script."""

import json
from dataclasses import dataclass, field
from typing import Any

from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message, Warnings
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.lesson import retake_list
from pipeline.stages import seconds_of
from pipeline.workspace import Bench


@dataclass
class Outcome:
    """The end of one run."""

    story: str
    language: str
    stage: str
    outbox: str
    files: dict[str, str] = field(default_factory=dict)
    length_s: float | None = None
    loudness_lufs: float | None = None
    passed: bool | None = None
    """None while there is no finished video."""
    failed: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    set_aside: list[Message] = field(default_factory=list)
    retake: list[Message] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    chunks: tuple[int, int] = (0, 0)

    @property
    def exit_code(self) -> int:
        """A finished video that did not pass waits for a person."""
        return PersonNeeded.exit_code if self.passed is False else 0

    def as_json(self) -> dict[str, Any]:
        """For scripts: story id, files, lengths, warnings, seconds per stage."""

        def told(messages: list[Message]) -> list[str]:
            return [say(message, self.language) for message in messages]

        return {
            "story": self.story,
            "stage": self.stage,
            "outbox": self.outbox,
            "files": self.files,
            "length_s": self.length_s,
            "loudness_lufs": self.loudness_lufs,
            "passed": self.passed,
            "failed": told(self.failed),
            "warnings": told(self.warnings),
            "set_aside": told(self.set_aside),
            "film_again": told(self.retake),
            "seconds": self.seconds,
            "chunks": {"made": self.chunks[0], "reused": self.chunks[1]},
        }

    def paragraph(self, language: str) -> str:
        """One paragraph in the reader's language; the outbox folder stands first."""
        parts: list[Message] = []
        if self.passed is None:
            parts.append(M("Stopped after the stage {stage}.", stage=self.stage))
        elif self.passed:
            parts.append(M("Done: a video of {seconds} s.", seconds=round(self.length_s or 0.0, 1)))
        else:
            parts.append(M("The video did not pass its inspection, so it was not published: {findings}", findings=tuple(self.failed)))
        if self.set_aside:
            parts.append(M("{count} files were set aside.", count=len(self.set_aside)))
        if self.retake:
            parts.append(M("To film again: {clips}.", clips=tuple(self.retake)))
        if self.warnings:
            parts.append(M("Please look at: {warnings}.", warnings=tuple(self.warnings)))
        if self.passed is not None:
            parts.append(M("Why everything was cut as it is stands in report.html."))
        space = "" if language == "zh" else " "
        return f"{self.outbox}\n\n" + space.join(say(part, language) for part in parts)


def outcome_of(bench: Bench, stage: str) -> Outcome:
    """Gather what the documents on the bench say. Documents of stages that did not run are not looked at."""
    outcome = Outcome(story=bench.job.story, language=bench.job.language, stage=stage, outbox=str(bench.outbox), seconds=seconds_of(bench))
    there = {path.name for path in bench.story.glob("*")}
    clips = bench.read("clips.json", Clips) if "clips.json" in there else None
    if clips is not None:
        outcome.set_aside = [item.reason for item in clips.set_aside if item.kind not in ("note", "photo")]
    if clips is not None and "analyses.json" in there:
        edit = bench.read("edit.json", Edit) if "edit.json" in there else None
        outcome.retake = [again.message for again in retake_list(clips, bench.read("analyses.json", Analyses).by_clip, edit)]
    if stage not in ("publish", "lesson"):
        return outcome
    rendition, inspection = bench.read("rendition.json", Rendition), bench.read("inspection.json", Inspection)
    outcome.length_s, outcome.loudness_lufs = round(rendition.length_s, 2), rendition.loudness_lufs
    outcome.chunks = (rendition.chunks_made, rendition.chunks_reused)
    outcome.passed = inspection.passed
    outcome.failed = [finding.message for finding in inspection.findings if not finding.passed]
    prices = bench.read("prices.json", Warnings).messages
    outcome.warnings = [*bench.read("choice.json", Choice).warnings, *bench.read("edit.json", Edit).warnings, *prices]
    held = sum(cue.held for cue in bench.read("subtitles.json", Subtitles).cues)
    if held:
        outcome.warnings.append(M("{count} subtitles are not sure and were left out; correct them in subtitles.srt.", count=held))
    if inspection.passed:
        outcome.files = {
            **json.loads((bench.story / "outbox.json").read_text(encoding="utf-8")),
            "report": str(bench.outbox / "report.html"),
        }
    else:
        outcome.files = {"report": str(bench.outbox / "report.html")}
    return outcome
