"""What is asked of the ledger and told to it: what is where, what is still open, and what a person did."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline.actions.publish_report import PublishReport, release_line
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_releases
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.accounts import load_accounts
from pipeline.publish.engine import EngineContext, settle_by_person, work
from pipeline.publish.ledger import Actor, Entry, Ledger

Outcome = Literal["live", "live_without_cart", "failed"]


def list_releases(workspace: Path, story: str, open_only: bool, language: str) -> PublishReport:
    """Every release in a line, what waits for a person under it, and the platforms that were never met."""
    done = PublishReport()
    with publishing_context(workspace) as means:
        for entry in means.ledger.releases(story=story or None, open_only=open_only):
            done.lines.append(release_line(entry, language))
            done.lines += [
                f"    → {say(task.message, language)}" for task in means.ledger.tasks.all(release_id=entry.id) if not task.closed_at
            ]
        unmet = {name for name, platform in means.platforms.items() if not platform.capabilities.met}
        unmet |= {name for name in load_accounts(workspace).names if name.partition(":")[0] not in unmet}
    if not done.lines:
        done.lines.append(say(M("Nothing was given to any platform yet."), language))
    done.lines.append(say(M("Not yet tried with the real service: {platforms}.", platforms=", ".join(sorted(unmet))), language))
    return done


def settle_open_releases(workspace: Path, language: str) -> PublishReport:
    """Go on with everything whose time has come: uploads, posts at their hour, look-ups. What only a person can tell stays open."""
    done = PublishReport()
    with publishing_context(workspace) as means:
        before = {entry.id: entry.step for entry in means.ledger.releases()}
        entries = work(means)
        done.lines = [release_line(entry, language) for entry in entries]
        done.lines += [
            f"⚠ {say(warning, language)}" for warning in notify_releases(workspace, means, moved_by_this_process(entries, before, means))
        ]
        waiting = [task for task in means.ledger.tasks.all() if not task.closed_at]
        done.lines += [f"→ {say(task.message, language)}" for task in waiting]
    done.person_needed = bool(waiting)
    return done


def moved_by_this_process(entries: Sequence[Entry], before: Mapping[str, int], means: EngineContext) -> list[Entry]:
    """Those that this process moved: what another worker did meanwhile, that one tells. before: the steps by id."""
    return [entry for entry in entries if entry.step != before.get(entry.id) and entry.run == means.ledger.run]


def record_outcome(
    workspace: Path, release_id: str, outcome: Outcome, by: Actor, now: datetime, link: str, screenshot: Path | None, language: str
) -> PublishReport:
    """A person has looked and says what became of an uncertain release."""
    with publishing_context(workspace) as means:
        entry = settle_by_person(
            _found(means.ledger, release_id).id, outcome, ledger=means.ledger, by=by, at=now, link=link, screenshot=screenshot
        )
    return PublishReport([release_line(entry, language)])


def _found(ledger: Ledger, given: str) -> Entry:
    """The release whose id begins so. Raises UserMistake for none and for several."""
    fitting = list(_beginning(ledger, given))
    if len(fitting) != 1:
        raise UserMistake(M("{count} releases begin with {given}. `fieldcut releases` shows them.", count=len(fitting), given=given))
    return fitting[0]


def _beginning(ledger: Ledger, given: str) -> Iterator[Entry]:
    return (entry for entry in ledger.releases() if given and entry.id.startswith(given))
