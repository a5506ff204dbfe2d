"""Work beside other work: its result or its failure reaches who waits, and it ends with the other."""

import sys
import time
from collections.abc import Callable

import pytest

from pipeline.errors import MediaFault
from pipeline.media import run_media
from pipeline.media.beside import Progress, beside

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_its_result_and_its_shares_reach_who_waits() -> None:
    def work(progress: Progress, _alive: Callable[[], None]) -> str:
        progress(0.5)
        time.sleep(0.2)
        return "done"

    shares: list[float] = []
    with beside(work) as wait:
        time.sleep(0.05)
        assert wait(shares.append) == "done"
    assert 0.5 in shares


def test_what_it_raises_reaches_who_waits() -> None:
    fails = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(MediaFault), beside(lambda _progress, alive: run_media(fails, name="it", alive=alive)) as wait:
        wait(lambda _share: None)


def test_it_ends_when_the_other_work_fails() -> None:
    ended: list[str] = []

    def work(_progress: Progress, alive: Callable[[], None]) -> None:
        try:
            run_media(SLEEP, name="it", alive=alive)
        finally:
            ended.append("it")

    began_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt), beside(work):
        raise KeyboardInterrupt
    assert ended == ["it"]
    assert time.monotonic() - began_s < 10
