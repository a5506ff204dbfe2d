"""`fieldcut prices`: what the speaker says about the price, confirmed by a person, left out or put back."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.errors import refuse
from flows.cli.options import By, Json, Language, Story, Workspace
from flows.cli.run import run_publishing
from flows.cli.screen import Screen
from pipeline.documents.message import M

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport


def prices(
    story: Story,
    confirm: Annotated[str, typer.Option(help="听过、没说错的那段的编号 | the id of a passage that was listened to and is right")] = "",
    reason: Annotated[str, typer.Option(help="为什么没错 | why it is right")] = "",
    leave_out: Annotated[str, typer.Option("--leave-out", help="要去掉的那段的编号 | the id of a passage that is taken out")] = "",
    put_back: Annotated[
        int, typer.Option("--put-back", help="把去掉的第几段放回来 | the number of a left-out passage to take in again")
    ] = 0,
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """说的价格和商品表对不上的地方：看、确认、去掉 | prices said that are not the sheet's: look, confirm, leave out."""
    if sum(map(bool, (confirm, leave_out, put_back))) > 1 or bool(confirm) != bool(reason.strip()):
        refuse(M("Give --confirm with --reason, or --leave-out, or --put-back; none of them to look."), lang, as_json)

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.publishing_context import person_at_keyboard
        from pipeline.actions.spoken_prices import confirm_price, leave_out_passage, list_price_passages, put_back_passage

        if confirm:
            return confirm_price(story, workspace, confirm, reason, person_at_keyboard(by), now, lang)
        if leave_out:
            return leave_out_passage(story, workspace, leave_out, person_at_keyboard(by), now, lang)
        if put_back:
            return put_back_passage(story, workspace, put_back, lang)
        return list_price_passages(story, workspace, lang)

    run_publishing(work, workspace, lang, as_json)
