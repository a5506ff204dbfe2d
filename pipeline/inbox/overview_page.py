"""The page over all folders of an inbox, which lies in the workspace: where each story stands, with a way to its own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.documents.inbox import STATUS_PAGES
from pipeline.documents.message import M, Message
from pipeline.inbox.pages_environment import link_from, page_environment, write_when_new
from pipeline.inbox.status_page import StoryStatus
from pipeline.page_policy import template_policy
from pipeline.resources import fieldcut_version
from pipeline.settings import minute_text


@dataclass(frozen=True)
class WaitingApproval:
    """A release that waits for a person's yes: its story, where it goes, and the link to its page; empty while no desk runs."""

    story: str
    place: str
    link: str


TEMPLATE = "overview.html.j2"
_WORDS = {
    "title": M("All stories"),
    "none": M("No folder is here yet."),
    "where": M("Make a folder for each story here, and put its clips there:"),
    "as_of": M("as of"),
    "approvals": M("Waits for a yes or a no"),
}


def overview_path(workspace: Path, language: str) -> Path:
    """Where the page of a workspace lies."""
    return workspace / STATUS_PAGES[0 if language == "zh" else 1]


def write_overview(
    workspace: Path,
    inbox: Path,
    statuses: Sequence[StoryStatus],
    at: datetime,
    language: str,
    trouble: Message | None = None,
    approvals: Sequence[WaitingApproval] = (),
) -> None:
    """Write the page when it says something new, at least once a minute. Raises DiskFault.

    trouble: why the inbox cannot be seen now. approvals: what waits for a person; this page alone has their links, since it is not on a
    share that others read.
    """
    path, pages = overview_path(workspace, language), page_environment(language)
    ordered = sorted(statuses, key=lambda status: ({"wait": 0, "bad": 1}.get(status.kind, 2), status.name))
    text = pages.get_template(TEMPLATE).render(
        language=language,
        policy=template_policy(pages, TEMPLATE),
        maker=f"FieldCut {fieldcut_version()}",
        entries=[{"status": status, "page": link_from(workspace, inbox / status.name / path.name)} for status in ordered],
        inbox=str(inbox.resolve()),
        at=minute_text(at),
        trouble=trouble,
        approvals=approvals,
        words=_WORDS,
    )
    write_when_new(path, text)
