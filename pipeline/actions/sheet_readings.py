"""Product sheets as they were read last, read again only when they have changed: what an hour leaves no time for was done ahead of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.catalog import read_whole_sheet
from pipeline.documents.offer import Catalog
from pipeline.store import file_sha256, stat_signature

HOLDS = timedelta(minutes=10)
"""A reading that is older is made anew: days without a year are read by the day of reading."""


@dataclass
class _Reading:
    catalog: Catalog
    read_at: datetime
    signature: tuple[int, ...]
    sha256: str


@dataclass
class SheetReadings:
    """The readings of one process, by sheet."""

    _by_path: dict[Path, _Reading] = field(default_factory=dict)

    def read(self, path: Path, now: datetime) -> Catalog:
        """Return a sheet's offers; one with the bytes that it had at the last reading is not read again. now: aware.

        Raises as `read_whole_sheet` does.
        """
        known = self._by_path.pop(path, None)
        try:
            signature = stat_signature(path)
            if known is not None and now - known.read_at <= HOLDS:
                if signature != known.signature and file_sha256(path) == known.sha256:
                    known.signature = signature
                if signature == known.signature:
                    self._by_path[path] = known
                    return known.catalog
            sha256 = file_sha256(path)
        except OSError:
            return read_whole_sheet(path, now=now)  # it says what is wrong with the file
        catalog = read_whole_sheet(path, now=now)
        # The signature is from before the reading: a sheet that was saved meanwhile is read again.
        self._by_path[path] = _Reading(catalog, now, signature, sha256)
        return catalog
