"""Work that goes on in a thread of its own beside other work, and ends with it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

LOOK_S = 0.1
R = TypeVar("R")
Progress = Callable[[float], None]


class _Ended(Exception):
    """The work beside which this one went on has ended by an exception."""


@contextmanager
def beside(work: Callable[[Progress, Callable[[], None]], R]) -> Iterator[Callable[[Progress], R]]:
    """Do some work in a thread while the context lasts. Gives what waits for its end and returns its result, or raises what it raised.

    work: called with what takes its finished share, and with what raises once nobody waits any more, to be called now and then (`alive` of
    `run_side_by_side`). The shares are passed on by who waits, in the thread of the context.
    """
    share, ended, outcome = [0.0], threading.Event(), Future[R]()

    def alive() -> None:
        if ended.is_set():
            raise _Ended

    def run() -> None:
        try:
            outcome.set_result(work(lambda done: share.__setitem__(0, done), alive))
        except BaseException as error:
            outcome.set_exception(error)

    def wait(progress: Progress) -> R:
        while worker.is_alive():
            progress(share[0])
            worker.join(LOOK_S)
        return outcome.result()

    worker = threading.Thread(target=run)
    worker.start()
    try:
        yield wait
    finally:
        # whoever has waited finds it at its end; every other way out of the context is a failure
        ended.set()
        worker.join()
