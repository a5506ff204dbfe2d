"""`fieldcut cut`: the shots of a story by number, with words and reasons, and a person's changes of them."""

from collections.abc import Iterator
from pathlib import Path

from pipeline import edit as edit_room
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.rerender import last_job
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Transcripts
from pipeline.documents.edit import Edit, HandFraming
from pipeline.documents.message import M, Message
from pipeline.documents.shooting_list import SHOOTING_LIST, ShootingList
from pipeline.edit import ListedShot, ShotChanges
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.stages.hand_cut import LAST_EDIT, refuse_contradictions, settle_hand_edit, with_hand_changes
from pipeline.workspace import StoryContext

ROLES = {
    "talk": M("speaker"),
    "cover": M("over the talk"),
    "scenic": M("view"),
    "opening": M("opening"),
    "end_card": M("the end card"),
}
"""What a shot is for, as the list says it."""
FRAMINGS = {"follow": M("window follows"), "whole": M("whole picture")}


def list_story_shots(story: str, workspace: Path, language: str) -> PublishReport:
    """List the shots of a story's video by number, and then what was left out. Raises UserMistake for a story that was never cut."""
    context = context_of_cut(story, workspace)
    clips = context.read("clips.json", Clips)
    return PublishReport([say(line, language) for line in _lines(context, clips, context.read("edit.json", Edit))])


def change_story_shots(story: str, workspace: Path, changes: ShotChanges, language: str) -> PublishReport:
    """Write a person's changes into edit.json, with sound, cues and card where they now belong, and list the shots as they now are.

    Raises UserMistake for a number that is not listed or cannot be treated so, PersonNeeded when a run holds the story.
    """
    context = context_of_cut(story, workspace)
    context.open()
    try:
        clips = context.read("clips.json", Clips)
        before = settle_hand_edit(context, clips) if context.edited_by_hand("edit.json") else context.read("edit.json", Edit)
        shots = edit_room.list_shots(before, context.read("transcripts.json", Transcripts).by_clip)
        changed = with_hand_changes(context, before, edit_room.with_shots_changed(before, shots, changes))
        refuse_contradictions(changed, clips)
        context.write_by_hand("edit.json", changed)
        context.write(LAST_EDIT, changed)
    finally:
        context.close()
    rerender = M("Written into {path}. Make the video again: fieldcut render {story}", path=str(context.path("edit.json")), story=story)
    return PublishReport([say(line, language) for line in (*_lines(context, clips, changed), rerender)])


def context_of_cut(story: str, workspace: Path) -> StoryContext:
    """A story that has an edit, not locked. Raises UserMistake for one that was never cut."""
    context = StoryContext(last_job(story, workspace))
    if not context.path("edit.json").is_file():
        raise UserMistake(M("The story {name} was never cut. Run fieldcut make {folder} first.", name=story, folder=context.job.source))
    return context


def _lines(context: StoryContext, clips: Clips, edit: Edit) -> Iterator[Message]:
    shots = edit_room.list_shots(edit, context.read("transcripts.json", Transcripts).by_clip)
    names = {clip.id: clip.name for clip in clips.clips}
    yield M("{seconds} s, {count} shots", seconds=round(edit.frames / edit.fps, 1), count=sum(shot.cut is not None for shot in shots))
    for shot in shots:
        if shot.cut is None and (shot.number == 1 or shots[shot.number - 2].cut is not None):
            yield M("Left out:")
        yield _line(shot, names.get(shot.clip_id, shot.clip_id))
    points = context.read(SHOOTING_LIST, ShootingList).points if context.path(SHOOTING_LIST).is_file() else ()
    if points:
        yield M("For the next trip: what the footage has, and what is missing")
        yield from (point.message for point in points)


def framing_text(framing: HandFraming) -> Message:
    """Return in words what a person set of a shot's framing."""
    place = M("window at {x} : {y}", x=0.5 if framing.x is None else framing.x, y=0.5 if framing.y is None else framing.y)
    return place if framing.show == "place" else FRAMINGS[framing.show]


def _line(shot: ListedShot, clip: str) -> Message:
    facts: dict[str, str | Message] = {
        "number": f"{shot.number:>3}",
        "clip": clip,
        "start": f"{shot.start_s:.1f}",
        "end": f"{shot.end_s:.1f}",
        "words": M("“{words}” ", words=shot.words) if shot.words else "",
        "reason": shot.reason,
    }
    if shot.cut is None or shot.at_s is None:
        return M("{number}  {clip} {start}–{end} s  {words}{reason}", **facts)
    if shot.cut.framing is not None:
        facts["reason"] = M("{reason} ({framing}, set by hand)", reason=shot.reason, framing=framing_text(shot.cut.framing))
    facts |= {"at": f"{shot.at_s:5.1f}", "seconds": f"{shot.end_s - shot.start_s:.1f}", "role": ROLES[shot.cut.role]}
    return M("{number}  {at} s  {seconds} s  {role}  {clip} {start}–{end} s  {words}{reason}", **facts)
