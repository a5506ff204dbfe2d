"""The product sheet and the volunteer's note.

In: a CSV or XLSX sheet as a co-op keeps it, and the text files beside the clips. Out: `Catalog`, `Brief`, the `Choice` of the offer
that a story sells, the words that speech recognition should know, and the names that subtitles set apart.
"""

from pipeline.catalog.glossary import glossary, leaves_words_out
from pipeline.catalog.leader_sheet import Leaders, read_leaders
from pipeline.catalog.note import read_brief
from pipeline.catalog.offer_choice import choose_offer
from pipeline.catalog.product_sheet import read_catalog, read_whole_sheet
from pipeline.catalog.story_names import story_names

__all__ = [
    "Leaders",
    "choose_offer",
    "glossary",
    "leaves_words_out",
    "read_brief",
    "read_catalog",
    "read_leaders",
    "read_whole_sheet",
    "story_names",
]
