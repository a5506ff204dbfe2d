"""Commands for people who post by hand: claim, posted, unclaim."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import (
    By,
    Json,
    Language,
    Link,
    Release,
    Screenshot,
    Workspace,
)
from flows.cli.run import run_publishing
from flows.cli.screen import Screen

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport


def claim(release: Release, by: By = "", workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """认领一个待发包，由我去发 | take a hand-off pack upon yourself."""

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.manual_posting import claim_release
        from pipeline.actions.publishing_context import person_at_keyboard

        return claim_release(workspace, release, person_at_keyboard(by), now, lang)

    run_publishing(work, workspace, lang, as_json)


def posted(
    release: Release,
    link: Link = "",
    screenshot: Screenshot = None,
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """我发好了，这是链接或截图 | it is posted: here is the link or a screenshot."""

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.manual_posting import record_posted
        from pipeline.actions.publishing_context import person_at_keyboard

        return record_posted(workspace, release, person_at_keyboard(by), now, link, screenshot, lang)

    run_publishing(work, workspace, lang, as_json)


def unclaim(
    release: Release,
    reason: Annotated[str, typer.Option(help="为什么不发了 | why")] = "",
    for_another: Annotated[bool, typer.Option("--for-another", help="换个人发 | somebody else shall post it")] = False,
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """不发了，或者换人发 | it is not posted, or by somebody else."""

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.manual_posting import record_not_posted
        from pipeline.actions.publishing_context import person_at_keyboard

        return record_not_posted(workspace, release, person_at_keyboard(by), now, reason, for_another, lang)

    run_publishing(work, workspace, lang, as_json)
