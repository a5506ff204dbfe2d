"""Offers that are live, kept true: what the sheet says otherwise becomes a new page of our own shelf, elsewhere a task for a person.

A page whose offer has lapsed is withdrawn, and comes back when the sheet has the offer again. A price or a link stands in the video as
well, so the story is rendered anew from its documents; where that asks for a person (the speaker says the old price, an approval is
needed), the page offers nothing until somebody has seen to it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.actions.ai_declarations import undeclared_clips
from pipeline.actions.page_releases import WATCHED, newest_pages, publish_page, require_approval
from pipeline.actions.publish_report import destination_of
from pipeline.actions.publishing_context import local_shelf_context
from pipeline.actions.sheet_offers import SheetOffers
from pipeline.documents.message import M, Message, Value
from pipeline.documents.release import Lapse, PromisedOffer, Release
from pipeline.errors import Fault, PersonNeeded, StoryBusy, UserMistake
from pipeline.publish.engine import EngineContext
from pipeline.publish.ledger import (
    PUBLIC,
    Actor,
    Entry,
    PersonTask,
    ReleaseLeased,
    StaleEntry,
    State,
    Who,
)
from pipeline.publish.ledger.tasks import CORRECTED, OFFER, TAKE_DOWN
from pipeline.publish.live_offers import (
    as_new,
    differences,
    files_are_intact,
    is_withdrawn,
    only_end_differs,
    promised_by,
    with_end,
    withdrawn,
)
from pipeline.publish.platforms.registry import OWN_SHELF
from pipeline.publish.platforms.shelf import folder_name
from pipeline.workspace import StoryContext


@dataclass
class OfferTurn:
    """What one turn did. changed: the pages' new releases, each with what was changed; problems: sheets that could not be read."""

    changed: list[tuple[Entry, tuple[Message, ...]]] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class LiveOffers:
    """One turn over what is live. render: makes a page's video and words anew by the sheet, and raises what asks for a person."""

    workspace: Path
    engine: EngineContext
    render: Callable[[Entry], Release]

    def keep_true(self, story: str | None = None, *, own_shelf_only: bool = False) -> OfferTurn:
        """Bring everything that is live into line with the sheets. story: only that one's. Raises what the ledger raises."""
        turn, sheets = OfferTurn(), SheetOffers(self.workspace, self.engine.clock.now())
        open_tasks = {task.release_id: task for task in self.engine.ledger.tasks.all() if task.kind == OFFER}
        entries = self.engine.ledger.releases(story=story)
        newest = newest_pages(entries, self.engine)
        for entry in entries:
            if own_shelf_only and not _is_on_own_shelf(entry.release):
                continue
            task = open_tasks.get(entry.id)
            replaced = self._has_own_page(entry) and entry.id not in newest
            if entry.state in WATCHED and not replaced and not self._is_being_taken_down(entry):
                self._check(entry, task, sheets, turn)
            elif task is not None:
                self._close(task, "")
        turn.problems += [
            M("What is live was not held against the sheet: {reason}", reason=problem) for problem in sheets.problems.values()
        ]
        return turn

    def _check(self, entry: Entry, task: PersonTask | None, sheets: SheetOffers, turn: OfferTurn) -> None:
        before, now = self._says(entry), sheets.promise_for(entry.release)
        if before is None or now is None:
            return
        if isinstance(now, Message):
            self._ask_about_row(entry, before, now)
            return
        if before.lapsed and not now.lapsed and before == promised_by(entry.release) and not is_withdrawn(entry.release):
            # It was published although nothing was left, on a person's word, and offers it all the same.
            before = before.model_copy(update={"lapsed": None})
        changes = differences(before, now)
        if not changes:
            if task is not None:
                self._close(task, "")
            return
        if not self._has_own_page(entry):
            self._ask(entry, changes, now.model_dump_json())
        elif task is None or task.subject != now.model_dump_json():
            self._change_page(entry, before, now, changes, turn)

    def _has_own_page(self, entry: Entry) -> bool:
        platform = self.engine.platforms.get(entry.release.platform)
        return platform is not None and platform.capabilities.own_page

    def _says(self, entry: Entry) -> PromisedOffer | None:
        """What the post says now: what it was made with, or what a person has changed it to since."""
        done = [
            task
            for task in self.engine.ledger.tasks.all(release_id=entry.id, open_only=False)
            if task.kind == OFFER and task.note == CORRECTED and task.subject.startswith("{")
        ]
        newest = max(done, key=lambda task: task.closed_at or task.opened_at, default=None)
        return PromisedOffer.model_validate_json(newest.subject) if newest else promised_by(entry.release)

    def _change_page(self, entry: Entry, before: PromisedOffer, now: PromisedOffer, changes: tuple[Message, ...], turn: OfferTurn) -> None:
        """Publish the page anew; where that needs a person, withdraw its offer and ask."""
        try:
            page = publish_page(self._withdrawn(entry, now.lapsed) if now.lapsed else self._renewed(entry, before, now), self.engine)
            if page.state is State.FAILED:
                raise PersonNeeded(page.reason or M("nobody knows why"))
        except (StoryBusy, ReleaseLeased, StaleEntry):
            return  # whoever holds it publishes its page, or the next turn does
        except (PersonNeeded, UserMistake, Fault) as error:
            page = entry
            if not now.lapsed and not is_withdrawn(entry.release):
                withdrawn_page = publish_page(self._withdrawn(entry, "changed"), self.engine)
                page = withdrawn_page if withdrawn_page.state in PUBLIC else entry
            self._ask_for_page(page, changes, error.message, now)
        if page.id != entry.id:
            turn.changed.append((page, changes))

    def _renewed(self, entry: Entry, before: PromisedOffer, now: PromisedOffer) -> Release:
        """The page's next release. Raises PersonNeeded and UserMistake."""
        release = entry.release
        if only_end_differs(before, now) and files_are_intact(release) and not undeclared_clips(self.workspace, release):
            renewed = with_end(release, now.offer_ends)
        elif earlier := self._earlier_page(entry, now):
            renewed = with_end(as_new(earlier), now.offer_ends)
        else:
            renewed = self.render(entry)
        require_approval(renewed, self.engine)
        return renewed

    def _earlier_page(self, entry: Entry, now: PromisedOffer) -> Release | None:
        """An earlier page that promised the same, but for its end, and whose files are still there."""
        release = entry.release
        others = self.engine.ledger.releases(story=release.story, platform=release.platform, account=release.account)
        for other in reversed(others):
            promised = promised_by(other.release)
            if other.state is State.REMOVED and promised and only_end_differs(promised, now) and self._is_usable(other.release):
                return other.release
        return None

    def _is_usable(self, release: Release) -> bool:
        inspection = self.engine.rules.inspection(release)
        is_whole = inspection is not None and inspection.passed and files_are_intact(release)
        return is_whole and not undeclared_clips(self.workspace, release)

    def _withdrawn(self, entry: Entry, lapse: Lapse) -> Release:
        own = self.workspace / "shelf" / folder_name(entry.release.story)
        return withdrawn(entry.release, lapse, own if _is_on_own_shelf(entry.release) else None)

    def _ask(self, entry: Entry, changes: tuple[Message, ...], subject: str) -> None:
        release, public = entry.release, entry.state in PUBLIC
        facts = {"story": release.story, "platform": release.platform, "account": release.account, "release": entry.id[:8]}
        message = (
            M(
                "The sheet has changed since {story} was posted on {platform} {account} ({link}): {changes}. Change the post there, then: "
                "fieldcut settle {release} --as corrected; or take it down: fieldcut settle {release} --as removed",
                changes=changes,
                link=entry.link or "–",
                **facts,
            )
            if public
            else M(
                "The sheet has changed since the pack of {story} for {platform} {account} was made: {changes}. Do not post it; give it "
                "back (fieldcut unclaim {release} --reason …) and publish anew.",
                changes=changes,
                **facts,
            )
        )
        self.engine.ledger.tasks.ask(OFFER, message, subject, at=self.engine.clock.now(), release_id=entry.id)

    def _ask_about_row(self, entry: Entry, before: PromisedOffer, question: Message) -> None:
        message = M(
            "Nobody can tell from the sheet whether {story} on {place} is still right; it promises {price}: {question} Correct the sheet.",
            story=entry.release.story,
            place=destination_of(entry.release),
            price=before.price,
            question=question,
        )
        self.engine.ledger.tasks.ask(OFFER, message, str(question), at=self.engine.clock.now(), release_id=entry.id)

    def _ask_for_page(self, page: Entry, changes: tuple[Message, ...], reason: Message, now: PromisedOffer) -> None:
        release = page.release
        facts: dict[str, Value] = {"story": release.story, "platform": release.platform, "account": release.account, "changes": changes}
        facts |= {"reason": reason, "to": destination_of(release)}
        message = (
            M(
                "The page of {story} on {platform} {account} offers nothing for now: the sheet has changed ({changes}), and the video "
                "could not be brought up to date.\n{reason}\nWhen that is done: fieldcut publish {story} --to {to}",
                **facts,
            )
            if is_withdrawn(page.release)
            else M(
                "The page of {story} on {platform} {account} still promises what the sheet no longer says ({changes}), and could not be "
                "changed.\n{reason}\nWhen that is done: fieldcut publish {story} --to {to}\nOr take the page down: fieldcut settle "
                "{release} --as removed",
                release=page.id[:8],
                **facts,
            )
        )
        self.engine.ledger.tasks.ask(OFFER, message, now.model_dump_json(), at=self.engine.clock.now(), release_id=page.id)

    def _is_being_taken_down(self, entry: Entry) -> bool:
        return any(task.kind == TAKE_DOWN for task in self.engine.ledger.tasks.all(release_id=entry.id))

    def _close(self, task: PersonTask, note: str) -> None:
        self.engine.ledger.tasks.close(task.id, by=self._machine(), at=self.engine.clock.now(), note=note)

    def _machine(self) -> Actor:
        return Actor(who=Who.MACHINE, name=self.engine.worker)


def withdraw_page(context: StoryContext, reason: Message) -> None:
    """After a run that put no page on the workspace's shelf: withdraw the one that is there if the sheet says otherwise by now.

    reason: why there is no new page, for the person who is asked. Does nothing where no page of the story is live.
    """

    def render(_entry: Entry) -> Release:
        raise PersonNeeded(reason)

    if not (context.root / "shelf" / folder_name(context.job.story)).is_dir():
        return
    with local_shelf_context(context.root, context.job.now) as engine:
        LiveOffers(context.root, engine, render).keep_true(context.job.story, own_shelf_only=True)


def _is_on_own_shelf(release: Release) -> bool:
    return release.platform == OWN_SHELF and not release.account
