"""Gathering the outcome of a run from the story's documents."""

import json
from pathlib import Path

from pipeline.actions.outcome import Outcome, Video
from pipeline.documents.aside_lines import aside_lines
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message, Warnings
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.lesson import copied_badly, list_reshoots
from pipeline.stages.registry import ORDER, load_stage
from pipeline.stages.renditions import renditions
from pipeline.stages.spoken_prices import open_passages
from pipeline.stages.timings import stage_seconds
from pipeline.story_layout import CUES
from pipeline.subtitles import doubtful_lines, hand_notes
from pipeline.workspace import StoryContext


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
        outcome.set_aside = aside_lines([item for item in clips.set_aside if item.kind != "note"])
        outcome.copy_again = list(copied_badly(clips))
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
