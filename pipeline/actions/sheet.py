"""`fieldcut catalog`: a product sheet as it is understood, what is set aside and why, and what changed since it was last looked at."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.catalog import read_whole_sheet
from pipeline.commerce.money import price_text, unit_suffix
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Catalog, Offer
from pipeline.documents.sheet_reading import SheetReading
from pipeline.errors import FieldCutError, PersonNeeded
from pipeline.settings import minute_text
from pipeline.store import load_document, save_document
from pipeline.store.disk import disk_fault
from pipeline.system import file_name

READINGS = "sheets"
"""The folder in a workspace that keeps the last reading of each sheet."""


@dataclass(frozen=True)
class SheetReport:
    """A sheet as it is understood; `last` is the moment of the reading that `changes` compare with, None for the first one."""

    catalog: Catalog
    last: datetime | None
    changes: tuple[Message, ...]

    @property
    def exit_code(self) -> int:
        """3 when not one row can be used, so that a person is needed; else 0."""
        return 0 if self.catalog.offers else PersonNeeded.exit_code


def report_sheet(sheet: Path, workspace: Path, now: datetime) -> SheetReport:
    """Read a sheet, compare it with its last reading in the workspace, and keep this one for the next time.

    Raises UserMistake for a file that is no product sheet, DiskFault for a workspace that cannot be written.
    """
    catalog = read_whole_sheet(sheet, now=now, pictures=workspace / READINGS / "pictures")
    kept = _reading_path(sheet, workspace)
    last = _last_reading(kept)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        save_document(kept, SheetReading(read_at=now, catalog=catalog))
    except OSError as error:
        raise disk_fault(workspace, error) from error
    return SheetReport(catalog, last.read_at if last else None, tuple(_changes(last.catalog, catalog)) if last else ())


def _reading_path(sheet: Path, workspace: Path) -> Path:
    """Where a sheet's last reading lies: by its name, and by its path, since two folders may have a sheet of one name."""
    digest = hashlib.sha256(str(sheet.resolve()).encode()).hexdigest()[:8]
    return workspace / READINGS / f"{file_name(sheet.stem) or 'sheet'}-{digest}.json"


def _last_reading(path: Path) -> SheetReading | None:
    """Return the last reading; None where there is none, or none that this release can read."""
    try:
        return load_document(path, SheetReading) if path.is_file() else None
    except FieldCutError:
        return None


def _changes(before: Catalog, after: Catalog) -> Iterator[Message]:
    """Yield what differs between two readings, offer by offer."""
    old, new = {offer.sku: offer for offer in before.offers}, {offer.sku: offer for offer in after.offers}
    asked = {row.name for row in after.set_aside}
    for sku, offer in new.items():
        if sku not in old:
            yield M("{product}: new, {price}.", product=_label(offer), price=shown_price(offer))
        else:
            yield from _changed_fields(old[sku], offer)
    for sku, offer in old.items():
        if sku not in new and offer.name in asked:
            yield M("{product}: was {price}, now it is set aside.", product=_label(offer), price=shown_price(offer))
        elif sku not in new:
            yield M("{product}: was {price}, now it is not in the sheet.", product=_label(offer), price=shown_price(offer))


def _changed_fields(old: Offer, new: Offer) -> Iterator[Message]:
    fields = (
        (M("price"), shown_price(old), shown_price(new)),
        (M("old price"), shown_list_price(old), shown_list_price(new)),
        (M("start"), _moment(old.offer_begins), _moment(new.offer_begins)),
        (M("end"), _moment(old.offer_ends), _moment(new.offer_ends)),
        (M("stock"), "" if old.stock is None else str(old.stock), "" if new.stock is None else str(new.stock)),
        (M("name"), old.name, new.name),
        (M("link"), " ".join(old.links.values()), " ".join(new.links.values())),
    )
    for what, was, now in fields:
        if was != now:
            yield M("{product}: {what} was {was}, now {now}.", product=_label(new), what=what, was=was or "–", now=now or "–")


def _label(offer: Offer) -> str:
    return offer.name if offer.sku in (offer.name, f"{offer.name} {offer.unit}") else f"{offer.name} ({offer.sku})"


def shown_price(offer: Offer) -> str:
    """Return an offer's price with its unit, as a card shows it."""
    return price_text(offer.price, offer.currency) + unit_suffix(offer.unit)


def shown_list_price(offer: Offer) -> str:
    """Return the price before, empty where there is none."""
    return price_text(offer.list_price, offer.currency) if offer.list_price is not None else ""


def shown_validity(offer: Offer) -> str:
    """Return from when and until when an offer holds, empty where the sheet does not say."""
    parts = (_moment(offer.offer_begins), _moment(offer.offer_ends))
    return " – ".join(parts).strip() if any(parts) else ""


def _moment(moment: datetime | None) -> str:
    return minute_text(moment) if moment else ""
