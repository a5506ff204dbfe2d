"""`fieldcut consent`: who agreed to be shown, or for whom a parent did.

The ledger keeps it, and nothing is published without looking there first.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.actions.publish_report import VERDICT_MARKS, PublishReport, release_line
from pipeline.actions.publishing_context import consents_of
from pipeline.actions.rerender import last_job
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.commerce.claims import check_faces, with_stills
from pipeline.documents.clip import DECLARED, Clip, Clips
from pipeline.documents.consent import ConsentRequest
from pipeline.documents.message import M
from pipeline.documents.rendition import Rendition
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, Actor, RecordedConsent, State
from pipeline.settings import day_text
from pipeline.stages.footage import ai_declarations
from pipeline.stages.release import faces_of
from pipeline.stages.renditions import renditions
from pipeline.store import file_sha256
from pipeline.store.disk import copy_atomically
from pipeline.system import make_private
from pipeline.workspace import StoryContext

PUBLISHED_OR_PENDING = PUBLIC | IN_FLIGHT | {State.HANDED_OVER, State.CLAIMED}
"""States in which the public may see a release, or a person may post it any moment."""


def list_consents(story: str, workspace: Path, language: str) -> PublishReport:
    """List every close face, with a still of it, and every recorded consent."""
    context = StoryContext(last_job(story, workspace))
    clips = context.read("clips.json", Clips)
    with open_workspace_ledger(workspace) as ledger:
        records, consents = ledger.consents.of(story, withdrawn=True), consents_of(ledger, story, clips)
    requests = _consent_requests(context)
    report = PublishReport()
    for request, claim in zip(requests, check_faces(requests, consents), strict=True):
        report.lines.append(
            f"{VERDICT_MARKS[claim.verdict]} {say(claim.why, language)}" + (f"  {request.picture}" if request.picture else "")
        )
        report.person_needed |= claim.verdict != "ok"
    names = {clip.sha256: clip.name for clip in clips.clips}
    report.lines += [_consent_line(record, names, language) for record in records]
    report.lines += _generated_lines(context, clips, language)
    if not report.lines:
        report.lines.append(say(M("No face is seen close, and nothing is on record."), language))
    return report


def record_consent(
    story: str, workspace: Path, clip: str, person: str, given_by: str, evidence: Path | None, by: Actor, now: datetime, language: str
) -> PublishReport:
    """Record who agreed to be shown.

    clip: a clip's name, empty for all of the story. person: who is seen, empty when it is no child. evidence: a photo or scan of the
    signed paper, of which the story keeps a copy. Raises UserMistake for a clip or a file that is not there.
    """
    context = StoryContext(last_job(story, workspace))
    clips = context.read("clips.json", Clips)
    sha256 = clip_named(clip, clips).sha256 if clip else ""
    paper = _keep_evidence(evidence, context.story / "evidence") if evidence else ""
    with open_workspace_ledger(workspace) as ledger:
        record = ledger.consents.record(story, person.strip(), given_by.strip(), by=by, at=now, clip_sha256=sha256, evidence=paper)
    return PublishReport([_consent_line(record, {entry.sha256: entry.name for entry in clips.clips}, language)])


def withdraw_consent(story: str, workspace: Path, id_prefix: str, now: datetime, language: str) -> PublishReport:
    """Withdraw a consent: no waiting post goes out with it, and what is public already is listed for a person to take down.

    id_prefix: beginning of the consent's id. Raises UserMistake unless exactly one consent begins so.
    """
    with open_workspace_ledger(workspace) as ledger:
        matches = [record for record in ledger.consents.of(story) if id_prefix and record.id.startswith(id_prefix)]
        if len(matches) != 1:
            raise UserMistake(
                M(
                    "{count} consents begin with {given}. `fieldcut consent {story}` shows them.",
                    count=len(matches),
                    given=id_prefix,
                    story=story,
                )
            )
        ledger.consents.withdraw(matches[0].id, at=now)
        visible = [entry for entry in ledger.releases(story=story) if entry.state in PUBLISHED_OR_PENDING]
    report = PublishReport([say(M("The consent was taken back: what still waits is not posted."), language)])
    if visible:
        report.person_needed = True
        report.lines.append(say(M("This is out, or in the hands of a person who posts it. Take it down, or tell that person:"), language))
        report.lines += [release_line(entry, language) for entry in visible]
    return report


def _consent_requests(context: StoryContext) -> tuple[ConsentRequest, ...]:
    """Each clip's largest face over all videos of the story, with a still where the video file still exists."""
    largest: dict[str, ConsentRequest] = {}
    for rendition in renditions(context):
        video = Path(rendition.read("rendition.json", Rendition).file)
        larger = [
            request for request in faces_of(rendition) if request.clip_id not in largest or request.share > largest[request.clip_id].share
        ]
        pictured = with_stills(tuple(larger), video, context.story / "faces") if video.is_file() else larger
        largest |= {request.clip_id: request for request in pictured}
    return tuple(largest.values())


def clip_named(name: str, clips: Clips) -> Clip:
    """Return the clip of that name, path, or name without its ending. Raises UserMistake when there is none, or several."""
    matches = [clip for clip in clips.clips if name in (clip.name, Path(clip.name).name, Path(clip.name).stem)]
    if len(matches) != 1:
        known: Sequence[str] = sorted(clip.name for clip in clips.clips)
        raise UserMistake(M("There is no clip {name} in this story. Known: {known}", name=name, known=", ".join(known)))
    return matches[0]


def _keep_evidence(paper: Path, folder: Path) -> str:
    if not paper.is_file():
        raise UserMistake(M("{path} is missing.", path=str(paper)))
    target = folder / f"consent-{file_sha256(paper)}{paper.suffix.lower()}"
    folder.mkdir(parents=True, exist_ok=True)
    make_private(folder)
    copy_atomically(paper, target, mode=0o600)
    make_private(target)
    return str(target.resolve())


def _generated_lines(context: StoryContext, clips: Clips, language: str) -> list[str]:
    """A line for every clip that counts as made with AI, and by whose word."""
    declared, lines = ai_declarations(context), []
    for clip in clips.clips:
        said = declared.newest(clip.sha256)
        if clip.generated == DECLARED and said is not None and said.generated:
            what = M("{clip}: made with AI, as {person} declared on {when}", clip=clip.name, person=said.by, when=day_text(said.at))
        elif clip.generated == DECLARED:
            what = M("{clip}: made with AI, as the note says", clip=clip.name)
        elif clip.generated:
            what = M("{clip}: made with AI, its file carries the mark {mark}", clip=clip.name, mark=clip.generated)
        else:
            continue
        lines.append(say(what, language))
    return lines


def _consent_line(record: RecordedConsent, names: dict[str, str], language: str) -> str:
    clip = names.get(record.clip_sha256, record.clip_sha256[:8]) if record.clip_sha256 else say(M("all clips"), language)
    if not record.shown:
        statement = M("{person} has looked on {when}; it is no child", person=record.by.name, when=day_text(record.at))
    elif not record.given_by:
        statement = M("{shown}: nobody has agreed", shown=record.shown)
    else:
        facts = {"shown": record.shown, "who": record.given_by, "person": record.by.name, "when": day_text(record.at)}
        statement = M("{shown}: {who} agreed, as {person} recorded on {when}", **facts)
    parts = [record.id[:8], clip, say(statement, language), *([record.evidence] if record.evidence else [])]
    parts += [say(M("taken back on {when}", when=day_text(record.withdrawn_at)), language)] if record.withdrawn_at else []
    return "  ".join(parts)
