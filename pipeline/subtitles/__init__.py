"""Words on the edit become subtitles: cues, the SRT that a person corrects, the ASS that is burned in.

`make_cues` breaks (`cues_key` names what comes of it), `to_srt` and `from_srt` go to a person and back, `move_along` keeps that
person's work through a new edit, `refit` into another shape, `to_ass` and `ass_events` are what the renderer burns.
"""

from pipeline.subtitles.ass import ass_events, to_ass
from pipeline.subtitles.cues import cues_key, make_cues
from pipeline.subtitles.hand_edits import move_along, refit
from pipeline.subtitles.srt import from_srt, to_srt

__all__ = ["ass_events", "cues_key", "from_srt", "make_cues", "move_along", "refit", "to_ass", "to_srt"]
