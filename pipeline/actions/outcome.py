"""The outcome of a run: as a summary for a person, and as JSON for a script."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.documents.message import M, Message
from pipeline.documents.rendition import ChunkFate
from pipeline.errors import PersonNeeded
from pipeline.language import say


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
    copy_again: list[Message] = field(default_factory=list)
    """Those of the files set aside that were damaged in copying."""
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
        to_do = [*(M("Film again: {clip}", clip=clip) for clip in self.retake), *self.copy_again, *self.warnings]
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
        again = [M("To film again: {clips}.", clips=tuple(self.retake))] if self.retake else []
        return [*again, *([M("To copy again: {files}.", files=tuple(self.copy_again))] if self.copy_again else [])]


def stage_line(stage: str, left: Sequence[str]) -> Message:
    """Say after which stage a run stopped, and what that stage left."""
    from pipeline.stages.registry import load_stage  # a run that went to its end needs no stage to be told

    title, files = load_stage(stage).title, "\n".join(left) or "–"
    return M("Stopped after {stage} ({title}). It left:\n{files}", stage=stage, title=title, files=files)
