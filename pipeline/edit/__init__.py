"""Takes analyses, transcripts, the brief and a pace; makes an `Edit` with a reason for every choice, and a `Framing` for each shape.

Talk leads the edit where there is talk, music where there is none. A framing says where the shown faces stand on the picture.
"""

from pipeline.edit.comparison import ComparedShots, compare_shots
from pipeline.edit.contradictions import contradictions, contradictory_cuts
from pipeline.edit.cover_places import MAX_COVER_S
from pipeline.edit.covers import COVER_S
from pipeline.edit.crop import frame_story
from pipeline.edit.cut import VERSION, EditParameters, cut_story
from pipeline.edit.faces_on_screen import faces_on_screen
from pipeline.edit.hand_changes import follow_cuts
from pipeline.edit.movers_on_screen import movers_on_screen
from pipeline.edit.product_card import card_frames, card_until, product_frame
from pipeline.edit.products_on_screen import products_on_screen
from pipeline.edit.shooting_list import shooting_list
from pipeline.edit.shot_list import ListedShot, ShotChanges, list_shots, with_shots_changed
from pipeline.edit.small_sources import spare_small
from pipeline.edit.speaker_shots import SpeakerPace
from pipeline.edit.spoken_price_times import spoken_price_spans
from pipeline.edit.spoken_title import spoken_title
from pipeline.edit.talk import OPENING_S

__all__ = [
    "COVER_S",
    "MAX_COVER_S",
    "OPENING_S",
    "VERSION",
    "ComparedShots",
    "EditParameters",
    "ListedShot",
    "ShotChanges",
    "SpeakerPace",
    "card_frames",
    "card_until",
    "compare_shots",
    "contradictions",
    "contradictory_cuts",
    "cut_story",
    "faces_on_screen",
    "follow_cuts",
    "frame_story",
    "list_shots",
    "movers_on_screen",
    "product_frame",
    "products_on_screen",
    "shooting_list",
    "spare_small",
    "spoken_price_spans",
    "spoken_title",
    "with_shots_changed",
]
