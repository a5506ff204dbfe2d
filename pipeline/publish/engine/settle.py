"""What is still open: looked up when its time has come, and closed by a person where a look-up cannot tell."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pipeline.documents.message import M
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.deliver import deliver
from pipeline.publish.engine.lookup import look_up
from pipeline.publish.engine.release_job import ACT, open_job
from pipeline.publish.engine.retry_policy import HOUR_S
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, RESUMABLE, Actor, Entry, Leased, Ledger, State, Taken, Who


def settle(means: EngineContext, *, at_once: bool = False) -> tuple[Entry, ...]:
    """Look up every release that may be public and whose time has come; live ones are looked at again, too. Where each stands then.

    Nothing is published, repeated, or changed at any platform. at_once: everything that may be public, whenever its next look is due.
    What another worker holds is left to it. What a look-up cannot tell keeps its task for a person.
    """
    due = means.ledger.due(means.clock.now())
    if at_once:
        due = means.ledger.releases(open_only=True)
    return tuple(_looked_at(entry, means) for entry in due if entry.state in IN_FLIGHT | PUBLIC and _by_machine(entry, means))


def work(means: EngineContext) -> tuple[Entry, ...]:
    """Everything whose time has come: uploads go on, posts are published at their hour, open ones are looked up. Where each stands then."""
    return tuple(after for entry in means.ledger.due(means.clock.now()) if (after := work_on(entry, means)) is not None)


def work_on(entry: Entry, means: EngineContext) -> Entry | None:
    """Go on with one release whose time has come, as far as it goes without another wait. Where it stands then; None for a person's.

    What another worker holds is left to it. Raises what `deliver` raises, but for what a person must mend: that is put off by an hour.
    """
    if not _by_machine(entry, means):
        return None
    if entry.state not in RESUMABLE:
        return _looked_at(entry, means)
    try:
        deliver(entry.id, means)
    except Leased:
        pass
    except (UserMistake, PersonNeeded) as error:
        _put_off(entry, means, error)
    return means.ledger.get(entry.id)


def settle_by_person(
    release_id: str,
    outcome: Literal["live", "live_without_cart", "failed"],
    *,
    ledger: Ledger,
    by: Actor,
    at: datetime,
    link: str = "",
    screenshot: Path | None = None,
    note: str = "",
) -> Entry:
    """A person has looked and says what became of an uncertain release, or of the cart link of a live one.

    link, screenshot: of the post; one of them for what is public. note: the person's own words. Only what is uncertain can be called
    failed; the very same may be tried again after that. Raises UserMistake for a word that no person gave, a link that is not https, a
    screenshot that is not there, and a release that is not open to this (ForbiddenMove).
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
    reason = M("{person} has looked: it is not public. {note}", person=by.name, note=note) if to is State.FAILED else None
    return ledger.advance(
        entry, to, by=by, at=at, reason=reason, link=link, evidence=str(screenshot or ""), answer={"note": note} if note else None
    )


def _looked_at(entry: Entry, means: EngineContext) -> Entry:
    try:
        with means.ledger.lease(entry.id, holder=means.worker, at=means.clock.now()):
            job = open_job(means.ledger.get(entry.id), means)
            if job.entry.state in IN_FLIGHT | PUBLIC:
                look_up(job)
    except (Leased, Taken):
        pass
    except (UserMistake, PersonNeeded) as error:
        _put_off(entry, means, error)
    return means.ledger.get(entry.id)


def _put_off(entry: Entry, means: EngineContext, error: UserMistake | PersonNeeded) -> None:
    """One release that cannot go on, an account that is gone for one, must not keep the others from theirs."""
    now = means.clock.now()
    means.ledger.tasks.open(ACT, error.message, at=now, release_id=entry.id)
    means.ledger.postpone(means.ledger.get(entry.id), now + timedelta(seconds=HOUR_S))


def _by_machine(entry: Entry, means: EngineContext) -> bool:
    platform = means.platforms.get(entry.release.platform)
    return platform is None or not platform.capabilities.by_person
