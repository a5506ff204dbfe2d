"""The process of `fieldcut worker`: it takes batches from the server's queue one after the other, and does each as its flow says.

A worker of Prefect's own starts a process for every run, which takes five seconds of processor before the first chunk; here the programs
are loaded once, so that even a short story is worth helping with. Each batch stays a run of its own that can be seen and cancelled.
"""

import json
import os
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from prefect import Flow

from flows.analyse_batch import analyse_batch
from flows.deployments import POOL, SPREAD_QUEUES
from flows.prefect_api import PrefectApi
from flows.render_batch import render_batch
from pipeline.errors import Fault
from pipeline.system import end_with_parent

FLOWS: Mapping[str, Flow[Any, Any]] = {flow.name: flow for flow in (analyse_batch, render_batch)}
ASKS_EVERY_S = 1.0
"""Between two looks into the queue, and at whether the batch in hand is still wanted; Prefect's own workers are set to 2 s."""
HEARTBEAT_S = 10.0
"""Between two signs of life: each is a write of the server's."""
STARTED = "started"
"""What its log says when it asks for work."""


@dataclass
class BatchWorker:
    """One machine's worker. connect: opens a connection to the server, one for each thread. name: its own among the pool's workers."""

    connect: Callable[[], PrefectApi]
    name: str
    _in_hand: str = field(default="", init=False)
    """The run whose batch is being done; empty while it waits."""

    def work(self) -> None:
        """Take batches for ever, in the main thread: what renders ends with the thread that started it."""
        Thread(target=self._watch, daemon=True).start()
        with self.connect() as api:
            while True:
                run = None
                with suppress(Fault):  # a server that is away: it is asked again
                    run = self._take(api)
                if run is None:
                    time.sleep(ASKS_EVERY_S)
                else:
                    self._do(api, run)

    def _take(self, api: PrefectApi) -> dict[str, Any] | None:
        """The next batch of the queue, claimed: of two machines that ask for it at the same time the server refuses one."""
        for waiting in _waiting(api):
            run: dict[str, Any] = waiting["flow_run"]
            claimed = _set_state(api, run["id"], "PENDING")
            if claimed is not None and claimed["status"] == "ACCEPT":
                return run
        return None

    def _do(self, api: PrefectApi, run: Mapping[str, Any]) -> None:
        """Do a batch and tell the server how it ended. Raises Fault when that cannot be told."""
        self._in_hand = run["id"]
        try:
            flow = FLOWS[api.get(f"/flows/{run['flow_id']}")["name"]]
            _set_state(api, run["id"], "RUNNING")
            ended = flow.fn(**run["parameters"])
            told = _set_state(api, run["id"], ended.type.value, ended.message or "")
            if told is not None and told["status"] != "ACCEPT":  # it was cancelled with its last chunk
                _set_state(api, run["id"], "CANCELLED")
        except BaseException:
            with suppress(Fault):
                _set_state(api, run["id"], "CRASHED", "The worker ended.")
            raise
        finally:
            self._in_hand = ""

    def _watch(self) -> None:
        """Tell the server that this machine is there, busy or not, and end the process when the batch in hand is cancelled."""
        with self.connect() as api:
            told_s = time.monotonic() - HEARTBEAT_S
            while True:
                with suppress(Fault):
                    if time.monotonic() - told_s >= HEARTBEAT_S:
                        alive = {"name": self.name, "heartbeat_interval_seconds": int(HEARTBEAT_S)}
                        api.post(f"/work_pools/{POOL}/workers/heartbeat", alive)
                        _waiting(api)  # the server notes when the queue was asked last, also while this machine is busy
                        told_s = time.monotonic()
                    if run := self._in_hand:
                        state = (api.get(f"/flow_runs/{run}") or {}).get("state_type")
                        if run == self._in_hand and state in ("CANCELLING", "CANCELLED"):
                            _set_state(api, run, "CANCELLED")
                            os._exit(1)  # with whatever it has started; it is started again at once
                time.sleep(ASKS_EVERY_S)


def _waiting(api: PrefectApi) -> list[dict[str, Any]]:
    asked = {"work_queue_names": list(SPREAD_QUEUES), "scheduled_before": datetime.now(UTC).isoformat(), "limit": 1}
    return list(api.post(f"/work_pools/{POOL}/get_scheduled_flow_runs", asked) or [])


def _set_state(api: PrefectApi, run: str, kind: str, message: str = "") -> dict[str, Any] | None:
    answer: dict[str, Any] | None = api.post(f"/flow_runs/{run}/set_state", {"state": {"type": kind, "message": message}})
    return answer


def connection() -> PrefectApi:
    """A connection to the server that the environment names, with its password and whoever signed its certificate."""
    signer = os.environ.get("PREFECT_API_SSL_CERT_FILE")
    headers = json.loads(os.environ.get("PREFECT_CLIENT_CUSTOM_HEADERS", "{}"))
    return PrefectApi(os.environ["PREFECT_API_URL"], headers, ssl.create_default_context(cafile=signer) if signer else None)


def main() -> None:
    """Work under the name that the command line gives, until the process that started this one ends."""
    end_with_parent()
    print(STARTED, flush=True)
    with suppress(KeyboardInterrupt):
        BatchWorker(connection, sys.argv[1]).work()


if __name__ == "__main__":
    main()
