"""`fieldcut consent STORY --clip NAME --ai`: a person declares that a clip was made with AI, or takes that back."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.ai_declarations import undeclared_clips
from pipeline.actions.consent import PUBLISHED_OR_PENDING, clip_named
from pipeline.actions.live_declarations import LiveDeclarations
from pipeline.actions.page_releases import newest_pages
from pipeline.actions.publish_report import PublishReport, release_line
from pipeline.actions.publishing_context import local_shelf_context
from pipeline.actions.rerender import last_job
from pipeline.documents.clip import DECLARED, AiDeclaration, Clip, Clips
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.ledger import Actor
from pipeline.publish.ledger.tasks import DECLARE
from pipeline.stages.footage import AI_DECLARED, ai_declarations, with_declarations
from pipeline.workspace import StoryContext


def declare_generated(story: str, workspace: Path, clip: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """Declare that a clip was made with AI: its label stands in every video made from now on. What is out without it is listed, with what
    becomes of it; elsewhere than on our own pages that is a person's task from now on.

    Raises UserMistake for a clip that is not there.
    """
    context = StoryContext(last_job(story, workspace))
    named = clip_named(clip, context.read("clips.json", Clips))
    if named.generated not in (None, DECLARED):
        marked = M("{clip}: made with AI, its file carries the mark {mark}", clip=named.name, mark=named.generated)
        return PublishReport([say(marked, language)])
    _record(context, named, generated=True, by=by, now=now)
    counts = M("{clip} counts as made with AI from now on. Make the video again: fieldcut render {story}", clip=named.name, story=story)
    report = PublishReport([say(counts, language)])
    with local_shelf_context(workspace, now) as engine:
        LiveDeclarations(workspace, engine, None).keep_true(story)
        entries = engine.ledger.releases(story=story)
        pages = newest_pages(entries, engine)
        asked = {task.release_id: task for task in engine.ledger.tasks.all() if task.kind == DECLARE}
        unlabelled = [entry for entry in entries if entry.state in PUBLISHED_OR_PENDING and undeclared_clips(workspace, entry.release)]
    for entry in unlabelled:
        report.lines.append(release_line(entry, language))
        if entry.id in pages:
            report.lines.append(
                f"    → {say(M('It is made anew with the AI label by the next `fieldcut settle`, or while `up` runs.'), language)}"
            )
        elif entry.id in asked:
            report.person_needed = True
            report.lines.append(f"    → {say(asked[entry.id].message, language)}")
    return report


def take_back_declaration(story: str, workspace: Path, clip: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """Take back what `declare_generated` declared. Raises UserMistake for a clip that was not declared this way: a mark in the file
    itself stays, and what the note says is changed there."""
    context = StoryContext(last_job(story, workspace))
    named = clip_named(clip, context.read("clips.json", Clips))
    if named.generated is not None and named.generated != DECLARED:
        raise UserMistake(
            M("{clip} carries the mark {mark} itself; a file's own mark is not taken away.", clip=named.name, mark=named.generated)
        )
    newest = ai_declarations(context).newest(named.sha256)
    if newest is None or not newest.generated:
        if named.generated == DECLARED:
            raise UserMistake(M("The note says that {clip} was made with AI: change the note, and run make again.", clip=named.name))
        raise UserMistake(M("Nobody has declared that {clip} was made with AI.", clip=named.name))
    _record(context, named, generated=False, by=by, now=now)
    back = M("{clip} no longer counts as made with AI. Make the video again: fieldcut render {story}", clip=named.name, story=story)
    return PublishReport([say(back, language)])


def _record(context: StoryContext, clip: Clip, *, generated: bool, by: Actor, now: datetime) -> None:
    """Write it down, and into the clips as they are known: `render` does not look at the files again."""
    context.open()
    try:
        known = ai_declarations(context)
        said = AiDeclaration(clip_sha256=clip.sha256, generated=generated, by=by.name, at=now)
        known = known.model_copy(update={"declarations": (*known.declarations, said)})
        context.write(AI_DECLARED, known)
        context.write("clips.json", with_declarations(context.read("clips.json", Clips), known))
    finally:
        context.close()
