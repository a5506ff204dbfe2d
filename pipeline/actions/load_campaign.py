"""`fieldcut calendar load`: a month's sheet becomes a campaign, and a corrected one changes only what was corrected."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline.actions.plan_changes import PlanChanges, plan_changes
from pipeline.actions.plan_rows import PlanNames
from pipeline.actions.plan_rules import PlanRules
from pipeline.actions.planned_posts import FoundPost, post_line, withdraw
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.catalog.plan_sheet import PlanRow, line_problem, read_plan
from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.language import say
from pipeline.publish.engine.kin import STANDING
from pipeline.publish.ledger import PUBLIC, Actor, Ledger, RecordedPost
from pipeline.settings import read_settings

Removed = Literal["ask", "keep", "cancel"]
_COPY = re.compile(r"\s*(?:[(（]\d+[)）]|[-_ ]\s*(?:副本|copy|修改|改|更正|新|v\d{1,2}))+$", re.IGNORECASE)
"""What programs and people put behind a name when they save a file once more: 三月(1), 三月 - 副本."""


@dataclass
class _Loading:
    """One loading: the sheet's posts by their line, and what is said of it."""

    file: str
    posts: list[PlannedPost] = field(default_factory=list)
    line_of: dict[PlannedPost, int] = field(default_factory=dict)
    problems: list[Message] = field(default_factory=list)


def load_campaign(workspace: Path, sheet: Path, name: str, removed: Removed, by: Actor, now: datetime, language: str) -> PublishReport:
    """Plan the posts of a sheet. A sheet of the same name, loaded again, changes what was corrected; bad lines are named and left out.

    name: of the campaign, by default the file's. removed: what becomes of posts that are no longer in the sheet. Raises UserMistake for a
    sheet that cannot be read.
    """
    campaign = name or campaign_name(sheet)
    plan, names = read_plan(sheet, now), PlanNames(workspace)
    loading = _Loading(sheet.name, problems=list(plan.problems))
    for row in plan.rows:
        _add_row(row, names, loading)
    report = PublishReport()
    with open_workspace_ledger(workspace) as ledger:
        changes = plan_changes(ledger.posts.of(campaign), loading.posts)
        rules = PlanRules(read_settings(workspace).campaign, names.product)
        _enter(ledger, campaign, changes, rules, loading, by, now, report, language)
        _take_back(ledger, changes, removed if not loading.problems else "keep", by, now, report, language)
    report.lines += [f"✗ {say(problem, language)}" for problem in loading.problems]
    not_made = dict.fromkeys(post.story for post in loading.posts if not names.is_known(post.story))
    warnings = [M("There are no clips of {story} yet.", story=story) for story in not_made]
    warnings += [M("{file}: nothing reads the column {title}.", file=sheet.name, title=title) for title in plan.unread]
    report.lines += [f"⚠ {say(warning, language)}" for warning in warnings]
    report.person_needed |= bool(loading.problems)
    return report


def campaign_name(sheet: Path) -> str:
    """The campaign that a file is the plan of: its name, without what was added to it when it was saved once more."""
    return _COPY.sub("", sheet.stem).strip() or sheet.stem


def _add_row(row: PlanRow, names: PlanNames, loading: _Loading) -> None:
    try:
        posts = names.posts_of(row)
    except UserMistake as mistake:
        loading.problems.append(line_problem(loading.file, row.line, mistake.message))
        return
    for post in posts:
        if post in loading.line_of:
            first = loading.line_of[post]
            loading.problems.append(line_problem(loading.file, row.line, M("it says the same as line {first}", first=first)))
        else:
            loading.line_of[post] = row.line
            loading.posts.append(post)


def _enter(
    ledger: Ledger,
    campaign: str,
    changes: PlanChanges,
    rules: PlanRules,
    loading: _Loading,
    by: Actor,
    now: datetime,
    report: PublishReport,
    language: str,
) -> None:
    """Put into the ledger what the rules allow, and a problem for every other line."""
    replaced = frozenset(record.id for record, _ in changes.changed)
    standing = standing_posts(ledger, replaced)
    new: list[PlannedPost] = []
    for record, post in changes.changed:
        if (problem := rules.problem(post, standing, now)) is None:
            problem = _replace(ledger, record, post, by, now)
        if problem is not None:
            loading.problems.append(line_problem(loading.file, loading.line_of[post], problem))
            standing.append(record.post)
            continue
        standing.append(post)
        what = M("{before}, by now {after}", before=post_line(record.post), after=post_line(post))
        report.lines.append(say(M("Changed: {what}", what=what), language))
    for post in changes.new:
        if (problem := rules.problem(post, standing, now)) is not None:
            loading.problems.append(line_problem(loading.file, loading.line_of[post], problem))
        else:
            new.append(post)
            standing.append(post)
    ledger.posts.plan(campaign, new, by=by, at=now)
    counts = {"new": len(new), "same": len(changes.same)}
    report.lines.insert(0, say(M("Campaign {name}: {new} new, {same} as before.", name=campaign, **counts), language))
    cancelled = [record for record in changes.same if record.state == "cancelled"]
    report.lines += [say(M("Stays taken back: {what}", what=post_line(record.post)), language) for record in cancelled]


def _replace(ledger: Ledger, record: RecordedPost, post: PlannedPost, by: Actor, now: datetime) -> Message | None:
    """Plan a post differently; the release that it may have become is given up. Returns why it cannot be."""
    if record.release_id:
        entry = ledger.get(record.release_id)
        try:
            withdraw(ledger, FoundPost(None, entry), by, now, M("{person} has changed the plan.", person=by.name))
        except PersonNeeded as stop:
            return M("{what}: {why}", what=post_line(record.post), why=stop.message)
    if not ledger.posts.change(record, post, by=by, at=now):
        return M("somebody changes this post right now; load the sheet again")
    return None


def _take_back(
    ledger: Ledger, changes: PlanChanges, removed: Removed, by: Actor, now: datetime, report: PublishReport, language: str
) -> None:
    """See to the posts that are no longer in the sheet."""
    gone = [record for record in changes.removed if record.post.at > now and not _is_public(ledger, record)]
    if not gone:
        return
    for record in gone:
        if removed == "cancel":
            entry = ledger.get(record.release_id) if record.release_id else None
            withdraw(ledger, FoundPost(record, entry), by, now, M("{person} has taken it out of the plan.", person=by.name))
        what = post_line(record.post)
        done = M("Taken back: {what}", what=what) if removed == "cancel" else M("No longer in the sheet: {what}", what=what)
        report.lines.append(say(done, language))
    if removed == "ask":
        report.person_needed = True
        asked = M(
            "{count} posts are no longer in the sheet and stay planned. Say what is meant: --removed cancel takes them back, "
            "--removed keep leaves them.",
            count=len(gone),
        )
        report.lines.append(f"→ {say(asked, language)}")


def _is_public(ledger: Ledger, record: RecordedPost) -> bool:
    return bool(record.release_id) and ledger.get(record.release_id).state in PUBLIC


def standing_posts(ledger: Ledger, replaced: frozenset[str] = frozenset()) -> list[PlannedPost]:
    """All posts that stand beside a plan: planned ones of every campaign, and releases that went out or are on their way.

    replaced: ids of planned posts that are planned differently by now.
    """
    recorded = ledger.posts.of()
    of_replaced = {record.release_id for record in recorded if record.id in replaced}
    posts = [record.post for record in recorded if record.state in ("planned", "held") and record.id not in replaced]
    for entry in ledger.releases():
        if entry.state in STANDING and entry.id not in of_replaced:
            release, at = entry.release, entry.release.planned_at or entry.since
            posts.append(PlannedPost(story=release.story, destination=release.platform, account=release.account, at=at))
    return posts
