"""Commands about releases: publish, approve, releases, settle, leftovers."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.errors import refuse
from flows.cli.options import (
    At,
    By,
    Json,
    Language,
    Link,
    Overrule,
    Screenshot,
    Story,
    To,
    Workspace,
)
from flows.cli.planned_time import planned_time
from flows.cli.run import run_publishing
from flows.cli.screen import Screen
from pipeline.documents.message import M

if TYPE_CHECKING:
    from pipeline.actions.prepare_releases import PublishRequest
    from pipeline.actions.publish_report import PublishReport

_RESULTS_ZH = "live 已公开，live_without_cart 已公开但没挂上商品，failed 没发成，abandoned 不发了，removed 已撤下，corrected 改好了"
_RESULTS_EN = "live, live_without_cart, failed, abandoned, removed, corrected"
Outcome = Annotated[str, typer.Option("--as", help=f"查到的结果：{_RESULTS_ZH} | what a person found: {_RESULTS_EN}")]


def publish(
    story: Story,
    to: To,
    at: At = "",
    by: By = "",
    overrule: Overrule = None,
    insist: Annotated[str, typer.Option(help="同样的视频、同一个故事要再发一次，说明理由 | why the same is posted once more")] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help="替换这个账号上旧的那条，新的已公开以后，再由人撤下旧的 | take the place of the old post there"),
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="只检查文案，不发 | look at the words only, send nothing")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """检查文案后发布，或交给人去发；同一条绝不发两次 | publish, or hand over to a person; never the same twice."""

    def work(now: datetime, screen: Screen) -> "PublishReport":
        from pipeline.actions.publish import publish_story

        return publish_story(story, workspace, _publish_request(to, at, by, overrule, now, insist, check, replace), now, screen, lang)

    run_publishing(work, workspace, lang, as_json)


def approve(
    what: Annotated[
        str, typer.Argument(help="等人同意的那条的编号，开头几位就行；或者故事名 | the beginning of a waiting release's id, or a story")
    ],
    to: Annotated[str, typer.Option("--to", help="还没准备发的故事，先同意发到这里 | for a story that is not prepared yet: where to")] = "",
    at: At = "",
    no: Annotated[str, typer.Option("--no", help="不同意，写明为什么 | say no, and why")] = "",
    link: Annotated[bool, typer.Option("--link", help="打印一个链接，别人在手机上看了再答 | print a link for a person elsewhere")] = False,
    by: By = "",
    overrule: Overrule = None,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """同意发布现在这一版，或者不同意；之后任何改动都要重新同意 | say yes or no to exactly what stands now; any change voids it."""
    if (bool(to) + bool(no) + link) > 1 or (not to and (at or overrule)):
        refuse(M("Give --to, --no or --link, only one of them; --at and --overrule go with --to."), lang, as_json)

    def work(now: datetime, screen: Screen) -> "PublishReport":
        from pipeline.actions.publishing_context import person_at_keyboard

        if to:
            from pipeline.actions.approve import approve_story

            return approve_story(what, workspace, _publish_request(to, at, by, overrule, now), now, screen, lang)
        from pipeline.actions.decide_releases import approval_links, decide_releases

        if link:
            from flows.desk.address import require_desk

            return approval_links(workspace, what, require_desk(workspace), now, lang)
        return decide_releases(workspace, what, "no" if no else "yes", no, person_at_keyboard(by).name, now, lang)

    run_publishing(work, workspace, lang, as_json)


def releases(
    story: Annotated[str, typer.Argument(help="哪个故事，不写就是全部 | one story, all without it")] = "",
    open_only: Annotated[bool, typer.Option("--open", help="只看没完的 | only what is still open")] = False,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """哪条视频在哪里、到哪一步了 | what is where, and how far."""

    def work(_now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.release_list import list_releases

        return list_releases(workspace, story, open_only, lang)

    run_publishing(work, workspace, lang, as_json)


def settle(
    release: Annotated[
        str, typer.Argument(help="开头几位就行，不写就全部查一遍 | one release that a person looked at; all without it")
    ] = "",
    outcome: Outcome = "",
    link: Link = "",
    screenshot: Screenshot = None,
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """把没完的查清楚；查不清的由人来定 | go on with what is open; what cannot be looked up a person settles."""
    if bool(release) != bool(outcome) or outcome not in ("", "live", "live_without_cart", "failed", "abandoned", "removed", "corrected"):
        refuse(M("Give a release and --as live, live_without_cart, failed, abandoned, removed or corrected; or neither."), lang, as_json)

    def work(now: datetime, screen: Screen) -> "PublishReport":
        from pipeline.actions.publishing_context import person_at_keyboard
        from pipeline.actions.releases import record_outcome, settle_open_releases

        if not release:
            return settle_open_releases(workspace, lang, screen)
        return record_outcome(workspace, release, outcome, person_at_keyboard(by), now, link, screenshot, lang)  # type: ignore[arg-type]

    run_publishing(work, workspace, lang, as_json)


def leftovers(
    remove: Annotated[str, typer.Option(help="删掉这一条，或 all 全删 | remove this one, or all of them")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """没发成的视频在平台上留下的私密稿，查出来，可以删掉 | hidden posts that were left behind at platforms, and removing them."""

    def work(_now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.leftovers import list_leftovers

        return list_leftovers(workspace, remove, lang)

    run_publishing(work, workspace, lang, as_json)


def _publish_request(
    to: str, at: str, by: str, overrule: list[str] | None, now: datetime, insist: str = "", check: bool = False, replace: bool = False
) -> "PublishRequest":
    from pipeline.actions.prepare_releases import PublishRequest
    from pipeline.actions.publishing_context import person_at_keyboard
    from pipeline.stages.release import targets

    parts = [part.partition("=") for part in overrule or []]
    if not all(name and reason.strip() for name, _, reason in parts):
        refuse(M("--overrule takes a finding's id and a reason: ID=REASON."), "zh")
    return PublishRequest(
        targets(to),
        planned_time(at, now, option="--at") if at else None,
        person_at_keyboard(by),
        {name: reason for name, _, reason in parts},
        insist,
        check,
        replace,
    )
