"""`fieldcut calendar`: what goes where and when, and planning it: load a month's sheet, move a post, take one back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.errors import refuse
from flows.cli.options import By, Json, Language, To, Workspace
from flows.cli.planned_time import planned_time
from flows.cli.run import run_publishing, show_report
from flows.cli.screen import Screen
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.system import json_text

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport

calendar_app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
PostId = Annotated[str, typer.Argument(help="日历每行最后的编号，开头几位就行 | the beginning of the id at the end of its line")]


@calendar_app.callback(invoke_without_command=True)
def calendar(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=366, help="往后看几天 | days to come")] = 31,
    back: Annotated[int, typer.Option(min=0, max=366, help="往前看几天 | days that have passed")] = 7,
    ics: Annotated[Path | None, typer.Option(help="存成日历文件，手机能导入 | write an iCalendar file")] = None,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """哪天几点发到哪里；还能导入排期、改时间、取消 | what goes where and when; load a plan, move a post, take one back."""
    if context.invoked_subcommand is not None:
        return

    def work(now: datetime) -> str:
        from pipeline.actions.calendar import calendar_facts, calendar_file, calendar_posts, calendar_text
        from pipeline.store import write_atomically

        posts = calendar_posts(workspace, now - timedelta(days=back), now + timedelta(days=days))
        if ics is not None:
            write_atomically(ics, calendar_file(posts, lang))
            return say(M("{count} posts were written into {path}.", count=len(posts), path=str(ics)), lang)
        return json_text({"posts": calendar_facts(posts, lang)}, indent=2) if as_json else calendar_text(posts, lang)

    show_report(work, workspace, lang, as_json)


@calendar_app.command()
def load(
    sheet: Annotated[Path, typer.Argument(help="排期表，CSV 或 XLSX | the plan")],
    name: Annotated[str, typer.Option(help="排期的名字，不写就是文件名 | the campaign's name; the file's without it")] = "",
    removed: Annotated[
        str, typer.Option(help="表里删掉的几条：ask 问，cancel 取消，keep 留着 | posts that the sheet no longer has: ask | cancel | keep")
    ] = "ask",
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """导入排期表；改了再导一次，只动改过的 | plan the posts of a sheet; loaded again, only what was corrected changes."""
    if removed not in ("ask", "cancel", "keep"):
        refuse(M("--removed knows ask, cancel and keep, not {given}.", given=removed), lang, as_json)

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.load_campaign import load_campaign
        from pipeline.actions.publishing_context import person_at_keyboard

        return load_campaign(workspace, sheet, name, removed, person_at_keyboard(by), now, lang)  # type: ignore[arg-type]

    run_publishing(work, workspace, lang, as_json)


@calendar_app.command()
def draft(
    sheet: Annotated[Path, typer.Argument(help="写到哪个文件，.xlsx 或 .csv | the file to write")],
    stories: Annotated[str, typer.Option(help="哪些故事，逗号隔开；不写就是全部 | stories, commas between; all without it")] = "",
    to: To = "shelf",
    hours: Annotated[str, typer.Option(help='"19:30,12:00" 或 cron "30 19 * * 1,3,5" | hours, or a cron line')] = "19:30",
    days: Annotated[int, typer.Option(min=1, max=366, help="排几天 | for how many days")] = 30,
    begin: Annotated[str, typer.Option(help="从哪天起，不写就是明天 | the first day; tomorrow without it")] = "",
    styles: Annotated[str, typer.Option(help="轮着用的风格 | styles in turn")] = "",
    sizes: Annotated[str, typer.Option(help="轮着用的尺寸 | sizes in turn")] = "",
    timezone: Annotated[str, typer.Option(help="按哪里的钟点，不写就是合作社的 | whose hours; the co-op's without it")] = "",
    seed: Annotated[int, typer.Option(help="换个数，换个顺序 | another one, another order")] = 0,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """排一个月，存成表，改好再导入 | write a plan as a sheet, to be changed and loaded."""

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.draft_campaign import DraftRequest, draft_campaign
        from pipeline.actions.plan_rows import PlanNames

        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        hour_list = (hours,) if len(hours.split()) == 5 else _parts(hours)  # a cron line has commas of its own
        first = planned_time(begin, now, lang, as_json, "--begin") if begin else tomorrow
        named = _parts(stories) or PlanNames(workspace).made
        request = DraftRequest(named, _parts(to), hour_list, first, days, _parts(styles), _parts(sizes), timezone, seed)
        return draft_campaign(workspace, request, sheet, now, lang)

    run_publishing(work, workspace, lang, as_json)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


@calendar_app.command()
def move(
    post: PostId,
    at: Annotated[str, typer.Argument(help="什么时候，比如 2026-12-01 19:30 | when, for example 2026-12-01 19:30")],
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """换个时间发 | give a post another hour."""

    def work(now: datetime, screen: Screen) -> "PublishReport":
        from pipeline.actions.planned_posts import move_post
        from pipeline.actions.publishing_context import person_at_keyboard

        moment = planned_time(at, now, lang, as_json)
        return move_post(workspace, post, moment, person_at_keyboard(by), now, screen, lang)

    run_publishing(work, workspace, lang, as_json)


@calendar_app.command()
def cancel(
    post: PostId,
    by: By = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """不发了 | take a post back."""

    def work(now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.planned_posts import cancel_post
        from pipeline.actions.publishing_context import person_at_keyboard

        return cancel_post(workspace, post, person_at_keyboard(by), now, lang)

    run_publishing(work, workspace, lang, as_json)
