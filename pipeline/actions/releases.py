"""`fieldcut settle`: going on with the releases that are open, and recording what a person found out about one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.actions.progress import RunProgress, SilentProgress
from pipeline.actions.publish_report import PublishReport, destination_of, release_line
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_page_changes, notify_releases, notify_untold
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.publish.engine import (
    EngineContext,
    can_take_down,
    record_correction,
    record_taken_down,
    settle_by_person,
    take_down,
    work_on_due,
)
from pipeline.publish.ledger import PUBLIC, Actor, Entry, Ledger, State

if TYPE_CHECKING:
    from pipeline.actions.live_offers import OfferTurn

SettledAs = Literal["live", "live_without_cart", "failed", "abandoned", "removed", "corrected"]


def settle_open_releases(workspace: Path, language: str, progress: RunProgress | None = None) -> PublishReport:
    """Go on with everything that is due: uploads, posts at their hour, look-ups; and keep true what is live. What only a person can settle
    stays open."""
    from pipeline.actions.live_declarations import LiveDeclarations
    from pipeline.actions.live_offers import LiveOffers  # the reader of sheets, and what renders: not for a list
    from pipeline.actions.page_renewal import page_renewal

    report = PublishReport()
    with publishing_context(workspace) as engine:
        before = {entry.id: entry.step for entry in engine.ledger.releases()}
        entries = work_on_due(engine)
        for entry in entries:
            report.tell(entry, language)
        report.lines += [
            f"⚠ {say(warning, language)}" for warning in notify_releases(workspace, engine, moved_by_this_process(entries, before, engine))
        ]
        render = page_renewal(workspace, engine, progress or SilentProgress(), language)
        turn = LiveOffers(workspace, engine, render).keep_true()
        labelled = LiveDeclarations(workspace, engine, render).keep_true()
        report.lines += offer_lines(turn, language) + declaration_lines(labelled, language)
        changed = [(entry, M("the page says by now what the sheet says ({changes})", changes=changes)) for entry, changes in turn.changed]
        changed += [(entry, _labelled_by_now(clips)) for entry, clips in labelled]
        report.lines += [f"⚠ {say(warning, language)}" for warning in notify_page_changes(workspace, engine, changed)]
        report.lines += [f"⚠ {say(warning, language)}" for warning in notify_untold(workspace, engine)]
        waiting = engine.ledger.tasks.all()
        report.lines += [f"→ {say(task.message, language)}" for task in waiting]
    if not report.lines:
        report.lines.append(say(M("Nothing is due, and what is live says what the sheet says."), language))
    report.person_needed = bool(waiting)
    return report


def offer_lines(turn: "OfferTurn", language: str) -> list[str]:
    """A line for each page that was brought into line with the sheet, and for each sheet that could not be read."""
    lines = []
    for entry, changes in turn.changed:
        what = M("after a change of the sheet: {changes}", changes=changes)
        lines.append(f"{release_line(entry, language)}  {say(what, language)}")
    return [*lines, *(f"⚠ {say(problem, language)}" for problem in turn.problems)]


def declaration_lines(labelled: Sequence[tuple[Entry, tuple[str, ...]]], language: str) -> list[str]:
    """A line for each page that was made anew with the AI label."""
    return [f"{release_line(entry, language)}  {say(_labelled_by_now(clips), language)}" for entry, clips in labelled]


def _labelled_by_now(clips: tuple[str, ...]) -> Message:
    return M("the page carries the AI label by now ({clips})", clips=", ".join(clips))


def moved_by_this_process(entries: Sequence[Entry], before: Mapping[str, int], engine: EngineContext) -> list[Entry]:
    """The entries that this process changed; what another worker changed, that one reports. before: each entry's step, by id."""
    return [entry for entry in entries if entry.step != before.get(entry.id) and entry.run == engine.ledger.run]


def record_outcome(
    workspace: Path, release_id: str, outcome: SettledAs, by: Actor, now: datetime, link: str, screenshot: Path | None, language: str
) -> PublishReport:
    """Record what became of an uncertain release, as a person found out, or that a live post was changed to what the sheet says."""
    with publishing_context(workspace) as engine:
        known = find_release(engine.ledger, release_id)
        if outcome == "corrected":
            record_correction(known, ledger=engine.ledger, by=by, at=now)
            report = PublishReport()
            report.tell(known, language)
            return report
        if outcome == "removed" and known.state in PUBLIC | {State.REMOVED}:
            if can_take_down(known, engine):
                return _take_down_page(known, engine, by, language)
            if known.state is State.REMOVED:  # said before
                report = PublishReport()
                report.tell(known, language)
                return report
        entry = settle_by_person(known.id, outcome, ledger=engine.ledger, by=by, at=now, link=link, screenshot=screenshot)
        report = PublishReport()
        report.tell(entry, language)
        if outcome == "abandoned" and hasattr(engine.platforms.get(entry.release.platform), "hidden_posts"):
            report.lines.append(say(M("What it left hidden there is shown, and removed, by `fieldcut leftovers`."), language))
    return report


def _take_down_page(entry: Entry, engine: EngineContext, by: Actor, language: str) -> PublishReport:
    """Take a page of our own away and record it. Raises PersonNeeded, with nothing recorded, where the store refuses."""
    report, release = PublishReport(), entry.release
    place = {"story": release.story, "place": place_label(release.platform, release.account, language)}
    if not take_down(entry, engine):
        page = engine.ledger.releases(story=release.story, platform=release.platform, account=release.account)
        shown = next((other for other in reversed(page) if other.state in PUBLIC and other.id != entry.id), None)
        if entry.state in PUBLIC:
            entry = settle_by_person(entry.id, "removed", ledger=engine.ledger, by=by, at=engine.clock.now())
        report.tell(entry, language)
        still = M("The page of {story} on {place} shows a newer release and stays.", **place)
        command = M(" To take it down: fieldcut settle {release} --as removed", release=shown.id[:8]) if shown else None
        report.lines.append(say(still, language) + (say(command, language) if command else ""))
        return report
    report.tell(record_taken_down(entry, engine, by=by), language)
    gone = M(
        "The page of {story} on {place} is gone, and its entry in the overview. It comes back only when you ask for it: "
        "fieldcut publish {story} --to {to} --insist REASON",
        to=destination_of(release),
        **place,
    )
    report.lines.append(say(gone, language))
    return report


def find_release(ledger: Ledger, id_prefix: str) -> Entry:
    """The release whose id begins with `id_prefix`. Raises UserMistake for none and for several."""
    matches = list(_with_prefix(ledger, id_prefix))
    if len(matches) != 1:
        raise UserMistake(M("{count} releases begin with {given}. `fieldcut releases` shows them.", count=len(matches), given=id_prefix))
    return matches[0]


def _with_prefix(ledger: Ledger, id_prefix: str) -> Iterator[Entry]:
    return (entry for entry in ledger.releases() if id_prefix and entry.id.startswith(id_prefix))
