"""One run against a server whose line and mood are bad by a seed, with workers that die, and what must hold whatever happened."""

import gc
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from pipeline.publish.engine import EngineContext, deliver, work_on_due
from pipeline.publish.ledger import PUBLIC, Entry, Ledger, ReleaseLeased, State
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.tasks import DECIDE, SETTLE
from tests.fakes.crashing_worker import Died, Life
from tests.fakes.publishing_setup import ADAPTERS, OWN, Adapter, HandClock, Stand, emptied_database, line, open_ones, public, quick_folder
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import OF_POSTS, Fault, Plan, random_plan
from tests.fakes.servers.truth import Post

ANSWER_S = 0.3
"""How long a silent server is waited for. One that is only slow, on a busy machine, is one more fault."""
ROUNDS = 400
LAST_MOMENT = 90
"""A run without faults has about as many moments at which it can die."""
ENDS = frozenset({State.LIVE, State.LIVE_WITHOUT_CART, State.FAILED, State.UNCERTAIN, State.REMOVED})

DEATHS: dict[str, tuple[Fault, ...]] = {
    "all well": (),
    "a lost answer": (Fault(kind="reset_during", done=True),),
    "a clean no": (Fault(kind="http_429", retry_after_s=2),),
}
"""What happens to the call that publishes, in runs whose workers die at one moment after the other."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended. wrong: what must never be; empty when all is well. faults: those that came to pass."""

    seed: int
    state: str
    wrong: tuple[str, ...]
    deaths: int
    faults: tuple[str, ...]
    seconds: float
    history: tuple[str, ...] = field(default=(), repr=False)


def run(
    adapter: Adapter, seed: int, *, die_at: Sequence[int] | None = None, plan: Plan | None = None, database: Database | None = None
) -> Outcome:
    """One release from prepared to its end. die_at: at which moment each worker dies, one after the other; None is by the seed.

    database: the ledger's, which is emptied first; None for one of this process.
    """
    began, chance = time.monotonic(), random.Random(f"{adapter.name} {seed}")
    plan = random_plan(seed, adapter.endpoints(), noes=adapter.server.noes) if plan is None else plan
    lives = die_at if die_at is not None else _deaths(chance)
    folder = quick_folder()
    made, server, decoys = _stand(adapter, plan, chance, folder, database)
    try:
        # Whoever comes last lives on.
        deaths = sum(one_life(made, moment) for moment in (*lives, 0))
        with made.worker() as context:
            [entry] = context.ledger.releases()
            history = context.ledger.history(entry.id)
            wrong = tuple(what_is_wrong(entry, context.ledger, [post for post in server.posts if post.id not in decoys]))
        faults = tuple(kind for call in server.calls for kind in call.faults)
        told = tuple(f"{move.at:%d %H:%M:%S} {move.before} → {move.after} {move.by.who} {move.reason or ''}" for move in history)
        calls = tuple(f"{call.endpoint} {call.nth} {call.status} {call.code} {','.join(call.faults)} {call.cut}" for call in server.calls)
        return Outcome(seed, entry.state.value, wrong, deaths, faults, time.monotonic() - began, (*told, *calls))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Crew:
    """Processes that run side by side; each has loaded what a run needs once, which takes as long as ten runs."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self.pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)


def runs(adapter: Adapter, seeds: Sequence[int], crew: Crew) -> list[Outcome]:
    """Many runs, side by side."""
    batches = [seeds[at :: crew.processes] for at in range(crew.processes)]
    done = crew.pool.map(_batch, [(adapter.name, tuple(batch)) for batch in batches if batch])
    return sorted((outcome for batch in done for outcome in batch), key=lambda outcome: outcome.seed)


def every_death(adapter: Adapter, seed: int, what: str, crew: Crew, *, first: int = 1, step: int = 1) -> list[Outcome]:
    """One run for each moment at which the first worker can die, until a run comes to its end before.

    what: happens to the call that publishes, of DEATHS. first, step: not every moment, but this one, and each that comes so many later.
    """
    publishing, nth = adapter.publishing()
    plan = Plan(faults=tuple(fault.model_copy(update={"endpoint": publishing, "nth": nth}) for fault in DEATHS[what]))
    moments = [(adapter.name, seed, plan, first + at * step, step * crew.processes) for at in range(crew.processes)]
    return [outcome for outcomes in crew.pool.map(_deaths_from, moments) for outcome in outcomes]


def table(adapter: Adapter, outcomes: Sequence[Outcome]) -> str:
    """The runs in Markdown: how they ended, what happened to them, and what went wrong."""
    states, faults = Counter(outcome.state for outcome in outcomes), Counter(kind for outcome in outcomes for kind in outcome.faults)
    wrong = Counter(words.split(":")[0] for outcome in outcomes for words in outcome.wrong)
    rows = [(f"{adapter.name}: runs", len(outcomes)), ("seconds in all runs", round(sum(outcome.seconds for outcome in outcomes)))]
    rows += [("workers that died", sum(outcome.deaths for outcome in outcomes)), ("faults that came to pass", faults.total())]
    rows += [(f"ended as {state}", count) for state, count in states.most_common()]
    rows += [(f"fault {kind}", count) for kind, count in sorted(faults.items())]
    rows += [(promise, wrong.get(promise, 0)) for promise in PROMISES]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {count} |" for name, count in rows)])


TWICE, LOST, NOT_LIVE, NO_END, NO_TASK, LEFT_OPEN, BYTES = (
    "posted twice",
    "lost: public but called failed, or live but not there",
    "called live before it was",
    "without an end",
    "without a reason or a person's task",
    "left open",
    "other bytes than the file's",
)
PROMISES = (TWICE, LOST, NOT_LIVE, NO_END, NO_TASK, LEFT_OPEN, BYTES)


def what_is_wrong(entry: Entry, ledger: Ledger, posts: list[Post]) -> list[str]:
    """The ledger held against the truth."""
    there, found = public(tuple(posts)), []
    mine = next((post for post in posts if post.id == entry.post_id), None)
    # A second one that is not public is one too many as well: who knows what a person makes of it.
    if len(posts) > 1:
        found.append(f"{TWICE}: {[post.id for post in posts]}")
    if entry.state is State.FAILED and there:
        found.append(f"{LOST}: failed, but {there[0].id} is there")
    if entry.state in PUBLIC and mine not in there:
        found.append(f"{LOST}: {entry.state}, but {entry.post_id or 'nothing'} is not there")
    if entry.state in PUBLIC and mine is not None and mine.state != "live":
        found.append(f"{NOT_LIVE}: it is {mine.state}")
    if entry.state is State.LIVE and mine is not None and entry.release.cart.kind != "none" and not mine.link_stuck:
        # Where the platform does not say, a person is asked to look.
        asked = any(task.kind == "look_at_cart" for task in ledger.tasks.all(release_id=entry.id))
        if not asked:
            found.append(f"{NOT_LIVE}: its cart link is missing")
    if mine is not None and mine.sha256 != entry.release.video.sha256:
        found.append(f"{BYTES}: {mine.sha256}")
    if entry.state not in ENDS:
        found.append(f"{NO_END}: {entry.state}")
    open_tasks = {task.kind for task in ledger.tasks.all(release_id=entry.id)}
    for state, kind in ((State.FAILED, DECIDE), (State.UNCERTAIN, SETTLE)):
        if entry.state is state and (entry.reason is None or kind not in open_tasks):
            found.append(f"{NO_TASK}: {state}")
    if open_ones(ledger):
        found.append(f"{LEFT_OPEN}: {entry.state} until {entry.next_at}")
    return found


def _stand(adapter: Adapter, plan: Plan, chance: random.Random, folder: Path, database: Database | None) -> tuple[Stand, Server, set[str]]:
    clock, decoys = HandClock(), set()
    server = adapter.server(Plan(), settings=adapter.settings(chance), clock=clock)
    server.start()
    if adapter.decoy and chance.random() < 0.4:
        decoys = {server.new_post(id="decoy", account=OWN, upload="", sha256="0" * 64, size_bytes=1, **adapter.decoy).id}
        moved = (fault.model_copy(update={"nth": fault.nth + 1}) if fault.kind in OF_POSTS else fault for fault in plan.faults)
        plan = plan.model_copy(update={"faults": tuple(moved)})
        # A list that hides a new post can hide this one as well: then its time alone tells it apart.
        clock.advance(chance.choice((1.0, 3.0, 40.0)))
    made = Stand(adapter, folder / "w", server.url, clock, answer_s=ANSWER_S, database=emptied_database(database))
    grant = server.grants.give(OWN, adapter.scopes)
    made.log_in(grant.access, grant.refresh, grant.access_ends)
    server.heal(plan)
    return made, server, decoys


def _deaths(chance: random.Random) -> list[int]:
    """Half of the runs have nobody die; the others one or several."""
    count = chance.choices((0, 1, 2, 3), (10, 6, 3, 1))[0]
    return [chance.randint(1, LAST_MOMENT) for _ in range(count)]


def one_life(made: Stand, moment: int, *, really: bool = False) -> bool:
    """A worker takes the release up, or enters it, and goes on until nothing has a time any more; or until it dies, which is True."""
    life = Life(moment, really=really)
    with made.worker() as context:
        try:
            with life.lived(line(made.answer_s)):
                _go_on(made, context)
        except Died:
            assert life.dead
    return life.dead


def _go_on(made: Stand, context: EngineContext) -> None:
    entries = context.ledger.releases()
    entry = entries[0] if entries else made.prepare(context)
    for _ in range(ROUNDS):
        try:
            deliver(entry.id, context)
            break
        except ReleaseLeased:
            gc.collect()  # a process that dies ends its sessions; here what is left of the dead worker holds them
            time.sleep(0.01)
    for _ in range(ROUNDS):
        now, times = made.clock.now(), [entry.next_at for entry in context.ledger.releases() if entry.next_at is not None]
        if not context.ledger.due(now):
            if not times:
                return
            made.clock.until(min(times))
        work_on_due(context)


def _deaths_from(given: tuple[str, int, Plan, int, int]) -> list[Outcome]:
    name, seed, plan, moment, step = given
    outcomes: list[Outcome] = []
    while not outcomes or outcomes[-1].deaths:
        outcomes.append(run(_named(name), seed, die_at=(moment,), plan=plan))
        moment += step
    return outcomes


def _named(name: str) -> Adapter:
    return next(adapter for adapter in ADAPTERS if adapter.name == name)


def _batch(given: tuple[str, tuple[int, ...]]) -> list[Outcome]:
    name, seeds = given
    return [run(_named(name), seed) for seed in seeds]
