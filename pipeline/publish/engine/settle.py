"""Open releases: worked on or looked up when they are due, and settled by a person where a look-up cannot tell."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pipeline.documents.message import M
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.deliver import deliver
from pipeline.publish.engine.lookup import look_up
from pipeline.publish.engine.release_job import ACTION_TASK, open_job
from pipeline.publish.engine.retry_policy import HOUR_S
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, RESUMABLE, Actor, Entry, Ledger, ReleaseLeased, StaleEntry, State, Who
from pipeline.publish.ledger.tasks import CORRECTED, DECLARE, OFFER


def settle(context: EngineContext, *, at_once: bool = False) -> tuple[Entry, ...]:
    """Look up every due release that may be public or was live, and return their entries.

    Nothing is published, repeated, or changed at any platform. at_once: look up every open release that may be public, due or not.
    Releases that another worker holds are left to it. What a look-up cannot tell keeps its task for a person.
    """
    due = context.ledger.due(context.clock.now())
    if at_once:
        due = context.ledger.releases(open_only=True)
    return tuple(_look_up(entry, context) for entry in due if entry.state in IN_FLIGHT | PUBLIC and _is_driven_by_machine(entry, context))


def work_on_due(context: EngineContext) -> tuple[Entry, ...]:
    """Work on every due release (resume its upload, publish it at its hour, or look it up) and return their entries."""
    return tuple(after for entry in context.ledger.due(context.clock.now()) if (after := work_on(entry, context)) is not None)


def work_on(entry: Entry, context: EngineContext) -> Entry | None:
    """Work on one due release as far as it goes without another wait, and return its entry; None for one that a person posts.

    A release that another worker holds is left to it. Raises what `deliver` raises, except for what a person must fix: such a release
    is postponed by an hour, with a task.
    """
    if not _is_driven_by_machine(entry, context):
        return None
    if entry.state not in RESUMABLE:
        after = _look_up(entry, context)
    else:
        try:
            deliver(entry.id, context)
        except ReleaseLeased:
            pass
        except (UserMistake, PersonNeeded) as error:
            _postpone_for_person(entry, context, error)
        after = context.ledger.get(entry.id)
    if entry.state not in PUBLIC and after.state in PUBLIC:
        look_up_replaced(after, context)
    return after


def look_up_replaced(entry: Entry, context: EngineContext) -> tuple[Entry, ...]:
    """Look up the earlier releases that a public one has replaced, where a story has one page: they are seen to be gone at once.

    Returns their entries; none for a release that is not public, or not on such a platform.
    """
    platform = context.platforms.get(entry.release.platform)
    if entry.state not in PUBLIC or platform is None or not platform.capabilities.own_page:
        return ()
    release = entry.release
    page = context.ledger.releases(story=release.story, platform=release.platform, account=release.account)
    return tuple(_look_up(other, context) for other in page if other.id != entry.id and other.state in PUBLIC)


def settle_by_person(
    release_id: str,
    outcome: Literal["live", "live_without_cart", "failed", "abandoned", "removed"],
    *,
    ledger: Ledger,
    by: Actor,
    at: datetime,
    link: str = "",
    screenshot: Path | None = None,
    note: str = "",
) -> Entry:
    """Record what a person saw or decided: the outcome of an uncertain release, or of the cart link of a live one; or that one which failed
    is given up.

    link, screenshot: of the post; a public one needs one of them. note: the person's own words. Only an uncertain release can be called
    failed, and may be tried again after that; only a failed one is abandoned, only a public one removed. Raises UserMistake when `by` is
    no person, for a link that is not https, a missing screenshot, and a release whose state does not allow it (ForbiddenMove).
    """
    if by.who is not Who.PERSON:
        raise UserMistake(M("Only a person can say what cannot be looked up."))
    if link and (urlsplit(link).scheme != "https" or not urlsplit(link).hostname):
        raise UserMistake(M("The link of a post begins with https://"))
    if screenshot is not None and not screenshot.is_file():
        raise UserMistake(M("{path} is missing.", path=str(screenshot)))
    to = State(outcome)
    entry = ledger.get(release_id)
    if to in PUBLIC and not (link or screenshot or entry.link):
        raise UserMistake(M("Give the link of the post, or a screenshot of it."))
    reasons = {
        State.FAILED: M("{person} has looked: it is not public. {note}", person=by.name, note=note),
        State.REMOVED: M("{person} has taken it down. {note}", person=by.name, note=note),
        State.ABANDONED: M("{person} has given it up. {note}", person=by.name, note=note),
    }
    return ledger.advance(
        entry, to, by=by, at=at, reason=reasons.get(to), link=link, evidence=str(screenshot or ""), answer={"note": note} if note else None
    )


def record_correction(entry: Entry, *, ledger: Ledger, by: Actor, at: datetime) -> None:
    """Record that a person has changed a live post as its tasks ask. Raises UserMistake where nothing was asked of them."""
    asked = [task for task in ledger.tasks.all(release_id=entry.id) if task.kind in (OFFER, DECLARE)]
    if not asked:
        raise UserMistake(M("Nothing is to be changed in {release}. `fieldcut releases --open` shows what is.", release=entry.id[:8]))
    for task in asked:
        ledger.tasks.close(task.id, by=by, at=at, note=CORRECTED)


def _look_up(entry: Entry, context: EngineContext) -> Entry:
    try:
        with context.ledger.lease(entry.id, holder=context.worker, at=context.clock.now()):
            job = open_job(context.ledger.get(entry.id), context)
            if job.entry.state in IN_FLIGHT | PUBLIC:
                look_up(job)
    except (ReleaseLeased, StaleEntry):
        pass
    except (UserMistake, PersonNeeded) as error:
        _postpone_for_person(entry, context, error)
    return context.ledger.get(entry.id)


def _postpone_for_person(entry: Entry, context: EngineContext, error: UserMistake | PersonNeeded) -> None:
    """Postpone a release that cannot go on (its account is gone, for example), so that it does not stop the others."""
    now = context.clock.now()
    context.ledger.tasks.open(ACTION_TASK, error.message, at=now, release_id=entry.id)
    context.ledger.postpone(context.ledger.get(entry.id), now + timedelta(seconds=HOUR_S))


def _is_driven_by_machine(entry: Entry, context: EngineContext) -> bool:
    platform = context.platforms.get(entry.release.platform)
    return platform is None or not platform.capabilities.by_person
