"""How late planned posts go out while `fieldcut up` runs: many in one minute on one account, at a platform's server of our own.

uv run python -m benchmarks.post_hours [--posts N] [--every SECONDS] [--ahead SECONDS] [--kill]

--kill: the processes of the runs are killed with SIGKILL twenty seconds before the hour. Prints each post's lateness and the worst; ends
with 1 when a post was lost, went out twice, before its hour, or later than the limit (2 s, 90 s with --kill).
"""

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.supervisor import ask_to_end
from tests.fakes.logged_in_workspace import Desk, desk
from tests.fakes.running_up import processes_of, start_up

LIMIT_S, KILLED_LIMIT_S, AFTER_S = 2.0, 90.0, 240.0
KILL_BEFORE_S = 20.0


def lateness(here: Desk, hours: Mapping[str, datetime]) -> list[float]:
    """Seconds after its hour for every post that went out; one that is there twice stands there twice. hours: by the post's words."""
    return [(at - hour).total_seconds() for text, hour in hours.items() for at in here.posts_of(text)]


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--posts", type=int, default=20)
    parser.add_argument("--every", type=float, default=3.0, help="seconds between two posts")
    parser.add_argument("--ahead", type=float, default=150.0, help="seconds from the planning to the first hour")
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="post-hours-") as folder, desk(Path(folder)) as here:
        up = start_up(here.workspace, Path(folder) / "up.log")
        try:
            hour = (datetime.now(UTC) + timedelta(seconds=options.ahead)).replace(microsecond=0)
            hours = {f"第{number}批土豆": hour + timedelta(seconds=number * options.every) for number in range(options.posts)}
            here.enter(*(here.release(text, planned_at=at) for text, at in hours.items()))
            killed = not options.kill
            until = time.monotonic() + options.ahead + options.posts * options.every + AFTER_S
            while time.monotonic() < until and len(lateness(here, hours)) < len(hours):
                if not killed and (hour - datetime.now(UTC)).total_seconds() < KILL_BEFORE_S:
                    killed = True
                    for process in processes_of(here.workspace, "run"):
                        os.kill(process, signal.SIGKILL)
                time.sleep(0.5)
        finally:
            ask_to_end(here.workspace)
            up.kill()
            up.wait()
        found = sorted(lateness(here, hours))
    limit = KILLED_LIMIT_S if options.kill else LIMIT_S
    how = ", runs killed" if options.kill else ""
    print(f"| {options.posts} posts, one every {options.every:g} s{how} | seconds after the hour |\n|---|---|")
    print(f"| out | {len(found)} |")
    if found:
        print(f"| first, median, last | {found[0]:.2f}, {statistics.median(found):.2f}, {found[-1]:.2f} |")
    return 0 if len(found) == options.posts and found[0] >= 0 and found[-1] <= limit else 1


if __name__ == "__main__":
    sys.exit(main())
