"""How far this machine's clock is off, told by what servers say: one garbled Date proves nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from pipeline.network.errors import ClockWrong
from pipeline.network.server_clock import ServerClock

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def answer(at: datetime, **headers: str) -> httpx.Response:
    return httpx.Response(200, headers={"date": format_datetime(at, usegmt=True), **headers})


def observed(*answers: httpx.Response) -> ServerClock:
    clock = ServerClock(lambda: NOW)
    for one in answers:
        clock.observe(one)
    return clock


@pytest.mark.parametrize("garbled", [NOW - timedelta(days=20_000), NOW + timedelta(days=365), NOW + 3 * HOUR])
def test_one_garbled_date_between_right_ones_stops_nothing(garbled: datetime) -> None:
    for answers in ((answer(garbled), answer(NOW)), (answer(NOW), answer(garbled)), (answer(NOW), answer(garbled), answer(NOW))):
        observed(*answers).check(60)


def test_two_answers_that_agree_are_believed() -> None:
    clock = observed(answer(NOW), answer(NOW + HOUR), answer(NOW + HOUR))
    assert clock.off_s == -3600
    with pytest.raises(ClockWrong):
        clock.check(60)


def test_a_single_answer_is_believed_until_there_is_another() -> None:
    assert observed(answer(NOW - HOUR)).is_off(60)


@pytest.mark.parametrize("silent", [httpx.Response(200), httpx.Response(200, headers={"date": "yesterday"}), answer(NOW - HOUR, age="12")])
def test_an_answer_that_does_not_tell_its_own_time_is_none(silent: httpx.Response) -> None:
    clock = observed(silent)
    assert (clock.off_s, clock.answers) == (None, 0)
