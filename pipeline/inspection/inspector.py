"""One decode, every check fed, findings gathered: the failed ones first."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.documents.destination import Destination
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Finding, Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import Fault
from pipeline.inspection.case import Case
from pipeline.inspection.checks import CHECKS
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.checks.whole import WholeFileCheck
from pipeline.inspection.facts import read_facts
from pipeline.inspection.reading import Reading
from pipeline.inspection.sound import read_sound
from pipeline.store import Store, file_sha256, scratch_folder

DECODING = 0.7
"""Share of the work that is the decode; the rest are the checks that read sources or make a rough copy."""


VERSION = 2


def inspect(
    video: Path,
    *,
    rendition: Rendition,
    plan: RenderPlan,
    edit: Edit,
    look: Look,
    subtitles: Subtitles,
    destination: Destination,
    store: Store,
    scratch: Path,
    progress: Callable[[float], None] = lambda _: None,
    checks: Sequence[type[InspectionCheck]] = CHECKS,
) -> Inspection:
    """Hold a finished file against everything that was planned for it.

    store: keeps what the plan asks to be seen, drawn from the plan and the sources. scratch: folder for pictures of what failed.
    checks: what is looked at besides the bytes and the decode themselves; all of it unless told otherwise.
    progress: called with the share of the work that is done, 0..1.
    Returns one finding or more for every check, the failed ones first. Raises Fault when the file is not there, and MediaFault
    when a source that the plan names cannot be read any more.
    """
    if not video.is_file():
        raise Fault(M("{path} is not there, so it cannot be inspected.", path=str(video)))
    scratch.mkdir(parents=True, exist_ok=True)
    sha256 = file_sha256(video)
    facts = read_facts(video)
    if facts is None:
        unreadable = M("{file} cannot be opened as a video.", file=video.name)
        return Inspection(rendition_sha256=sha256, findings=(Finding(check=WholeFileCheck.name, passed=False, message=unreadable),))
    with scratch_folder() as temporary:
        case = Case(
            video=video,
            sha256=sha256,
            facts=facts,
            sound=read_sound(video),
            rendition=rendition,
            plan=plan,
            edit=edit,
            look=look,
            subtitles=subtitles,
            destination=destination,
            store=store,
            scratch=scratch,
            temporary=temporary,
        )
        reading = Reading(video, case.fps, (plan.picture.width, plan.picture.height))
        at_work = [WholeFileCheck(case, reading), *(kind(case) for kind in checks)]
        for seen in reading.frames():
            for check in at_work:
                check.feed(seen)
            progress(DECODING * min(1.0, (seen.index + 1) / max(1, plan.frames)))
        findings: list[Finding] = []
        for done, check in enumerate(at_work, 1):
            findings += check.result()
            progress(DECODING + (1 - DECODING) * done / len(at_work))
        return Inspection(rendition_sha256=sha256, findings=tuple(sorted(findings, key=lambda finding: finding.passed)))
