"""`fieldcut calendar`: what goes where and when."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, Language, Workspace
from flows.cli.run import show_report
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.system import json_text


def calendar(
    days: Annotated[int, typer.Option(min=1, max=366, help="往后看几天 | days to come")] = 31,
    back: Annotated[int, typer.Option(min=0, max=366, help="往前看几天 | days that have passed")] = 7,
    ics: Annotated[Path | None, typer.Option(help="存成日历文件，手机能导入 | write an iCalendar file")] = None,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """哪天几点发到哪里，发过的、等人处理的都在内 | what goes where and when, what went, and what is held."""

    def work(now: datetime) -> str:
        from pipeline.actions.calendar import calendar_facts, calendar_file, calendar_posts, calendar_text
        from pipeline.store import write_atomically

        posts = calendar_posts(workspace, now - timedelta(days=back), now + timedelta(days=days))
        if ics is not None:
            write_atomically(ics, calendar_file(posts, lang))
            return say(M("{count} posts were written into {path}.", count=len(posts), path=str(ics)), lang)
        return json_text({"posts": calendar_facts(posts, lang)}, indent=2) if as_json else calendar_text(posts, lang)

    show_report(work, workspace, lang, as_json)
