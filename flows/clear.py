"""`fieldcut cache`: what the content store takes, and making it smaller."""

from datetime import datetime, timedelta
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.settings import day_text
from pipeline.store import Store
from pipeline.store.prune import Pruned, Usage, prune, usage
from pipeline.store.story_lock import running_since
from pipeline.system import json_text

GB = 1_000_000_000
KINDS: dict[str, Message] = {
    "analyses": M("judgement of clips"),
    "hearings": M("speech as it was heard"),
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
    "fonts": M("list of fonts"),
}
"""What a kind of entry is, for people; a kind that is not here is shown by its name."""


def look_at_cache(workspace: Path, days: float | None, keep_gb: float | None, now: datetime, language: str, as_json: bool) -> None:
    """Print what the cache takes; with `days` or `keep_gb` remove first what was not used so long, or what is over so much.

    Raises UserMistake for a workspace that is none and for negative numbers.
    """
    if not (workspace / "cache").is_dir():
        raise UserMistake(M("There is no cache in {path}. Name the workspace with --workspace.", path=str(workspace)))
    if (days is not None and days < 0) or (keep_gb is not None and keep_gb < 0):
        raise UserMistake(M("--older-than and --keep take numbers from 0 up."))
    store = Store(workspace / "cache")
    gone: Pruned | None = None
    if days is not None or keep_gb is not None:
        gone = prune(
            store,
            older_than=None if days is None else timedelta(days=days),
            to_bytes=None if keep_gb is None else round(keep_gb * GB),
            busy_since=running_since(workspace),
            now=now,
        )
    kinds = usage(store)
    print(_json(kinds, gone) if as_json else _table(kinds, gone, language))


def _json(kinds: tuple[Usage, ...], gone: Pruned | None) -> str:
    told: dict[str, object] = {"kinds": [kind.model_dump(mode="json") for kind in kinds], "bytes": sum(kind.bytes for kind in kinds)}
    if gone is not None:
        told["removed"] = gone.model_dump(mode="json")
    return json_text(told, indent=2)


def _table(kinds: tuple[Usage, ...], gone: Pruned | None, language: str) -> str:
    lines = [
        _line(_mb(kind.bytes), kind.files, _day(kind.newest_use), say(KINDS[kind.kind], language) if kind.kind in KINDS else kind.kind)
        for kind in kinds
    ]
    total = sum(kind.bytes for kind in kinds)
    lines.append(_line(_mb(total), sum(kind.files for kind in kinds), "", say(M("in all; deleting it loses time, never work"), language)))
    if gone is not None:
        lines.append(say(M("Removed: {files} entries, {size}.", files=gone.files, size=_mb(gone.bytes).strip()), language))
        if gone.spared:
            lines.append(say(M("{count} entries were left because a story is being made.", count=gone.spared), language))
    return "\n".join(lines)


def _line(size: str, files: int, day: str, what: str) -> str:
    return f"{size}  {files:6d}  {day:10}  {what}"


def _mb(size: int) -> str:
    return f"{size / 1_000_000:9.1f} MB"


def _day(moment: datetime | None) -> str:
    return day_text(moment) if moment else ""
