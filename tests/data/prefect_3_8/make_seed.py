"""Makes `prefect.db.gz` beside it: what an older Prefect keeps of a workspace in which stories were made and the power failed.

uv venv OLD && uv pip install --python OLD/bin/python 'prefect==3.8.8' 'fastapi<0.151' 'sqlalchemy<2.1'
uv run python -m tests.data.prefect_3_8.make_seed OLD/bin/python

A server of that release is set up by this checkout's deployments; a person has paused the schedule at night; one story was made, the run of
another goes on, a third one waits. The workspace is SEED_WORKSPACE, which need not exist.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flows.prefect_api import PrefectApi
from flows.server import end_politely, environment, free_port, is_healthy
from flows.story_runs import MAKE_STORY
from pipeline import system

RELEASE = "3.8.8"
SEED = Path(__file__).with_name("prefect.db.gz")
SEED_WORKSPACE = Path("/village/workspace")
DONE, DYING, WAITING = "土豆:1:1", "辣椒:1:1", "苹果:1:1"
"""The keys of the orders."""
STATES = {DONE: ["RUNNING", "COMPLETED"], DYING: ["RUNNING"], WAITING: []}
START_S = 180.0


@contextmanager
def old_server(python: str, home: Path) -> Iterator[PrefectApi]:
    """A server of the release that another interpreter has."""
    shared = environment(home, port := free_port())
    command = [python, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    process = system.start_child(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, env=shared, session=True)
    try:
        until = time.monotonic() + START_S
        while not is_healthy(shared["PREFECT_API_URL"]):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the old server does not start")
            time.sleep(0.5)
        with PrefectApi(shared["PREFECT_API_URL"]) as api:
            yield api
    finally:
        end_politely(process)


def main(python: str) -> None:
    """Make the seed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with old_server(python, home) as api:
            if (release := api.get("/admin/version")) != RELEASE:
                raise RuntimeError(f"{python} has Prefect {release}, not {RELEASE}")
            environ = {**os.environ, "PREFECT_HOME": str(home), "PREFECT_API_URL": api.url}
            subprocess.run([sys.executable, "-m", "flows.deployments", str(SEED_WORKSPACE), "zh"], env=environ, check=True)
            at_night = api.get("/deployments/name/clean-up/clean-up")
            api.patch(f"/deployments/{at_night['id']}/schedules/{at_night['schedules'][0]['id']}", {"active": False})
            for key, states in STATES.items():
                run = api.order_run(MAKE_STORY, key, key.split(":")[0], {"story": key.split(":")[0], "folder": "/village/clips"})
                for state in states:
                    api.post(f"/flow_runs/{run}/set_state", {"state": {"type": state}, "force": True})
            time.sleep(15.0)  # the schedules get their runs
        with closing(sqlite3.connect(home / "prefect.db")) as database, closing(sqlite3.connect(home / "seed.db")) as seed:
            database.backup(seed)
            for table in ("event_resources", "events", "log"):
                seed.execute(f"delete from {table}")
            seed.commit()
            seed.execute("vacuum")
        SEED.write_bytes(gzip.compress((home / "seed.db").read_bytes(), mtime=0))
        print(f"{SEED.name}: {SEED.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
