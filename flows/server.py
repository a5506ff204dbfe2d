"""A private Prefect server on loopback, with SQLite and without logs on the screen, that ends with the process that started it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from pipeline import system
from pipeline.documents.message import M
from pipeline.errors import Fault

START_S = 120.0
"""Seconds within which a server must be healthy. A first start makes its database: 20 s on a quiet machine of two cores, several times
that on a busy one."""
SHUTDOWN_S = 10.0


def environment(home: Path, port: int) -> dict[str, str]:
    """The environment variables that server, workers and flows of one installation share, to be laid over `os.environ`.

    Ephemeral servers are switched off: they have no schedules, approvals or cancelling, so a wrong set-up must fail, not half work.
    """
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "DO_NOT_TRACK": "1",
    }


def free_port() -> int:
    """A TCP port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Run a healthy server while the context lasts. Yields the environment variables with which flows find it.

    home: folder of its database, log and cached results. settings: further Prefect variables, for the server alone.
    Raises Fault, naming the log, when it does not become healthy.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    shared = environment(home, port)
    log = home / "server.log"
    with log.open("ab") as out:
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
        process = system.start_child(command, stdout=out, stderr=subprocess.STDOUT, env={**shared, **(settings or {})}, session=True)
    try:
        _wait_until_healthy(process, shared["PREFECT_API_URL"], log)
        yield shared
    finally:
        _end(process)


def _wait_until_healthy(process: subprocess.Popen[bytes], api: str, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{api}/health", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise Fault(M("The Prefect server did not start within {seconds} s. Its log is {path}.", seconds=round(START_S), path=str(log)))


def _end(process: subprocess.Popen[bytes]) -> None:
    system.interrupt_child(process)
    with suppress(subprocess.TimeoutExpired):
        process.wait(SHUTDOWN_S)
    system.end_child(process)
