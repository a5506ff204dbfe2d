"""Commands that store secrets in the vault: login, notices."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import (
    Json,
    Language,
    Workspace,
)
from flows.cli.run import run_publishing
from flows.cli.screen import Screen, typed
from pipeline.documents.message import M, Message
from pipeline.language import say

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport


def login(
    account: Annotated[str, typer.Argument(help="fieldcut.toml 里的账号 | an account of fieldcut.toml: PLATFORM:NAME")],
    new_secret: Annotated[bool, typer.Option("--new-secret", help="重新输入应用密钥 | type the app's secret anew")] = False,
    another_user: Annotated[bool, typer.Option("--another-user", help="换一个人的账号 | it may be another person's account")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """登录平台账号，密钥加密保存在本机 | log in to a platform; what it gives is kept encrypted on this machine."""

    def work(_now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.login import log_in_account

        def secret(question: Message) -> str:
            return typed(say(question, lang), secret=True)

        def paste(problem: str) -> str:
            return typed(f"{problem}\n{say(M('Paste the address at which the browser ended, or the code in it'), lang)}".strip())

        def show(address: str) -> None:
            print(say(M("Open this address in a browser and agree there:\n{address}", address=address), lang), flush=True)

        return log_in_account(workspace, account, secret, paste, show, new_secret=new_secret, another_user=another_user, language=lang)

    run_publishing(work, workspace, lang, as_json)


def notices(
    channel: Annotated[str, typer.Argument(help="fieldcut.toml 里 [notices] 的名字 | a channel of [notices] in fieldcut.toml")],
    trial: Annotated[bool, typer.Option("--trial/--no-trial", help="马上试发一条 | send a trial notice at once")] = True,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """把通知发到企业微信群机器人或自己的网址 | where notices go: a WeCom group robot, or an address of your own."""

    def work(_now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.login import channel_question, save_channel_address

        return save_channel_address(workspace, channel, typed(say(channel_question(channel), lang), secret=True), lang, trial=trial)

    run_publishing(work, workspace, lang, as_json)
