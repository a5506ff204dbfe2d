"""`fieldcut compare`: two edits of the same clips on one page."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json, Language, Story, Workspace
from flows.cli.run import run_publishing
from flows.cli.screen import Screen
from pipeline.system import open_in_browser

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport


def compare(
    story: Story,
    template: Annotated[str, typer.Option("--template", help="和另一种风格的剪法比 | with the cut in another style")] = "",
    other: Annotated[
        str,
        typer.Option(
            "--with", help="和同一批素材的另一个故事比，或者一个 edit.json | with another story of the same clips, or an edit.json"
        ),
    ] = "",
    open_page: Annotated[bool, typer.Option("--open", help="打开这一页 | open the page")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """两种剪法并排看：自动剪的和手工改的，或者两种风格 | two edits of the same clips side by side on one page."""

    def work(_now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.compare_edits import compare_edits

        report, page = compare_edits(story, workspace, lang, template=template, other=other)
        if open_page:
            open_in_browser(page.as_uri())
        return report

    run_publishing(work, workspace, lang, as_json)
