"""What the product sheets say now of the offers that a workspace's releases sell."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.sheet_readings import SheetReadings
from pipeline.commerce import make_card
from pipeline.documents.destination import Destination
from pipeline.documents.job import Job
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Catalog, Offer, RowSetAside
from pipeline.documents.release import PromisedOffer, Release
from pipeline.errors import FieldCutError, UserMistake
from pipeline.publish import load_destination
from pipeline.publish.live_offers import differences, promised_by, sheet_says
from pipeline.stages.release import promised_offer
from pipeline.store import load_document


class SheetOffers:
    """Reads each story's sheet once in a turn.

    now: aware; by it an offer has ended, and a day without a year gets one. readings: of earlier turns of this process.
    """

    def __init__(self, workspace: Path, now: datetime, readings: SheetReadings | None = None) -> None:
        self._workspace = workspace
        self._now = now
        self._readings = readings or SheetReadings()
        self._sheets: dict[str, Catalog | None] = {}
        self.problems: dict[str, Message] = {}
        """By sheet, why it could not be read: nothing is known then of its offers."""

    def promise_for(self, release: Release) -> PromisedOffer | Message | None:
        """Return what a release would promise by the sheet of now; a question to a person where the product's row is in doubt.

        None where nothing is known: no product, no sheet, or one that cannot be read at this moment.
        """
        before, job = promised_by(release), self._job(release.story)
        if before is None or release.offer is None or job is None or not job.catalog:
            return None
        catalog = self._read(job.catalog)
        if catalog is None:
            return None
        row = find_row(catalog, release.offer.sku, release.offer.name, release.offer.unit or _unit_of(before))
        if row is None:
            return before.model_copy(update={"lapsed": "taken_down"})
        if isinstance(row, RowSetAside):
            if row.lapse is None:
                return M("line {line} of {path}: {question}", line=row.line, path=catalog.path, question=row.question)
            return before.model_copy(update={"lapsed": row.lapse})
        return self._promise(row, release, job)

    def changes_since(self, release: Release) -> tuple[Message, ...]:
        """Return what the sheet says otherwise than a release that still waits; a doubtful row is a change, an unreadable sheet none."""
        before, now = promised_by(release), self.promise_for(release)
        if before is None or now is None:
            return ()
        return (now,) if isinstance(now, Message) else differences(before, now)

    def _promise(self, offer: Offer, release: Release, job: Job) -> PromisedOffer | Message:
        destination, before = load_destination(release.platform), promised_by(release)
        try:
            promise = sheet_says(release, promised_offer(offer, make_card(offer, destination, job.language)))
        except UserMistake as mistake:
            return mistake.message
        if before and not _is_shown(before.link, release, destination) and not _is_shown(promise.link, release, destination):
            promise = promise.model_copy(update={"link": before.link})
        if offer.offer_ends is not None and offer.offer_ends <= self._now:
            return promise.model_copy(update={"lapsed": "ended"})
        return promise

    def _job(self, story: str) -> Job | None:
        try:
            return load_document(self._workspace / "stories" / story / "job.json", Job)
        except FieldCutError:
            return None  # a story that was moved away, or never cut here

    def _read(self, sheet: str) -> Catalog | None:
        if sheet not in self._sheets:
            try:
                self._sheets[sheet] = self._readings.read(Path(sheet), self._now)
            except FieldCutError as error:
                self._sheets[sheet] = None
                self.problems[sheet] = error.message
        return self._sheets[sheet]


def find_row(catalog: Catalog, sku: str, name: str, unit: str) -> Offer | RowSetAside | None:
    """Find the row of an offer that was once read: by its number, else by its name and pack, else by its name where that stands alone.

    A row that was set aside comes before another pack of the same name: it may be the one.
    """
    offers, aside = catalog.offers, catalog.set_aside
    if by_sku := next((offer for offer in offers if _same(offer.sku, sku)), None):
        return by_sku
    named = [offer for offer in offers if _same(offer.name, name)]
    if by_pack := next((offer for offer in named if _same(offer.unit, unit)), None):
        return by_pack
    set_aside = [row for row in aside if (row.sku and _same(row.sku, sku)) or _same(row.name, name)]
    if set_aside:
        return next((row for row in set_aside if row.sku and _same(row.sku, sku)), set_aside[0])
    return named[0] if len(named) == 1 else None


def _is_shown(link: str, release: Release, destination: Destination) -> bool:
    """Whether buyers meet a link of the sheet in such a post: as its cart, as a code, or in its words."""
    return destination.has_cart(link) or bool(link and (destination.qr or link in release.captions.text))


def _unit_of(promise: PromisedOffer) -> str:
    return promise.price.partition("/")[2]


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
