"""A limit on wrong links: whoever guesses is soon answered no more. A right link is always answered."""

import threading
from collections import OrderedDict
from collections.abc import Callable

MOST_WRONG, PER_S = 10, 600.0
MOST_CALLERS = 1000
"""How many callers are remembered; the one that was wrong longest ago is forgotten first."""


class WrongLinks:
    """Counts wrong links by caller. elapsed_s: seconds on a clock that is never set. Shared between threads."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, caller: str) -> float:
        """Count a wrong link. Returns after how many seconds this caller is answered again; 0 while it is."""
        now = self._elapsed_s()
        with self._lock:
            recent = [at for at in self._wrong.pop(caller, []) if now - at < PER_S]
            if len(recent) < MOST_WRONG:
                recent.append(now)
                wait_s = 0.0
            else:
                wait_s = PER_S - (now - recent[0])
            self._wrong[caller] = recent
            while len(self._wrong) > MOST_CALLERS:
                self._wrong.popitem(last=False)
        return wait_s
