"""`fieldcut compare`: two edits of the same clips on one page, side by side."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median

from pipeline import edit as edit_room
from pipeline import lesson as lesson_room
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.rerender import last_job
from pipeline.actions.shots import context_of_cut
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message
from pipeline.edit import ListedShot
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.stages.edit import cut_by_itself
from pipeline.stages.style import style_of
from pipeline.store import load_document
from pipeline.workspace import StoryContext

PAGE = "compare.html"


def compare_edits(story: str, workspace: Path, language: str, *, template: str = "", other: str = "") -> tuple[PublishReport, Path]:
    """Write the page, and say in a few lines how the two differ. Returns both.

    Without template and other: as FieldCut cuts it against as a person left it. template: against the cut in another style. other: against
    the edit of another story of the same clips, or of a file. Nothing is rendered. Raises UserMistake where there is nothing to compare.
    """
    context = context_of_cut(story, workspace)
    clips, transcripts = context.read("clips.json", Clips), context.read("transcripts.json", Transcripts).by_clip
    first, second = _pair(context, clips, workspace, language, template, other)
    shots = [[shot for shot in edit_room.list_shots(edit, transcripts) if shot.cut is not None] for _, edit in (first, second)]
    rows = edit_room.compare_shots(*shots)
    by_id = {clip.id: clip for clip in clips.clips}
    page = context.story / PAGE
    lesson_room.write_comparison(
        page,
        store=context.store,
        story=context.job.story,
        edits=(_on_page(*first), _on_page(*second)),
        rows=[lesson_room.RowOnPage((_shot(row.first, by_id), _shot(row.second, by_id)), row.difference) for row in rows],
        language=language,
    )
    lines = [
        M("{name}: {seconds} s, {count} shots", name=name, seconds=round(edit.frames / edit.fps, 1), count=len(listed))
        for (name, edit), listed in zip((first, second), shots, strict=True)
    ]
    lines += [
        M(
            "Both show {same} shots, in the same order; {moved} stand elsewhere, {first} are only in the first, "
            "{second} only in the second.",
            same=sum(row.difference in ("same", "trimmed") for row in rows),
            moved=sum(row.difference == "moved" and row.first is not None for row in rows),
            first=sum(row.difference == "only" and row.second is None for row in rows),
            second=sum(row.difference == "only" and row.first is None for row in rows),
        ),
        M("Side by side: {path}", path=str(page)),
    ]
    return PublishReport([say(line, language) for line in lines]), page


def _pair(
    context: StoryContext, clips: Clips, workspace: Path, language: str, template: str, other: str
) -> tuple[tuple[Message, Edit], tuple[Message, Edit]]:
    """The two edits with their names."""
    now = context.read("edit.json", Edit)
    if template:
        in_style = StoryContext(context.job.model_copy(update={"template": template}))
        style = style_of(in_style.job)
        return (M("as it is now"), now), (
            M("in the style {style}", style=style.label["en" if language == "en" else "zh"]),
            cut_by_itself(in_style, clips),
        )
    if other:
        theirs = _edit_of(other, workspace)
        if strange := {cut.clip_id for cut in theirs.cuts if cut.clip_id} - {clip.id for clip in clips.clips}:
            raise UserMistake(
                M(
                    "{other} was not cut from the clips of {story}: {count} of its clips are others.",
                    other=other,
                    story=context.job.story,
                    count=len(strange),
                )
            )
        return (M("{story} as it is now", story=context.job.story), now), (M("{story} as it is now", story=other), theirs)
    made = cut_by_itself(context, clips)
    if made == now:
        raise UserMistake(
            M(
                "Nobody has changed the edit of {story}, so there is nothing to compare. Compare it with another style "
                "(--template NAME) or with another story of the same clips (--with STORY).",
                story=context.job.story,
            )
        )
    return (M("as FieldCut cuts it"), made), (M("as it is now"), now)


def _edit_of(other: str, workspace: Path) -> Edit:
    """The edit of a file, or of a story by its name."""
    if (file := Path(other)).is_file():
        return load_document(file, Edit)
    path = StoryContext(last_job(other, workspace)).path("edit.json")
    if not path.is_file():
        raise UserMistake(M("The story {name} was never cut.", name=other))
    return load_document(path, Edit)


def _on_page(name: Message, edit: Edit) -> lesson_room.EditOnPage:
    lengths_s = [cut.frames / edit.fps for cut in edit.cuts if cut.role != "end_card"]
    figures = (
        (M("Length"), _seconds(edit.frames / edit.fps)),
        (M("Shots"), M("{count}", count=len(lengths_s))),
        (M("Usual shot"), _seconds(median(lengths_s) if lengths_s else None)),
        (M("Longest shot"), _seconds(max(lengths_s, default=None))),
        (M("Product from"), _seconds(None if edit.product_frame is None else edit.product_frame / edit.fps)),
    )
    return lesson_room.EditOnPage(name, figures)


def _seconds(length_s: float | None) -> Message:
    return M("–") if length_s is None else M("{seconds} s", seconds=f"{length_s:.1f}")


def _shot(shot: ListedShot | None, clips: Mapping[str, Clip]) -> lesson_room.ShotOnPage | None:
    if shot is None or shot.cut is None or shot.at_s is None:
        return None
    return lesson_room.ShotOnPage(shot.at_s, clips[shot.clip_id], shot.start_s, shot.end_s, shot.cut.role, shot.words, shot.reason)
