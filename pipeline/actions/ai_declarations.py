"""What was declared as made with AI after a release was made: the clips that it shows without the label."""

from pathlib import Path

from pipeline.documents.clip import AiDeclarations, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.release import Release
from pipeline.errors import FieldCutError
from pipeline.stages.footage import AI_DECLARED
from pipeline.stages.release import shots_shown
from pipeline.store import load_document


def undeclared_clips(workspace: Path, release: Release) -> tuple[str, ...]:
    """Return the names of the clips that a release shows without the AI label, although somebody has declared them by now.

    Of a release whose edit was changed since, only the shots that carry it are known. Nothing where its story was moved away.
    """
    folder = workspace / "stories" / release.story
    if release.declarations.ai_generated or not (folder / AI_DECLARED).is_file():
        return ()
    try:
        said = load_document(folder / AI_DECLARED, AiDeclarations)
        clips, edit = load_document(folder / "clips.json", Clips), load_document(folder / "edit.json", Edit)
    except FieldCutError:
        return ()
    shown = {shot.clip_sha256 for shot in release.shots}
    if not release.shots or release.shots == shots_shown(edit, clips):
        ids = {cut.clip_id for cut in edit.cuts} | {piece.clip_id for piece in edit.heard}
        shown |= {clip.sha256 for clip in clips.clips if clip.id in ids}
    declared = {clip.sha256 for clip in clips.clips if (newest := said.newest(clip.sha256)) and newest.generated}
    return tuple(clip.name for clip in clips.clips if clip.sha256 in shown & declared)
