"""Lines that nobody understood for certain: held, counted with their times, and told as one when most of the talk is among them."""

import pytest

from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.language import say
from pipeline.subtitles import doubtful_lines


def lines(*held: bool, by_hand: bool = False) -> Subtitles:
    cues = [
        Cue(
            start_frame=at * 90, end_frame=at * 90 + 60, lines=(f"第{at}句",), clip_id="a", source_start_s=at * 3.0,
            source_end_s=at * 3.0 + 2, held=doubtful, by_hand=by_hand,
        )
        for at, doubtful in enumerate(held)
    ]  # fmt: skip
    return Subtitles(fps=30, cues=tuple(cues))


def told(subtitles: Subtitles) -> list[str]:
    return [say(message, "en") for message in doubtful_lines(subtitles)]


@pytest.mark.parametrize(
    ("held", "begins"),
    [
        ((False, True, False, False), "One line needs an ear (0:03)."),
        ((False, True, False, True, False), "2 lines need an ear (0:03, 0:09)."),
        ((True, True, True, False), "Most of this was not understood"),
    ],
)
def test_doubtful_lines_are_told_with_their_times(held: tuple[bool, ...], begins: str) -> None:
    (message,) = told(lines(*held))
    assert message.startswith(begins)


def test_many_doubtful_lines_are_named_up_to_a_limit() -> None:
    (message,) = told(lines(*(at % 3 == 0 for at in range(30))))
    assert message.startswith("10 lines need an ear (0:00, 0:09, 0:18, 0:27, 0:36, 0:45 …)")


def test_nothing_is_said_without_doubt_or_when_a_person_took_the_lines_out() -> None:
    assert told(lines(False, False)) == []
    assert told(lines(True, True, by_hand=True)) == []
