"""What can be typed about publishing: approve, publish, releases, settle, claim, posted, unclaim, login."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from flows.refusal import as_told, fail, refuse
from flows.settings_command import warn_of_settings
from flows.show import Screen, hear_signals, print_error
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.settings import zone_of
from pipeline.system import json_text

if TYPE_CHECKING:
    from flows.publishing import Published, Wish

INTERRUPTED = 130
Story = Annotated[str, typer.Argument(help="故事名 | the story's name, a folder in workspace/stories")]
To = Annotated[str, typer.Option("--to", help="shelf,shelf:ACCOUNT,handoff:douyin,kuaishou:ACCOUNT")]
At = Annotated[
    str, typer.Option("--at", help="“2026-12-01 19:30”，合作社的时间，不写就是马上 | when, on the co-op's clock; at once without it")
]
By = Annotated[str, typer.Option("--by", help="谁在操作 | who you are")]
Overrule = Annotated[list[str] | None, typer.Option("--overrule", help="编号=理由，放行一条 ✗ | ID=REASON sets one ✗ aside")]
Release = Annotated[str, typer.Argument(help="编号的开头 | the beginning of the release's id")]
Workspace = Annotated[Path, typer.Option("--workspace", help="工作文件夹 | where stories, cache and results lie")]
Language = Annotated[str, typer.Option("--lang", help="zh | en")]
Json = Annotated[bool, typer.Option("--json", help="给脚本用 | one JSON object on standard output")]
Link = Annotated[str, typer.Option(help="发布后的链接 | the post's link")]
Screenshot = Annotated[Path | None, typer.Option(help="发布后的截图 | a screenshot of it")]


def publish(
    story: Story,
    to: To,
    at: At = "",
    by: By = "",
    overrule: Overrule = None,
    insist: Annotated[str, typer.Option(help="同样的视频要再发一次，说明理由 | why the very same is posted once more")] = "",
    check: Annotated[bool, typer.Option("--check", help="只检查文案，不发 | look at the words only, send nothing")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """检查文案后发布，或交给人去发；同一条绝不发两次 | publish, or hand over to a person; never the same twice."""

    def work(now: datetime, screen: Screen) -> "Published":
        from flows.publishing import publish_story

        return publish_story(story, workspace, _wish(to, at, by, overrule, now, insist, check), now, screen, lang)

    _end(work, workspace, lang, as_json)


def approve(
    story: Story,
    to: To,
    at: At = "",
    by: By = "",
    overrule: Overrule = None,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """同意发布现在这一版；之后任何改动都要重新同意 | approve exactly what stands now; any change voids it."""

    def work(now: datetime, screen: Screen) -> "Published":
        from flows.publishing import approve_story

        return approve_story(story, workspace, _wish(to, at, by, overrule, now), now, screen, lang)

    _end(work, workspace, lang, as_json)


def releases(
    story: Annotated[str, typer.Argument(help="故事名，不写就是全部 | one story, all without it")] = "",
    open_only: Annotated[bool, typer.Option("--open", help="只看没完的 | only what is still open")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """哪条视频在哪里、到哪一步了 | what is where, and how far."""

    def work(_now: datetime, _screen: Screen) -> "Published":
        from flows.ledger_commands import list_releases

        return list_releases(workspace, story, open_only, lang)

    _end(work, workspace, lang, as_json)


def settle(
    release: Annotated[str, typer.Argument(help="编号的开头，不写就全部查一遍 | one release that a person looked at; all without it")] = "",
    outcome: Annotated[str, typer.Option("--as", help="live | live_without_cart | failed")] = "",
    link: Link = "",
    screenshot: Screenshot = None,
    by: By = "",
    stay: Annotated[bool, typer.Option("--stay", help="一直守着，到点就发，Ctrl-C 结束 | stay and post at the hour, until Ctrl-C")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """把没完的查清楚；查不清的由人来定 | go on with what is open; what cannot be looked up a person settles."""
    if bool(release) != bool(outcome) or outcome not in ("", "live", "live_without_cart", "failed"):
        refuse(M("Give a release and --as live, live_without_cart or failed; or neither."), lang, as_json)
    if stay and release:
        refuse(M("--stay looks after all releases; give it none."), lang, as_json)

    def show(line: str) -> None:
        print(json_text({"line": line}) if as_json else line, flush=True)

    def work(now: datetime, screen: Screen) -> "Published":
        from flows.ledger_commands import settle_open, told_by_person
        from flows.ledgers import person

        if stay:
            from flows.staying import Stay

            Stay(workspace, lang, show, lambda: screen.ended).work()
        if not release:
            return settle_open(workspace, lang)
        return told_by_person(workspace, release, outcome, person(by), now, link, screenshot, lang)  # type: ignore[arg-type]

    _end(work, workspace, lang, as_json)


def claim(release: Release, by: By = "", workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """认领一个待发包，由我去发 | take a hand-off pack upon yourself."""

    def work(now: datetime, _screen: Screen) -> "Published":
        from flows.ledger_commands import taken_on
        from flows.ledgers import person

        return taken_on(workspace, release, person(by), now, lang)

    _end(work, workspace, lang, as_json)


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

    def work(now: datetime, _screen: Screen) -> "Published":
        from flows.ledger_commands import posted as write_down
        from flows.ledgers import person

        return write_down(workspace, release, person(by), now, link, screenshot, lang)

    _end(work, workspace, lang, as_json)


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

    def work(now: datetime, _screen: Screen) -> "Published":
        from flows.ledger_commands import not_posted
        from flows.ledgers import person

        return not_posted(workspace, release, person(by), now, reason, for_another, lang)

    _end(work, workspace, lang, as_json)


def consent(
    story: Story,
    clip: Annotated[str, typer.Option(help="哪段视频，不写就是整个故事 | which clip; the whole story without it")] = "",
    who: Annotated[str, typer.Option(help="拍到了谁 | who is seen")] = "",
    given_by: Annotated[str, typer.Option("--given-by", help="谁同意的，孩子要家长 | who agreed; for a child a parent")] = "",
    no_child: Annotated[bool, typer.Option("--no-child", help="看过了，不是孩子 | looked: it is no child")] = False,
    file: Annotated[Path | None, typer.Option(help="签字的照片或文件，会留一份 | the signed paper; a copy is kept")] = None,
    withdraw: Annotated[str, typer.Option(help="收回的那条编号的开头 | the beginning of the id of one that is taken back")] = "",
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """谁同意出镜：看、记、收回 | who agreed to be shown: look, record, take back."""
    if (bool(who) + no_child + bool(withdraw)) > 1 or (bool(clip or given_by or file) and not (who or no_child)):
        refuse(M("Give --who with --given-by, or --no-child, or --withdraw; none of them to look."), lang, as_json)

    def work(now: datetime, _screen: Screen) -> "Published":
        from flows.consenting import list_consents, record_consent, withdraw_consent
        from flows.ledgers import person

        if withdraw:
            return withdraw_consent(story, workspace, withdraw, now, lang)
        if who or no_child:
            return record_consent(story, workspace, clip, who, given_by, file, person(by), now, lang)
        return list_consents(story, workspace, lang)

    _end(work, workspace, lang, as_json)


def login(
    account: Annotated[str, typer.Argument(help="fieldcut.toml 里的账号 | an account of fieldcut.toml: PLATFORM:NAME")],
    new_secret: Annotated[bool, typer.Option("--new-secret", help="重新输入应用密钥 | type the app's secret anew")] = False,
    another_user: Annotated[bool, typer.Option("--another-user", help="换一个人的账号 | it may be another person's account")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """登录平台账号，密钥加密保存在本机 | log in to a platform; what it gives is kept encrypted on this machine."""

    def work(_now: datetime, _screen: Screen) -> "Published":
        from flows.ledger_commands import log_in

        def secret(name: str) -> str:
            return str(typer.prompt(name, hide_input=True))

        def paste(problem: str) -> str:
            return str(typer.prompt(f"{problem}\nURL / code".strip()))

        return log_in(workspace, account, secret, paste, new_secret=new_secret, another_user=another_user, language=lang)

    _end(work, workspace, lang, as_json)


def notices(
    channel: Annotated[str, typer.Argument(help="fieldcut.toml 里 [notices] 的名字 | a channel of [notices] in fieldcut.toml")],
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """把通知发到企业微信群机器人或自己的网址 | where notices go: a WeCom group robot, or an address of your own."""

    def work(_now: datetime, _screen: Screen) -> "Published":
        from flows.ledger_commands import keep_channel

        return keep_channel(workspace, channel, str(typer.prompt("URL", hide_input=True)), lang)

    _end(work, workspace, lang, as_json)


COMMANDS: tuple[Callable[..., None], ...] = (publish, approve, releases, settle, claim, posted, unclaim, consent, login, notices)


def _wish(to: str, at: str, by: str, overrule: list[str] | None, now: datetime, insist: str = "", check: bool = False) -> "Wish":
    from flows.ledgers import person
    from flows.publishing import Wish
    from pipeline.stages.release import targets

    parts = [part.partition("=") for part in overrule or []]
    if not all(name and reason.strip() for name, _, reason in parts):
        refuse(M("--overrule takes a finding's id and a reason: ID=REASON."), "zh")
    return Wish(targets(to), _moment(at, now), person(by), {name: reason for name, _, reason in parts}, insist, check)


def _moment(text: str, now: datetime) -> datetime | None:
    """A planned time as it is typed: on the co-op's clock, as `now` is, unless it names another zone. Ends the command for one that is
    none or has passed."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(M("--at {given} is no time. Write it as 2026-12-01 19:30.", given=text), "zh")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    if moment <= now:
        refuse(M("--at {given} has passed.", given=text), "zh")
    return moment


def _end(work: "Callable[[datetime, Screen], Published]", workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """Do the work, tell what came of it, and end with its exit code."""
    screen = Screen(lang, quiet=as_json)
    hear_signals(screen)
    try:
        with zone_of(workspace) as zone:
            warn_of_settings(workspace, screen.warn)
            done = work(datetime.now(zone), screen)
    except (Exception, KeyboardInterrupt) as error:
        if screen.ended or isinstance(error, KeyboardInterrupt):
            print_error(say(M("Stopped. Run the same command again to go on where it stopped."), lang))
            sys.exit(INTERRUPTED)
        fail(as_told(error, workspace), lang, as_json)
    finally:
        screen.close()
    print(json_text({"lines": done.lines, "person_needed": done.person_needed}) if as_json else "\n".join(done.lines))
    sys.exit(done.exit_code)
