"""Makes subtitles of the words on an edit: cues, the SRT that a person corrects, the ASS that is burned in.

`make_cues` makes cues (`cues_key` is their content key), `to_srt` and `from_srt` write and read the file that a person corrects,
`reapply_hand_edits` keeps the corrections through a new edit, `refit_cues` fits them to another shape of picture, `to_ass` and
`ass_events` make what the renderer burns in; `set_words` finds which of its words are set apart and when each is said.
`read_second`, `placed_second` and `with_second` bring in a second language.
"""

from pipeline.subtitles.ass import ass_events, to_ass
from pipeline.subtitles.cues import CueForm, cues_key, make_cues
from pipeline.subtitles.doubtful_lines import doubtful_lines, hand_notes
from pipeline.subtitles.hand_edits import check_widths, reapply_hand_edits, refit_cues
from pipeline.subtitles.second_language import placed_second, read_second, with_second
from pipeline.subtitles.set_words import set_words, set_words_key
from pipeline.subtitles.srt import from_srt, to_srt
from pipeline.subtitles.text_encoding import read_text

__all__ = [
    "CueForm",
    "ass_events",
    "check_widths",
    "cues_key",
    "doubtful_lines",
    "from_srt",
    "hand_notes",
    "make_cues",
    "placed_second",
    "read_second",
    "read_text",
    "reapply_hand_edits",
    "refit_cues",
    "set_words",
    "set_words_key",
    "to_ass",
    "to_srt",
    "with_second",
]
