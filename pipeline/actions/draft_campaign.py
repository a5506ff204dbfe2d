"""`fieldcut calendar draft`: a month's plan from stories, accounts, styles, sizes and hours, as a sheet that a person changes and loads."""

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from pipeline.actions.load_campaign import standing_posts
from pipeline.actions.plan_rows import PlanNames
from pipeline.actions.plan_rules import PlanRules
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.workspace_ledger import has_ledger, open_workspace_ledger
from pipeline.catalog.plan_sheet import PlanRow, named_zone
from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.settings import coop_zone, read_settings
from pipeline.store import write_atomically

HEADINGS = ("日期", "时间", "时区", "故事", "平台", "账号", "风格", "尺寸")
MAX_SLOTS = 5000
"""Hours of one account that are looked at: a plan of a month has a few dozen."""


@dataclass(frozen=True)
class DraftRequest:
    """What a plan is made of.

    platforms, styles, sizes: as a person writes them; the style and the size change from one account's post of a story to the next.
    hours: 19:30, or a cron line (minute hour day month weekday). timezone: whose hours these are, the co-op's when empty. seed: another
    one gives another order.
    """

    stories: tuple[str, ...]
    platforms: tuple[str, ...]
    hours: tuple[str, ...]
    begin: datetime
    days: int
    styles: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    timezone: str = ""
    seed: int = 0


@dataclass
class _Draft:
    rules: PlanRules
    standing: list[PlannedPost]
    chosen: list[PlannedPost] = field(default_factory=list)
    unplaced: list[PlannedPost] = field(default_factory=list)


def draft_campaign(workspace: Path, request: DraftRequest, sheet: Path, now: datetime, language: str) -> PublishReport:
    """Write a plan in which every story goes to every account once, spread evenly and by the rules of [campaign].

    sheet: .xlsx or .csv; not overwritten. Raises UserMistake for what is not understood.
    """
    if sheet.exists():
        raise UserMistake(M("{path} exists already. Name another file.", path=str(sheet)))
    names, zone = PlanNames(workspace), named_zone(request.timezone)
    draft = _Draft(PlanRules(read_settings(workspace).campaign, names.product), [])
    if has_ledger(workspace):
        with open_workspace_ledger(workspace) as ledger:
            draft.standing = standing_posts(ledger)
    slots = list(_slots(request, zone, now))
    if not slots:
        raise UserMistake(M("None of these hours lies within {days} days.", days=request.days))
    for channel in _channels(request, names, now):
        _place(channel, slots, draft, now)
    posts = sorted(draft.chosen, key=lambda post: (post.at, post.channel))
    write_atomically(sheet, _sheet(posts, zone, sheet.suffix.lower()))
    written = M(
        "{count} posts were written into {path}. Change what you like, then: fieldcut calendar load {path}",
        count=len(posts),
        path=str(sheet),
    )
    unplaced = [
        M("No hour is left for {story} on {platform} {account}.", story=post.story, platform=post.destination, account=post.account)
        for post in draft.unplaced
    ]
    return PublishReport([say(written, language), *(f"⚠ {say(message, language)}" for message in unplaced)], bool(unplaced))


def _channels(request: DraftRequest, names: PlanNames, now: datetime) -> Iterator[list[PlannedPost]]:
    """The posts of one account after the other, in the order in which they are placed; all without their hour."""
    randomly = random.Random(request.seed)
    for number, platform in enumerate(request.platforms):
        stories = list(request.stories)
        randomly.shuffle(stories)
        posts: list[PlannedPost] = []
        for index, story in enumerate(stories):
            style = request.styles[(number + index) % len(request.styles)] if request.styles else ""
            size = request.sizes[(number + index) % len(request.sizes)] if request.sizes else ""
            posts += names.posts_of(PlanRow(0, now, story, platform, "", style, size, ""))
        yield _apart(posts, names)


def _apart(posts: Sequence[PlannedPost], names: PlanNames) -> list[PlannedPost]:
    """The posts in an order in which those of one product are as far from each other as they can be."""
    left, order = list(posts), list[PlannedPost]()
    last: dict[str, int] = {}
    while left:
        chosen = min(left, key=lambda post: (last.get(names.product(post.story) or post.story, -len(posts)), left.index(post)))
        left.remove(chosen)
        last[names.product(chosen.story) or chosen.story] = len(order)
        order.append(chosen)
    return order


def _place(posts: Sequence[PlannedPost], slots: Sequence[datetime], draft: _Draft, now: datetime) -> None:
    """Give each post of one account an hour: the posts lie evenly over all of them, each at the next hour that no rule forbids."""
    for index, post in enumerate(posts):
        first = index * len(slots) // len(posts)
        for at in (*slots[first:], *slots[:first]):
            placed = post.model_copy(update={"at": at})
            if draft.rules.problem(placed, [*draft.standing, *draft.chosen], now) is None:
                draft.chosen.append(placed)
                break
        else:
            draft.unplaced.append(post)


def _slots(request: DraftRequest, zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """All hours of the plan, the earliest first, each once."""
    begin = max(request.begin, now).astimezone(zone)
    end = begin.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=request.days)
    found: set[datetime] = set()
    for hours in request.hours:
        try:
            moments = CronSim(_as_cron(hours), begin)
        except CronSimError as error:
            raise UserMistake(M("{given} is neither an hour (19:30) nor a cron line (30 19 * * 1,3,5).", given=hours)) from error
        for moment in moments:
            if moment >= end or len(found) >= MAX_SLOTS:
                break
            found.add(moment)
    yield from sorted(found)


def _as_cron(hours: str) -> str:
    try:
        clock = time.fromisoformat(hours.strip().zfill(5))
    except ValueError:
        return hours
    return f"{clock.minute} {clock.hour} * * *"


def _sheet(posts: Sequence[PlannedPost], zone: ZoneInfo, suffix: str) -> bytes:
    rows = [list(HEADINGS)]
    for post in posts:
        local = post.at.astimezone(zone)
        size = f"{post.width}x{post.height}" if post.width else ""
        other_zone = zone.key if zone != coop_zone() else ""
        rows.append([f"{local:%Y-%m-%d}", f"{local:%H:%M}", other_zone, post.story, post.destination, post.account, post.template, size])
    if suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode("utf-8-sig")  # so that Excel shows Chinese
    from openpyxl import Workbook

    book = Workbook()
    tab = book.active
    assert tab is not None
    for row in rows:
        tab.append(row)
    tab.freeze_panes = "A2"
    for column, width in zip("ABCDEFGH", (12, 8, 18, 28, 14, 14, 12, 12), strict=True):
        tab.column_dimensions[column].width = width
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
