"""How a product sheet was read the last time, so that the next reading can say what changed."""

from datetime import datetime

from pipeline.documents.base import Document
from pipeline.documents.offer import Catalog


class SheetReading(Document):
    """A reading of a sheet, and when it was made (aware)."""

    read_at: datetime
    catalog: Catalog
