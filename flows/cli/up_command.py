"""`fieldcut up`, `down`, `status` and `cancel`: everything runs by itself, until somebody ends it."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json, Language, Story, Workspace
from flows.cli.run import run
from flows.cli.screen import Screen
from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.language import say
from pipeline.store import write_atomically
from pipeline.system import (
    desktop_folder,
    json_text,
    open_in_browser,
    service_commands,
    service_definition,
    service_file,
    windowless,
    write_shortcut,
)

if TYPE_CHECKING:
    from pipeline.inbox import WaitingApproval


def up(
    workspace: Workspace = Path("workspace"),
    open_page: Annotated[bool, typer.Option("--open", help="打开进度页 | open the page that says how far everything is")] = False,
    lan: Annotated[
        bool, typer.Option("--lan", help="审核链接让同一个局域网里的手机也能打开 | phones in the local network can open approval links")
    ] = False,
    database: Annotated[
        str,
        typer.Option(
            help="运行记录放进 PostgreSQL：postgresql://用户@主机/库名，或者 bundled（自带的） | keep the runs in PostgreSQL: "
            "postgresql://USER@HOST/NAME, or bundled for one of its own"
        ),
    ] = "",
    shortcut: Annotated[bool, typer.Option(help="在桌面放两个双击就能用的图标：田剪、关闭田剪 | write starters to double-click")] = False,
    service: Annotated[bool, typer.Option(help="打印开机自启动的设置 | print a service that starts it at login")] = False,
    write: Annotated[bool, typer.Option(help="和 --service 一起用：写到该放的地方 | with --service, write it where it belongs")] = False,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="试一遍：到点、做视频、发布、关闭都行不行 | prove on this machine that all of it works"),
    ] = False,
    check: Annotated[bool, typer.Option("--check", hidden=True)] = False,
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """一直开着：放进 inbox 的文件夹自动做成视频 | keep everything running: folders dropped into the inbox become videos by themselves."""

    def tell(message: Message) -> None:
        print(_said(message, lang, as_json), flush=True)

    def work(_now: datetime, screen: Screen) -> Message:
        from flows.database import BUNDLED, read_database
        from flows.supervisor import Supervisor
        from flows.supervisor_files import is_running
        from pipeline.inbox import overview_path
        from pipeline.settings import read_settings

        if prove or check:
            from flows.self_check import SelfCheck

            SelfCheck(tell, lang).run()
            return M("All of it works on this machine.")
        if database not in ("", BUNDLED):
            read_database(database, from_command_line=True)
        again = [*(["--lan"] if lan else []), *(["--database", database] if database else [])]
        if shortcut:
            _make_inbox(workspace)
            return _write_shortcuts(workspace, lang, again)
        if service:
            return _service(workspace, lang, write, again)
        page = overview_path(workspace, lang).resolve()
        if open_page and is_running(workspace):
            open_in_browser(page.as_uri())
            return M("FieldCut runs already. How far everything is: {page}", page=str(page))
        settings, inbox = read_settings(workspace), _make_inbox(workspace)
        supervisor = Supervisor(workspace, lang, tell, lan, database or settings.server.database)
        try:
            with supervisor.running():
                tell(M("FieldCut runs. Make a folder for each story in {inbox} and put its clips there.", inbox=str(inbox)))
                tell(M("How far everything is: {page}", page=str(page)))
                tell(M("All runs: {address}", address=f"http://127.0.0.1:{supervisor.port}"))
                tell(M("Ctrl-C, or `fieldcut down`, ends it."))
                if open_page:
                    open_in_browser(page.as_uri())
                supervisor.keep()
        except KeyboardInterrupt:
            screen.ended = False  # that is how it is meant to end
        return M("FieldCut has ended.")

    run(work, lambda message: (_said(message, lang, as_json), 0), workspace, lang, as_json)


def _make_inbox(workspace: Path) -> Path:
    """Make the folder into which clips are dropped, so that it can be filled at once, and return it, absolute."""
    from pipeline.settings import read_settings
    from pipeline.store.disk import disk_fault

    inbox = read_settings(workspace).inbox.folder_in(workspace).resolve()
    try:
        inbox.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_fault(inbox, error) from error
    return inbox


def _said(message: Message, lang: str, as_json: bool) -> str:
    text = say(message, lang)
    return json_text({"says": text}) if as_json else text


def down(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """关闭一直开着的田剪 | end what `fieldcut up` keeps running."""

    def work(_now: datetime, _screen: Screen) -> Message:
        from flows.supervisor import ask_to_end

        if not ask_to_end(workspace):
            raise PersonNeeded(M("FieldCut did not end. Restart the computer, or end its processes."))
        return M("FieldCut has ended.")

    run(work, lambda message: (_said(message, lang, as_json), 0), workspace, lang, as_json)


def cancel(story: Story, workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """停下正在做的一条视频；素材变了会再做 | end the run of one story; it is made again when its clips change."""

    def work(now: datetime, _screen: Screen) -> Message:
        from flows.prefect_api import PrefectApi
        from flows.story_runs import PrefectStoryRuns
        from flows.supervisor_files import running_api
        from pipeline.actions.cancel import cancel_story

        address = running_api(workspace)
        if address is None:
            raise UserMistake(M("FieldCut does not run. `fieldcut up` starts it."))
        with PrefectApi(address) as api:
            cancel_story(workspace, story, PrefectStoryRuns(api, workspace, "zh"), now)
        return M("The run of {story} was ended.", story=story)

    run(work, lambda message: (_said(message, lang, as_json), 0), workspace, lang, as_json)


def status(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """每条视频做到哪一步 | how far every story is."""

    def work(now: datetime, _screen: Screen) -> str:
        from flows.supervisor_files import is_running, is_starting
        from pipeline.actions.story_states import StoryState, story_states
        from pipeline.publish.destinations import named_place

        running, stories = is_running(workspace), story_states(workspace)
        approvals = _waiting_approvals(workspace, now)

        def as_entry(state: StoryState) -> dict[str, object]:
            return {**state.facts(), "says": [say(message, lang) for message in state.says]}

        if as_json:
            waiting = [asdict(one) for one in approvals]
            return json_text({"running": running, "stories": [as_entry(state) for state in stories], "approvals": waiting}, indent=2)
        starting = running and is_starting(workspace)
        first = (
            M("FieldCut is starting. What is dropped now is seen in a moment.")
            if starting
            else M("FieldCut runs.")
            if running
            else M("FieldCut does not run. `fieldcut up` starts it.")
        )
        lines = [f"{state.story}  {' '.join(say(message, lang) for message in state.says)}" for state in stories]
        shown = [{**asdict(one), "place": named_place(one.place, lang)} for one in approvals]
        asked = [say(M("{story} → {place} waits for a yes or a no. {link}", **one), lang).rstrip() for one in shown]
        return "\n".join([say(first, lang), *(lines or [say(M("No story was begun yet."), lang)]), *asked])

    run(work, lambda text: (text, 0), workspace, lang, as_json)


def _waiting_approvals(workspace: Path, now: datetime) -> "Sequence[WaitingApproval]":
    """What waits for a person's yes, with its link where the desk runs."""
    from pipeline.settings import read_settings

    if not read_settings(workspace).publish.approval:
        return ()
    from flows.desk.address import running_desk
    from pipeline.actions.open_work import open_work

    desk = running_desk(workspace)
    return open_work(workspace, desk.address if desk is not None else "", now).waiting


def _write_shortcuts(workspace: Path, lang: str, options: Sequence[str]) -> Message:
    folder = desktop_folder() or workspace.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    starters = (
        (M("FieldCut"), "fieldcut", _command("up", workspace, lang, "--open", *options)),
        (M("End FieldCut"), "fieldcut-end", _command("down", workspace, lang)),
    )
    paths = [write_shortcut(folder, say(name, lang), identifier, command) for name, identifier, command in starters]
    return M("Double-click to start, and to end: {paths}", paths=", ".join(map(str, paths)))


def _service(workspace: Path, lang: str, write: bool, options: Sequence[str]) -> Message:
    definition, file = service_definition(_command("up", workspace, lang, *options)), service_file()
    if not write:
        encoding = "utf-16" if definition.startswith(b"\xff\xfe") else "utf-8"
        return M("{definition}\nIt belongs into {file}; --write puts it there.", definition=definition.decode(encoding), file=str(file))
    write_atomically(file, definition)
    return M("Written: {file}\nNow type once:\n{commands}", file=str(file), commands="\n".join(service_commands(file)))


def _command(name: str, workspace: Path, lang: str, *more: str) -> Sequence[str]:
    return [windowless(sys.executable), "-m", "flows.cli", name, "--workspace", str(workspace.resolve()), "--lang", lang, *more]
