"""Whatever goes wrong on the line, at the platform and with the workers: no post twice, no post lost, none called live that is not."""

import math
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.publish.ledger import open_ledger
from pipeline.publish.ledger.database import connect
from tests.fakes.fault_runs import DEATHS, Crew, Outcome, every_death, run, runs, table
from tests.fakes.killed_worker import killed_run
from tests.fakes.postgres_server import drop_database, new_database
from tests.fakes.publishing_setup import ADAPTERS, Adapter, quick_folder
from tests.fakes.servers.fault_plan import Plan, random_plan
from tests.tiers import sample

RUNS = 160
"""Over all adapters; benchmarks/publish_faults.py makes more."""
ON_POSTGRESQL = 24
"""Over all adapters."""
KILLED = -(-6 // len(ADAPTERS))
"""For each adapter: more of them share what a run of all tests may take, and the seeds of each are its own."""
MOMENTS = 4
"""Of so many moments to die at, one is taken; the benchmark has them all."""
FEW = range(9000, 9003)
"""Seeds for each adapter that every run of the tests takes."""
each_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=str)
quickest = [adapter for adapter in ADAPTERS if str(adapter) in ("kuaishou", "bilibili")]


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Two processes for all tests of this file."""
    with Crew(min(2, os.cpu_count() or 1)) as crew:
        yield crew


def told(outcomes: list[Outcome]) -> str:
    """What there is to know about the runs that went wrong."""
    return "\n\n".join("\n".join((f"seed {o.seed}: {o.wrong}", *o.history)) for o in outcomes if o.wrong)


@pytest.mark.parametrize("adapter", sample(ADAPTERS, *quickest), ids=str)
def test_a_few_bad_runs_and_a_death_at_a_few_moments_break_no_promise(adapter: Adapter) -> None:
    """A sample of all that the tests below run."""
    fault = DEATHS["a lost answer"][0].model_copy(update=dict(zip(("endpoint", "nth"), adapter.publishing(), strict=True)))
    bad = [run(adapter, seed) for seed in FEW]
    dying = [run(adapter, 3, die_at=(moment,), plan=Plan(faults=(fault,))) for moment in (17, 29)]
    assert not [outcome for outcome in bad + dying if outcome.wrong], told(bad + dying)
    assert sum(outcome.deaths for outcome in dying) == 2, table(adapter, dying)
    assert "live" in {outcome.state for outcome in dying}, table(adapter, dying)
    assert len({kind for outcome in bad for kind in outcome.faults}) >= 1, table(adapter, bad)


@pytest.mark.system
@each_adapter
def test_no_post_is_doubled_lost_or_called_live_too_early_in_any_run(adapter: Adapter, crew: Crew) -> None:
    # Those whose runs take longer have fewer; together they are not one less.
    share = 1 / adapter.every / sum(1 / other.every for other in ADAPTERS)
    outcomes = runs(adapter, range(math.ceil(RUNS * share)), crew)
    assert not [outcome for outcome in outcomes if outcome.wrong], told(outcomes)
    # Not because nothing happened.
    summary = table(adapter, outcomes)
    assert {"live", "failed"} <= {outcome.state for outcome in outcomes}, summary
    assert sum(outcome.deaths for outcome in outcomes) > len(outcomes) / 4, summary
    assert len({kind for outcome in outcomes for kind in outcome.faults}) > 5, summary


@pytest.mark.system
@each_adapter
def test_the_same_holds_with_a_ledger_on_postgresql(adapter: Adapter, postgres: str) -> None:
    address = new_database(postgres)
    open_ledger(address).close()
    database = connect(address)
    try:
        outcomes = [run(adapter, seed, database=database) for seed in range(5000, 5000 + -(-ON_POSTGRESQL // len(ADAPTERS)))]
    finally:
        database.close()
        drop_database(address)
    assert not [outcome for outcome in outcomes if outcome.wrong], told(outcomes)
    summary = table(adapter, outcomes)
    assert "live" in {outcome.state for outcome in outcomes}, summary
    assert sum(outcome.deaths for outcome in outcomes) > len(outcomes) / 4, summary
    assert sum(len(outcome.faults) for outcome in outcomes) > len(outcomes) / 4, summary


@pytest.mark.system
@each_adapter
@pytest.mark.parametrize("what", DEATHS)
def test_a_worker_that_dies_at_any_write_or_call_leaves_enough_to_go_on(adapter: Adapter, what: str, crew: Crew) -> None:
    """Each plan has its share of the moments, so that none is left out of all; benchmarks/publish_faults.py has all of them for each."""
    outcomes = every_death(adapter, 3, what, crew, first=1 + list(DEATHS).index(what), step=MOMENTS * len(DEATHS) * adapter.every)
    assert not [outcome for outcome in outcomes if outcome.wrong], told(outcomes)
    assert sum(outcome.deaths for outcome in outcomes) > 20 / MOMENTS / adapter.every
    # a refusal is left to a person where a second call could make a second post
    ends = {"live", "failed"} if what == "a clean no" else {"live"}
    assert ends & {outcome.state for outcome in outcomes}
    assert all(fault.kind in {kind for outcome in outcomes for kind in outcome.faults} for fault in DEATHS[what])


@pytest.mark.system
@each_adapter
@pytest.mark.parametrize("seed", range(KILLED))
def test_a_worker_that_is_killed_leaves_enough_to_go_on(adapter: Adapter, seed: int) -> None:
    chance = random.Random(f"kill {adapter.name} {seed}")
    moments = tuple(chance.randint(8, 70) for _ in range(chance.choice((1, 1, 2))))
    plan = Plan() if seed % 2 else random_plan(1000 + seed, adapter.endpoints(), noes=adapter.server.noes, most=2)
    entry, wrong, truth, killed = killed_run(adapter, Path(quick_folder()), plan, moments, adapter.settings(chance))
    assert not wrong, (wrong, entry.state, moments, plan, [(call.endpoint, call.status, call.code) for call in truth.calls])
    assert killed
