"""The product sheet and the volunteer's note.

In: a CSV or XLSX sheet as a co-op keeps it, and the text files beside the clips. Out: `Catalog`, `Brief`, the `Choice` of what
this story sells, and the words that speech recognition should know.
"""

from pipeline.catalog.choose import choose_offer
from pipeline.catalog.glossary import glossary
from pipeline.catalog.leaders import Leaders, read_leaders
from pipeline.catalog.note import read_brief
from pipeline.catalog.sheet import read_catalog

__all__ = ["Leaders", "choose_offer", "glossary", "read_brief", "read_catalog", "read_leaders"]
