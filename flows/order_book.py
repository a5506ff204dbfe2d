"""The runs that the watch has ordered, by what they are for: which goes on, and when the next one may be ordered."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from flows.prefect_api import PrefectApi


@dataclass
class _Order:
    """The last run for something. again_s: when the next one with the same key may be ordered; 0 while nobody knows that it has ended."""

    key: str
    attempt: int
    run: str
    again_s: float = 0.0


@dataclass
class OrderBook:
    """Has one run at a time for each thing, and another one with the same key only after a pause.

    pause_s: how long after an attempt ended, by its number. It remembers nothing that matters: whoever begins anew orders by the same
    keys, of which the server makes one run each.
    """

    api: PrefectApi
    deployment: str
    pause_s: Callable[[int], float]
    _orders: dict[str, _Order] = field(default_factory=dict)

    def next_attempt(self, what: str, key: str, elapsed_s: float, *, left: bool = False) -> int | None:
        """The number of the attempt that may be ordered now for something, from 1; None while nothing may.

        key: of what is to be done; another key is other work, which follows at once when the last run has ended. left: the last run has
        nothing more to do with it, though it goes on. elapsed_s: seconds on a clock that is never set.
        """
        last = self._orders.get(what)
        if last is None:
            return 1
        if not last.again_s:
            if self.api.run_state(last.run) is not None:
                return 1 if left and last.key != key else None
            last.again_s = elapsed_s + self.pause_s(last.attempt)
        if last.key != key:
            return 1
        return last.attempt + 1 if elapsed_s >= last.again_s else None

    def order(self, key: str, title: str, parameters: Mapping[str, str], work: Mapping[str, tuple[str, int]]) -> bool:
        """Order one run. key: of the order. work: what it is for, by its name, with its key and the attempt.

        Returns whether the server took it; it does not before it knows the deployment. Raises Fault when it does not answer.
        """
        run = self.api.order_run(self.deployment, key, title, parameters)
        if run is None:
            return False
        self._orders |= {what: _Order(its_key, attempt, run) for what, (its_key, attempt) in work.items()}
        return True

    def forget_all_but(self, known: Collection[str]) -> None:
        """Forget what is nobody's work any more."""
        self._orders = {what: order for what, order in self._orders.items() if what in known}
