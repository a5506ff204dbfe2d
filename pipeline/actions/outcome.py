"""What came of a run, for a person and for a script."""

import json
from dataclasses import dataclass, field
from typing import Any

from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message, Warnings
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import ChunkFate, Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.lesson import retake_list
from pipeline.stages.renditions import renditions
from pipeline.stages.timings import stage_seconds
from pipeline.workspace import StoryContext


@dataclass
class Video:
    """One finished video of the run."""

    name: str
    passed: bool
    files: dict[str, str]
    length_s: float
    loudness_lufs: float | None
    chunks: tuple[int, int]
    """Made, reused."""
    fates: tuple[ChunkFate, ...]


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
    videos: list[Video] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """A finished video that did not pass waits for a person."""
        return PersonNeeded.exit_code if self.passed is False else 0

    @property
    def chunks(self) -> tuple[int, int]:
        """Made and reused, over all videos."""
        return sum(video.chunks[0] for video in self.videos), sum(video.chunks[1] for video in self.videos)

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """For scripts: story id, files, lengths, warnings, seconds per stage; with `explain` the fate of every chunk."""

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
            "videos": [self._told(video, explain) for video in self.videos],
        }

    def _told(self, video: Video, explain: bool) -> dict[str, Any]:
        made, reused = video.chunks
        told = {"name": video.name, "passed": video.passed, "files": video.files, "length_s": video.length_s}
        told |= {"loudness_lufs": video.loudness_lufs, "chunks": {"made": made, "reused": reused}}
        if explain:
            fates = [(fate, say(fate.why, self.language)) for fate in video.fates]
            told["explained"] = [{"start_s": f.start_s, "end_s": f.end_s, "made": f.made, "why": why} for f, why in fates]
        return told

    def explained(self, language: str) -> str:
        """Which seconds of every video were made and which reused, and why: a line each."""
        lines: list[str] = []
        for video in self.videos:
            lines.append(f"{video.name}: " + say(M("{made} made, {reused} reused", made=video.chunks[0], reused=video.chunks[1]), language))
            marks = {True: say(M("made"), language), False: say(M("reused"), language)}
            lines += [f"  {f.start_s:6.2f}–{f.end_s:6.2f} s  {marks[f.made]}  {say(f.why, language)}" for f in video.fates]
        return "\n".join(lines)

    def paragraph(self, language: str) -> str:
        """One paragraph in the reader's language; the outbox folder stands first."""
        parts = self.news()
        if self.passed is not None:
            parts.append(M("Why everything was cut as it is stands in report.html."))
        space = "" if language == "zh" else " "
        return f"{self.outbox}\n\n" + space.join(say(part, language) for part in parts)

    def news(self) -> list[Message]:
        """What came of it, and what a person should look at."""
        parts: list[Message] = []
        if self.passed is None:
            parts.append(M("Stopped after the stage {stage}.", stage=self.stage))
        elif self.passed and len(self.videos) > 1:
            parts.append(M("Done: {count} videos of {seconds} s.", count=len(self.videos), seconds=round(self.length_s or 0.0, 1)))
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
        return parts


def outcome_of(bench: StoryContext, stage: str) -> Outcome:
    """Gather what the documents on the bench say. Documents of stages that did not run are not looked at."""
    outcome = Outcome(
        story=bench.job.story, language=bench.job.language, stage=stage, outbox=str(bench.outbox), seconds=stage_seconds(bench)
    )
    _note_footage(outcome, bench)
    if stage in ("deliver", "lesson"):
        _note_videos(outcome, bench)
    return outcome


def _note_footage(outcome: Outcome, bench: StoryContext) -> None:
    """Note which files were set aside, and what to film again, as far as that is known."""
    there = {path.name for path in bench.story.glob("*")}
    clips = bench.read("clips.json", Clips) if "clips.json" in there else None
    if clips is not None:
        outcome.set_aside = [item.reason for item in clips.set_aside if item.kind not in ("note", "photo")]
    if clips is not None and "analyses.json" in there:
        edit = bench.read("edit.json", Edit) if "edit.json" in there else None
        outcome.retake = [again.message for again in retake_list(clips, bench.read("analyses.json", Analyses).by_clip, edit)]


def _note_videos(outcome: Outcome, bench: StoryContext) -> None:
    """Note the finished videos, and what a person should look at."""
    inspected = [(one, one.read("inspection.json", Inspection)) for one in renditions(bench)]
    outcome.videos = [_video(one, found, wanted.name) for (one, found), wanted in zip(inspected, bench.job.renditions, strict=True)]
    first = outcome.videos[0]
    outcome.length_s, outcome.loudness_lufs = first.length_s, first.loudness_lufs
    outcome.passed = all(video.passed for video in outcome.videos)
    failed = [finding.message for _, found in inspected for finding in found.findings if not finding.passed]
    outcome.failed = [message for place, message in enumerate(failed) if message not in failed[:place]]
    noticed = [*bench.read("prices.json", Warnings).messages, *bench.read("notices.json", Warnings).messages]
    outcome.warnings = [*bench.read("choice.json", Choice).warnings, *bench.read("edit.json", Edit).warnings, *noticed]
    held = sum(cue.held for cue in bench.read("subtitles.json", Subtitles).cues)
    if held:
        outcome.warnings.append(M("{count} subtitles are not sure and were left out; correct them in subtitles.srt.", count=held))
    outcome.files = {**first.files, "report": str(bench.outbox / "report.html")}


def _video(bench: StoryContext, found: Inspection, name: str) -> Video:
    rendition = bench.read("rendition.json", Rendition)
    return Video(
        name=name,
        passed=found.passed,
        files=json.loads(bench.path("outbox.json").read_text(encoding="utf-8")) if found.passed else {},
        length_s=round(rendition.length_s, 2),
        loudness_lufs=rendition.loudness_lufs,
        chunks=(rendition.chunks_made, rendition.chunks_reused),
        fates=rendition.fates,
    )
