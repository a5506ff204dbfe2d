"""The names of runs, in words that a person who plans posts knows: 土豆 · 高山土豆 · 快手 合作社 · 12-01 19:30."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.settings import in_coop_time


def run_name(*parts: str, at: datetime | None = None) -> str:
    """Name a run by what it is about, and when. at: aware; shown in the co-op's time zone. Empty parts are left out."""
    when = [f"{in_coop_time(at):%m-%d %H:%M}"] if at is not None else []
    return " · ".join([part for part in parts if part] + when)


def release_run_name(story: str, product: str, platform: str, account: str, at: datetime | None, language: str) -> str:
    """Name the run of a release: story, product, place, hour."""
    return run_name(story, product, place_label(platform, account, language), at=at)


def name_of_several(names: Sequence[str], language: str) -> str:
    """Name a run that is about several things by the first of them."""
    if len(names) == 1:
        return names[0]
    return say(M("{first} and {count} more", first=names[0], count=len(names) - 1), language)
