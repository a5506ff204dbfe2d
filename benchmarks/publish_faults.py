"""Publishing against servers whose line, answers and mood are bad by a seed, with workers that die: how often a promise was broken.

Faults lie in the transport (broken lines, silence, gateways' errors) and in bodies (the platform's own refusals with and without effect,
answers that are garbled), and lists of posts are up to twenty hours late.

uv run python -m benchmarks.publish_faults [--runs N] [--seed S] [--platform NAME] [--processes N] [--deaths]

Each run is one release from prepared to its end, on a clock that is put forward by hand; a seed that went wrong is printed with all
that happened in it. Ends with 1 when any did. --deaths: besides, a worker dies at every single write and call, one run for each.
"""

import argparse
import os
import sys
import time

from tests.fakes.fault_runs import DEATHS, Crew, every_death, runs, table
from tests.fakes.publishing_setup import ADAPTERS


def main() -> int:
    """Run and print one table for each platform."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=2000, help="for each platform")
    parser.add_argument("--seed", type=int, default=0, help="of the first run; the others follow")
    parser.add_argument("--platform", choices=[adapter.name for adapter in ADAPTERS], help="only this one")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--deaths", action="store_true", help="a run for every moment at which a worker can die as well")
    options = parser.parse_args()
    broken = 0
    with Crew(options.processes) as crew:
        for adapter in (adapter for adapter in ADAPTERS if options.platform in (None, adapter.name)):
            began = time.monotonic()
            outcomes = runs(adapter, range(options.seed, options.seed + options.runs), crew)
            for what in DEATHS if options.deaths else ():
                outcomes += every_death(adapter, options.seed, what, crew)
            print(table(adapter, outcomes))
            print(f"| wall seconds, {options.processes} processes | {time.monotonic() - began:.0f} |\n")
            for outcome in outcomes:
                if outcome.wrong:
                    broken += 1
                    print(f"seed {outcome.seed}: {'; '.join(outcome.wrong)}", *outcome.history, sep="\n  ")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
