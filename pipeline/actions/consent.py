"""`fieldcut consent`: who agreed to be shown, or for whom a parent did; kept in the ledger, asked before anything is published."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.actions.publish_report import VERDICT_MARKS, PublishReport, release_line
from pipeline.actions.publishing_context import consents_of, open_workspace_ledger
from pipeline.actions.rerender import last_job
from pipeline.commerce.claims import check_faces, with_stills
from pipeline.documents.clip import Clips
from pipeline.documents.consent import ConsentRequest
from pipeline.documents.message import M
from pipeline.documents.rendition import Rendition
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, Actor, RecordedConsent, State
from pipeline.settings import day_text
from pipeline.stages.release import faces_of
from pipeline.stages.renditions import renditions
from pipeline.store import file_sha256
from pipeline.store.disk import copy_atomically
from pipeline.workspace import StoryContext

OUT = PUBLIC | IN_FLIGHT | {State.HANDED_OVER, State.CLAIMED}
"""Somebody may see it, or a person may post it any moment."""


def list_consents(story: str, workspace: Path, language: str) -> PublishReport:
    """Whose faces are close, each with a picture, and what is on record."""
    bench = StoryContext(last_job(story, workspace))
    clips = bench.read("clips.json", Clips)
    with open_workspace_ledger(workspace) as ledger:
        kept, consents = ledger.consents.of(story, withdrawn=True), consents_of(ledger, story, clips)
    requests = _requests(bench)
    done = PublishReport()
    for request, claim in zip(requests, check_faces(requests, consents), strict=True):
        done.lines.append(
            f"{VERDICT_MARKS[claim.verdict]} {say(claim.why, language)}" + (f"  {request.picture}" if request.picture else "")
        )
        done.person_needed |= claim.verdict != "ok"
    names = {clip.sha256: clip.name for clip in clips.clips}
    done.lines += [_line(one, names, language) for one in kept]
    if not done.lines:
        done.lines.append(say(M("No face is seen close, and nothing is on record."), language))
    return done


def record_consent(
    story: str, workspace: Path, clip: str, shown: str, given_by: str, evidence: Path | None, by: Actor, now: datetime, language: str
) -> PublishReport:
    """Keep who agreed. clip: a clip's name, empty for all of the story. shown: empty when it is no child. evidence: a signed paper's
    picture or file, of which the story keeps a copy. Raises UserMistake for a clip or a file that is not there."""
    bench = StoryContext(last_job(story, workspace))
    clips = bench.read("clips.json", Clips)
    sha256 = _clip_sha256(clip, clips) if clip else ""
    paper = _copied(evidence, bench.story / "evidence") if evidence else ""
    with open_workspace_ledger(workspace) as ledger:
        kept = ledger.consents.record(story, shown.strip(), given_by.strip(), by=by, at=now, clip_sha256=sha256, evidence=paper)
    return PublishReport([_line(kept, {one.sha256: one.name for one in clips.clips}, language)])


def withdraw_consent(story: str, workspace: Path, given: str, now: datetime, language: str) -> PublishReport:
    """The consent was taken back: no post that waits goes out with it, and what is out already is named for a person to take down."""
    with open_workspace_ledger(workspace) as ledger:
        fitting = [one for one in ledger.consents.of(story) if given and one.id.startswith(given)]
        if len(fitting) != 1:
            raise UserMistake(
                M(
                    "{count} consents begin with {given}. `fieldcut consent {story}` shows them.",
                    count=len(fitting),
                    given=given,
                    story=story,
                )
            )
        ledger.consents.withdraw(fitting[0].id, at=now)
        out = [entry for entry in ledger.releases(story=story) if entry.state in OUT]
    done = PublishReport([say(M("The consent was taken back: what still waits is not posted."), language)])
    if out:
        done.person_needed = True
        done.lines.append(say(M("This is out, or in the hands of a person who posts it. Take it down, or tell that person:"), language))
        done.lines += [release_line(entry, language) for entry in out]
    return done


def _requests(bench: StoryContext) -> tuple[ConsentRequest, ...]:
    """Every clip's largest face over all videos of the story, with a still where the video is still there."""
    largest: dict[str, ConsentRequest] = {}
    for one in renditions(bench):
        video = Path(one.read("rendition.json", Rendition).file)
        new = [request for request in faces_of(one) if request.clip_id not in largest or request.share > largest[request.clip_id].share]
        shown = with_stills(tuple(new), video, bench.story / "faces") if video.is_file() else new
        largest |= {request.clip_id: request for request in shown}
    return tuple(largest.values())


def _clip_sha256(name: str, clips: Clips) -> str:
    found = [clip.sha256 for clip in clips.clips if name in (clip.name, Path(clip.name).name, Path(clip.name).stem)]
    if len(found) != 1:
        known: Sequence[str] = sorted(clip.name for clip in clips.clips)
        raise UserMistake(M("There is no clip {name} in this story. Known: {known}", name=name, known=", ".join(known)))
    return found[0]


def _copied(paper: Path, folder: Path) -> str:
    if not paper.is_file():
        raise UserMistake(M("{path} is missing.", path=str(paper)))
    target = folder / f"consent-{file_sha256(paper)}{paper.suffix.lower()}"
    copy_atomically(paper, target)
    return str(target.resolve())


def _line(kept: RecordedConsent, names: dict[str, str], language: str) -> str:
    clip = names.get(kept.clip_sha256, kept.clip_sha256[:8]) if kept.clip_sha256 else say(M("all clips"), language)
    if not kept.shown:
        what = M("{person} has looked on {when}; it is no child", person=kept.by.name, when=day_text(kept.at))
    elif not kept.given_by:
        what = M("{shown}: nobody has agreed", shown=kept.shown)
    else:
        facts = {"shown": kept.shown, "who": kept.given_by, "person": kept.by.name, "when": day_text(kept.at)}
        what = M("{shown}: {who} agreed, as {person} recorded on {when}", **facts)
    parts = [kept.id[:8], clip, say(what, language), *([kept.evidence] if kept.evidence else [])]
    parts += [say(M("taken back on {when}", when=day_text(kept.withdrawn_at)), language)] if kept.withdrawn_at else []
    return "  ".join(parts)
