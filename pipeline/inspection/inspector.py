"""Runs all checks over one decode of the file and collects their findings, the failed ones first."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av

from pipeline.documents.destination import Destination
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Finding, Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import Fault
from pipeline.inspection.checks import CHECKS
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.checks.whole import WholeFileCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import VideoDecoder
from pipeline.inspection.facts import read_facts
from pipeline.inspection.remedies import make_from_nothing
from pipeline.inspection.sound import read_sound
from pipeline.media import run_side_by_side
from pipeline.media.beside import beside
from pipeline.store import Store, file_sha256, scratch_folder

DECODING_SHARE = 0.7
"""Share of the progress that the decode takes; the rest belongs to what goes on beside it and takes longer, and to the findings."""
BESIDE = 2
"""Most processes beside the decode, which takes a core for itself: more of them would only take memory."""

VERSION = 3


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
    see: Callable[[float, av.VideoFrame], None] | None = None,
    checks: Sequence[type[InspectionCheck]] = CHECKS,
) -> Inspection:
    """Compare a finished file with everything that was planned for it.

    store: keeps the planned pictures, which are drawn from the plan and the sources. scratch: folder for pictures of failed findings.
    checks: the checks to run besides that of the whole file; all by default. progress: called with the share of the work done, 0..1.
    see: shown every frame that decodes, with its time, for what else is to be taken from this decode.
    Returns at least one finding for every check, the failed ones first. Raises Fault when the file does not exist, and MediaFault when
    a source that the plan names cannot be read any more.
    """
    if not video.is_file():
        raise Fault(M("{path} is not there, so it cannot be inspected.", path=str(video)))
    scratch.mkdir(parents=True, exist_ok=True)
    sha256 = file_sha256(video)
    facts = read_facts(video)
    if facts is None:
        unreadable = M("{file} cannot be opened as a video.", file=video.name)
        remedy = make_from_nothing(plan.story, store.root)
        finding = Finding(check=WholeFileCheck.name, passed=False, message=unreadable, remedy=remedy)
        return Inspection(rendition_sha256=sha256, findings=(finding,))
    with scratch_folder() as temporary:
        context = InspectionContext(
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
        decoder = VideoDecoder(video, context.fps, (plan.picture.width, plan.picture.height))
        running_checks = [WholeFileCheck(context, decoder), *(check_type(context) for check_type in checks)]
        processes = [process for check in running_checks for process in check.processes()]
        with beside(lambda _share, alive: run_side_by_side(processes, at_once=BESIDE, alive=alive)) as ended:
            for frame in decoder.frames():
                for check in running_checks:
                    check.feed(frame)
                if see is not None:
                    see(frame.at_s, frame.decoded)
                progress(DECODING_SHARE * min(1.0, (frame.index + 1) / max(1, plan.frames)))
            ended(lambda _share: progress(DECODING_SHARE))
        findings: list[Finding] = []
        for number, check in enumerate(running_checks, 1):
            findings += check.result()
            progress(DECODING_SHARE + (1 - DECODING_SHARE) * number / len(running_checks))
        return Inspection(rendition_sha256=sha256, findings=tuple(sorted(findings, key=lambda finding: finding.passed)))
