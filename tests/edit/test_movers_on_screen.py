"""What moves in the clips stands on the picture where the crop window shows it, unless a face leads or everything moves."""

import pytest

from pipeline.documents.analysis import Analysis, Movement, Subject
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.documents.message import M
from pipeline.documents.on_screen import MoverOnScreen
from pipeline.edit import movers_on_screen

FPS = 30
LOOKS = [0.5 * step for step in range(17)]


def moves(at_s: float, x: float, *, reach: float = 0.06, energy: float = 12.0) -> Movement:
    return Movement(at_s=at_s, x=x, y=0.6, reach_x=reach, reach_y=reach, energy=energy)


def found(movements: list[Movement], subjects: list[Subject] | None = None, *, window: float = 1.0) -> tuple[MoverOnScreen, ...]:
    cuts = tuple(Cut(clip_id="a", source_start_s=at_s, frames=2 * FPS, role="scenic", reason=M("A test.")) for at_s in (0.0, 4.0))
    paths = tuple(CropPath(width=window, height=1.0, keys=(CropKey(frame=0, x=0.5, y=0.5),)) for _ in cuts)
    analysis = Analysis(clip_id="a", samples=(), shots=(), subjects=tuple(subjects or ()), sound=None, movements=tuple(movements))
    edit = Edit(fps=FPS, cuts=cuts, heard=(), decisions=(), led_by="music")
    return movers_on_screen(edit, Framing(aspect="9:16", paths=paths), {"a": analysis})


def test_a_goose_that_walks_to_the_right_is_where_the_window_shows_it() -> None:
    seen = found([moves(at_s, 0.35 + 0.03 * at_s) for at_s in LOOKS], window=0.5)
    places = [mover.x + mover.width / 2 for mover in seen]
    assert places == sorted(places)
    assert places[0] == pytest.approx((0.35 - 0.25) / 0.5, abs=0.02)
    assert [mover.width for mover in seen] == pytest.approx([0.24] * len(seen))
    assert {mover.first_frame < 2 * FPS for mover in seen} == {True, False}


def test_leaves_that_move_everywhere_are_nothing_to_stand_beside() -> None:
    assert found([moves(at_s, 0.5, reach=0.3) for at_s in LOOKS]) == ()


def test_hands_and_clothes_of_a_speaker_are_left_to_her_face() -> None:
    faces = [Subject(at_s=at_s, x=0.5, y=0.3, width=0.2, height=0.3, kind="face", weight=0.06) for at_s in LOOKS if at_s < 3]
    seen = found([moves(at_s, 0.5) for at_s in LOOKS], faces)
    assert {mover.first_frame < 2 * FPS for mover in seen} == {False}
