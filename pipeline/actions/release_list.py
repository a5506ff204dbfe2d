"""`fieldcut releases`: the state of every release, from the ledger alone; no adapter, key or account is loaded for it."""

from pathlib import Path

from pipeline.actions.publish_report import PublishReport, goes_out
from pipeline.actions.workspace_ledger import has_ledger, open_workspace_ledger
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.destinations import load_destination, place_label
from pipeline.publish.ledger import FINAL, RESUMABLE, Entry, PersonTask
from pipeline.publish.ledger.tasks import DECIDE
from pipeline.publish.platform_folders import postable_platforms
from pipeline.settings import read_settings


def list_releases(workspace: Path, story: str, open_only: bool, language: str) -> PublishReport:
    """List every release with what it waits for, and the platforms that were never tried with the real service.

    open_only: those that are on their way, and those that a person still has something to do about. Raises UserMistake for a story that
    is not there.
    """
    everything, tasks, approved = _read_ledger(workspace)
    entries = [entry for entry in everything if story in ("", entry.release.story)]
    if story and not entries and not (workspace / "stories" / story).is_dir():
        known = ", ".join(sorted({entry.release.story for entry in everything})) or "–"
        raise UserMistake(M("There is no story {name} in {path}. Known: {known}", name=story, path=str(workspace), known=known))
    asked = {task.release_id for task in tasks}
    report = PublishReport()
    for entry in entries:
        if open_only and entry.state in FINAL and entry.id not in asked:
            continue
        report.tell(entry, language)
        if entry.state in RESUMABLE and entry.id in approved:
            report.lines.append(f"    {say(goes_out(entry, approved[entry.id]), language)}")
        report.lines += [f"    → {say(task.message, language)}" for task in tasks if task.release_id == entry.id]
    if not report.lines:
        nothing = M("Nothing is open: all that was given to a platform has come to its end.") if entries else None
        report.lines.append(say(nothing or M("Nothing was given to any platform yet."), language))
    places = ", ".join(_place(name, language) for name in sorted(_untried(workspace)))
    report.lines.append(say(M("Not yet tried with the real service: {platforms}.", platforms=places), language))
    return report


def _read_ledger(workspace: Path) -> tuple[list[Entry], list[PersonTask], dict[str, str]]:
    """Every release, what is asked of people, and who has said yes, by the release's id. An earlier FieldCut asked after a no, too."""
    if not has_ledger(workspace):
        return [], [], {}
    with open_workspace_ledger(workspace) as ledger:
        entries = ledger.releases()
        refused = {entry.id for entry in entries if entry.refused}
        tasks = [task for task in ledger.tasks.all() if not (task.kind == DECIDE and task.release_id in refused)]
        waiting = {entry.release.story for entry in entries if entry.state in RESUMABLE}
        given = [approval for story in sorted(waiting) for approval in ledger.approvals.of(story)]
    return entries, tasks, {one.release_id: one.by.name for one in given if one.answer == "yes" and one.revoked_at is None}


def _untried(workspace: Path) -> set[str]:
    """Platforms that FieldCut never posted to for real, and accounts on the others: with an account none was tried."""
    platforms = {name for name in postable_platforms() if not load_destination(name).tried}
    accounts = {table.name for table in read_settings(workspace).accounts}
    return platforms | {name for name in accounts if name.partition(":")[0] not in platforms}


def _place(name: str, language: str) -> str:
    platform, _, account = name.partition(":")
    return place_label(platform, account, language)
