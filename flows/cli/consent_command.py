"""`fieldcut consent`: lists, records and withdraws people's consent to be shown."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.errors import refuse
from flows.cli.options import (
    By,
    Json,
    Language,
    Story,
    Workspace,
)
from flows.cli.run import run_publishing
from flows.cli.screen import Screen
from pipeline.documents.message import M

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport


def consent(
    story: Story,
    clip: Annotated[str, typer.Option(help="哪段视频，不写就是整个故事 | which clip; the whole story without it")] = "",
    who: Annotated[str, typer.Option(help="拍到了谁 | who is seen")] = "",
    given_by: Annotated[str, typer.Option("--given-by", help="谁同意的，孩子要家长 | who agreed; for a child a parent")] = "",
    no_child: Annotated[bool, typer.Option("--no-child", help="看过了，不是孩子 | looked: it is no child")] = False,
    ai: Annotated[bool, typer.Option("--ai", help="这段是 AI 生成的 | this clip was made with AI")] = False,
    not_ai: Annotated[bool, typer.Option("--not-ai", help="收回上面这句 | take that back")] = False,
    file: Annotated[Path | None, typer.Option(help="签字的照片或文件，会留一份 | the signed paper; a copy is kept")] = None,
    withdraw: Annotated[str, typer.Option(help="收回的那条编号的开头 | the beginning of the id of one that is taken back")] = "",
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """谁同意出镜、哪段是 AI 生成的：看、记、收回 | who agreed to be shown, which clip is AI-made: look, record, take back."""
    of_clip, of_person = ai or not_ai, bool(given_by or file)
    several = (bool(who) + no_child + bool(withdraw) + ai + not_ai) > 1
    if several or (of_clip and not clip) or (clip and not (who or no_child or of_clip)) or (of_person and not (who or no_child)):
        refuse(
            M("Give --who with --given-by, or --no-child, or --withdraw, or --clip with --ai or --not-ai; none of them to look."),
            lang,
            as_json,
        )

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.consent import list_consents, record_consent, withdraw_consent
        from pipeline.actions.publishing_context import person_at_keyboard

        if ai or not_ai:
            from pipeline.actions.generated_clips import declare_generated, take_back_declaration

            declare = declare_generated if ai else take_back_declaration
            return declare(story, workspace, clip, person_at_keyboard(by), now, lang)
        if withdraw:
            return withdraw_consent(story, workspace, withdraw, now, lang)
        if who or no_child:
            return record_consent(story, workspace, clip, who, given_by, file, person_at_keyboard(by), now, lang)
        return list_consents(story, workspace, lang)

    run_publishing(work, workspace, lang, as_json)
