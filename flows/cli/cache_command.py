"""`fieldcut cache`: how much disk the intermediate results take, and removing them."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, Language, Workspace
from flows.cli.run import show_report
from pipeline.actions.cache import USER_MODELS, CacheReport, shrink_cache
from pipeline.documents.message import M, Message
from pipeline.language import say
from pipeline.settings import day_text
from pipeline.system import json_text

KINDS: dict[str, Message] = {
    "analyses": M("judgement of clips"),
    "photos": M("what the sheet's photos show"),
    "hearings": M("speech as it was heard"),
    "readings": M("speech as it was understood"),
    "transcripts": M("transcripts"),
    "cues": M("lines of subtitles"),
    "overlays": M("titles and cards"),
    "voices": M("cleaned voices"),
    "sound": M("sound tracks"),
    "chunks": M("rendered seconds"),
    "renditions": M("finished videos"),
    "expected": M("pictures that checks compare with"),
    "pictures": M("frames for the reports"),
    "reports": M("reports"),
    "models": M("speech models"),
    USER_MODELS: M("speech models that all your workspaces share"),
    "fonts": M("list of fonts"),
}
"""The names of the kinds of entries for people; a kind that is not here is shown by its own name."""


def cache(
    workspace: Workspace = Path("workspace"),
    older_than: Annotated[float | None, typer.Option(help="删掉这么多天没用过的 | remove what was not used for so many days")] = None,
    keep: Annotated[float | None, typer.Option(help="最多留多少 GB | remove the longest unused until so many GB are left")] = None,
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """看缓存占了多少地方，需要时清理 | what the cache takes, by kind, and clearing it. Deleting it loses time, never work."""

    def work(now: datetime) -> str:
        report = shrink_cache(workspace, older_than, keep, now)
        return _json(report) if as_json else _table(report, lang)

    show_report(work, workspace, lang, as_json)


def _json(report: CacheReport) -> str:
    fields: dict[str, object] = {"kinds": [kind.model_dump(mode="json") for kind in report.kinds], "bytes": report.size}
    if report.removed is not None:
        fields["removed"] = report.removed.model_dump(mode="json")
    return json_text(fields, indent=2)


def _table(report: CacheReport, language: str) -> str:
    lines = [
        _line(_mb(kind.bytes), kind.files, _day(kind.newest_use), say(KINDS[kind.kind], language) if kind.kind in KINDS else kind.kind)
        for kind in report.kinds
    ]
    lines.append(
        _line(
            _mb(report.size), sum(kind.files for kind in report.kinds), "", say(M("in all; deleting it loses time, never work"), language)
        )
    )
    removed = report.removed
    if removed is not None:
        lines.append(say(M("Removed: {files} entries, {size}.", files=removed.files, size=_mb(removed.bytes).strip()), language))
        if removed.spared:
            lines.append(say(M("{count} entries were left because a story is being made.", count=removed.spared), language))
    return "\n".join(lines)


def _line(size: str, files: int, day: str, what: str) -> str:
    return f"{size}  {files:6d}  {day:10}  {what}"


def _mb(size: int) -> str:
    return f"{size / 1_000_000:9.1f} MB"


def _day(moment: datetime | None) -> str:
    return day_text(moment) if moment else ""
