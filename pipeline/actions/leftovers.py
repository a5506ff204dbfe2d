"""`fieldcut leftovers`: hidden posts that releases left behind, and removing them."""

from pathlib import Path

from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.documents.message import M
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.language import say
from pipeline.publish.engine import find_leftovers, remove_leftover


def list_leftovers(workspace: Path, remove: str, language: str) -> PublishReport:
    """List every hidden post that was left behind, and remove the one whose id is `remove`, or each of them for `all`; none when empty.

    Raises UserMistake for an id that is not among them. What cannot be asked or removed is a line, and a person's.
    """
    report = PublishReport()
    with publishing_context(workspace) as engine:
        found, problems = find_leftovers(engine)
        report.lines += [f"⚠ {say(problem.message, language)}" for problem in problems]
        if remove not in ("", "all", *(leftover.post_id for leftover in found)):
            raise UserMistake(M("There is no hidden post {post}. `fieldcut leftovers` shows them.", post=remove))
        for leftover in found:
            release, values = leftover.entry.release, {"post": leftover.post_id}
            where = {"story": release.story, "platform": release.platform, "account": release.account}
            if remove not in ("all", leftover.post_id):
                left = M(
                    "A hidden post of {story} was left on {platform} {account}: {post}. To remove it: fieldcut leftovers --remove {post}",
                    **values,
                    **where,
                )
                report.lines.append(say(left, language))
                continue
            try:
                remove_leftover(leftover, engine)
            except PersonNeeded as problem:
                report.lines.append(f"⚠ {say(problem.message, language)}")
                problems.append(problem)
                continue
            report.lines.append(say(M("Removed on {platform} {account}: {post}, of {story}.", **values, **where), language))
    if not report.lines:
        report.lines.append(say(M("Nothing hidden was left behind."), language))
    report.person_needed = bool(problems)
    return report
