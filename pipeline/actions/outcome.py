"""The outcome of a run: as a summary for a person, and as JSON for a script."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
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
from pipeline.lesson import list_reshoots
from pipeline.stages.registry import ORDER, load_stage
from pipeline.stages.renditions import renditions
from pipeline.stages.spoken_prices import open_passages
from pipeline.stages.timings import stage_seconds
from pipeline.story_layout import CUES
from pipeline.subtitles import doubtful_lines, hand_notes
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
    """How many were made and how many reused."""
    fates: tuple[ChunkFate, ...]


@dataclass
class Outcome:
    """What one run made, and what a person should know about it."""

    story: str
    language: str
    stage: str
    outbox: str
    files: dict[str, str] = field(default_factory=dict)
    length_s: float | None = None
    loudness_lufs: float | None = None
    passed: bool | None = None
    """Whether every video passed its inspection; None while there is no finished video."""
    failed: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    set_aside: list[Message] = field(default_factory=list)
    retake: list[Message] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    videos: list[Video] = field(default_factory=list)
    left: tuple[str, ...] = ()
    """Paths of what the last stage wrote, where the run stopped after it."""

    @property
    def exit_code(self) -> int:
        """3 when a finished video did not pass its inspection, so that a person is needed; else 0."""
        return PersonNeeded.exit_code if self.passed is False else 0

    @property
    def chunks(self) -> tuple[int, int]:
        """How many chunks were made and how many reused, over all videos."""
        return sum(video.chunks[0] for video in self.videos), sum(video.chunks[1] for video in self.videos)

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """The outcome for scripts: story id, files, lengths, warnings, seconds per stage; with `explain` the fate of every chunk."""

        def texts(messages: list[Message]) -> list[str]:
            return [say(message, self.language) for message in messages]

        return {
            "story": self.story,
            "stage": self.stage,
            "outbox": self.outbox,
            "files": self.files,
            "length_s": self.length_s,
            "loudness_lufs": self.loudness_lufs,
            "passed": self.passed,
            "failed": texts(self.failed),
            "warnings": texts(self.warnings),
            "set_aside": texts(self.set_aside),
            "film_again": texts(self.retake),
            "seconds": self.seconds,
            "chunks": {"made": self.chunks[0], "reused": self.chunks[1]},
            "videos": [self._video_as_json(video, explain) for video in self.videos],
        }

    def _video_as_json(self, video: Video, explain: bool) -> dict[str, Any]:
        made, reused = video.chunks
        entry = {"name": video.name, "passed": video.passed, "files": video.files, "length_s": video.length_s}
        entry |= {"loudness_lufs": video.loudness_lufs, "chunks": {"made": made, "reused": reused}}
        if explain:
            fates = [(fate, say(fate.why, self.language)) for fate in video.fates]
            entry["explained"] = [{"start_s": f.start_s, "end_s": f.end_s, "made": f.made, "why": why} for f, why in fates]
        return entry

    def explained(self, language: str) -> str:
        """List, for every video, which seconds were made and which reused, and why; a line for each chunk."""
        lines: list[str] = []
        for video in self.videos:
            lines.append(f"{video.name}: " + say(M("{made} made, {reused} reused", made=video.chunks[0], reused=video.chunks[1]), language))
            marks = {True: say(M("made"), language), False: say(M("reused"), language)}
            lines += [f"  {f.start_s:6.2f}–{f.end_s:6.2f} s  {marks[f.made]}  {say(f.why, language)}" for f in video.fates]
        return "\n".join(lines)

    def summary(self, language: str) -> str:
        """What a person reads at the end: the videos' paths, then one short line for each thing, numbered where somebody must act."""
        paths = [video.files["video"] for video in self.videos if video.files] or [self.outbox]
        if self.passed is None:
            return "\n".join(say(part, language) for part in self.summary_parts())
        lines = [say(part, language) for part in self._how_it_ended()]
        to_do = [*self._to_film_again(), *self.warnings]
        lines += [say(M("Please look at:"), language)] if to_do else []
        lines += [f"{number}. {say(message, language)}" for number, message in enumerate(to_do, 1)]
        lines.append(say(M("Why it was cut so: {report}", report=self.files["report"]), language))
        return "\n".join([*paths, "", *lines])

    def summary_parts(self) -> list[Message]:
        """The sentences of the summary: how the run ended, and what a person should look at."""
        parts = self._how_it_ended()
        parts += self._to_film_again()
        if self.warnings:
            parts.append(M("Please look at: {warnings}.", warnings=tuple(self.warnings)))
        return parts

    def _how_it_ended(self) -> list[Message]:
        parts: list[Message] = []
        if self.passed is None:
            parts.append(stage_line(self.stage, self.left))
        elif self.passed and len(self.videos) > 1:
            parts.append(M("Done: {count} videos of {seconds} s.", count=len(self.videos), seconds=round(self.length_s or 0.0, 1)))
        elif self.passed:
            parts.append(M("Done: a video of {seconds} s.", seconds=round(self.length_s or 0.0, 1)))
        else:
            parts.append(M("The video did not pass its inspection, so it was not published: {findings}", findings=tuple(self.failed)))
        if self.set_aside:
            parts.append(M("{count} files were set aside.", count=len(self.set_aside)))
        return parts

    def _to_film_again(self) -> list[Message]:
        return [M("To film again: {clips}.", clips=tuple(self.retake))] if self.retake else []


def outcome_of(context: StoryContext, stage: str) -> Outcome:
    """Gather the outcome from the story's documents. stage: the last stage that ran; documents of later stages are not read."""
    outcome = Outcome(
        story=context.job.story, language=context.job.language, stage=stage, outbox=str(context.outbox), seconds=stage_seconds(context)
    )
    _note_footage(outcome, context)
    if stage in ("deliver", "lesson"):
        _note_videos(outcome, context)
        return outcome
    outcome.left = tuple(str(path) for path in stage_files(context, stage))
    if ORDER.index(stage) >= ORDER.index("edit"):
        outcome.warnings = _spoken_prices(context)
    return outcome


def stage_line(stage: str, left: Sequence[str]) -> Message:
    """Say after which stage a run stopped, and what that stage left."""
    title, files = load_stage(stage).title, "\n".join(left) or "–"
    return M("Stopped after {stage} ({title}). It left:\n{files}", stage=stage, title=title, files=files)


def stage_files(context: StoryContext, stage: str) -> tuple[Path, ...]:
    """The documents of a stage that are there: in the story's folder, or in that of its first video."""
    first = renditions(context)[0]
    found = {path for name in load_stage(stage).writes for path in (context.path(name), first.path(name)) if path.is_file()}
    return tuple(sorted(found))


def _spoken_prices(context: StoryContext) -> list[Message]:
    """What is said of prices that nobody has settled, and how that is done."""
    unsettled = [passage.message for passage in open_passages(context)]
    if unsettled:
        unsettled.append(M("before it is published, somebody must listen and decide: fieldcut prices {story}", story=context.job.story))
    return unsettled


def _note_footage(outcome: Outcome, context: StoryContext) -> None:
    """Note which files were set aside, and what to film again, as far as that is known."""
    present = {path.name for path in context.story.glob("*")}
    clips = context.read("clips.json", Clips) if "clips.json" in present else None
    if clips is not None:
        outcome.set_aside = [item.reason for item in clips.set_aside if item.kind not in ("note", "photo")]
    if clips is not None and "analyses.json" in present:
        edit = context.read("edit.json", Edit) if "edit.json" in present else None
        outcome.retake = [retake.message for retake in list_reshoots(clips, context.read("analyses.json", Analyses).by_clip, edit)]


def _note_videos(outcome: Outcome, context: StoryContext) -> None:
    """Note the finished videos, and what a person should look at."""
    inspected = [(rendition, rendition.read("inspection.json", Inspection)) for rendition in renditions(context)]
    outcome.videos = [
        _video(rendition, inspection, spec.name) for (rendition, inspection), spec in zip(inspected, context.job.renditions, strict=True)
    ]
    first = outcome.videos[0]
    outcome.length_s, outcome.loudness_lufs = first.length_s, first.loudness_lufs
    outcome.passed = all(video.passed for video in outcome.videos)
    failed = [finding.told for _, inspection in inspected for finding in inspection.findings if not finding.passed]
    outcome.failed = [message for index, message in enumerate(failed) if message not in failed[:index]]
    found = [*context.read("choice.json", Choice).warnings, *context.read("edit.json", Edit).warnings]
    outcome.warnings = [*found, *_spoken_prices(context), *context.read("notices.json", Warnings).messages]
    subtitles = context.read(CUES, Subtitles)
    outcome.warnings += [*doubtful_lines(subtitles), *hand_notes(subtitles)]
    outcome.files = {**first.files, "report": str(context.outbox / "report.html")}


def _video(context: StoryContext, inspection: Inspection, name: str) -> Video:
    rendition = context.read("rendition.json", Rendition)
    return Video(
        name=name,
        passed=inspection.passed,
        files=json.loads(context.path("outbox.json").read_text(encoding="utf-8")) if inspection.passed else {},
        length_s=round(rendition.length_s, 2),
        loudness_lufs=rendition.loudness_lufs,
        chunks=(rendition.chunks_made, rendition.chunks_reused),
        fates=rendition.fates,
    )
