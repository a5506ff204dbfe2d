"""The Prefect server on loopback, with SQLite and without logs on the screen, that ends with the process that started it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
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
    """The environment variables that server, workers and flows of one installation share, to be laid over `os.environ`."""
    return client_environment(home, f"http://127.0.0.1:{port}/api")


def client_environment(home: Path, api: str) -> dict[str, str]:
    """The same for a server at an address, perhaps on another machine.

    Ephemeral servers are switched off: they have no schedules, approvals or cancelling, so a wrong set-up must fail, not half work.
    """
    direct = ",".join(part for part in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1", "localhost") if part)
    return {
        "NO_PROXY": direct,  # a co-op's proxy knows no server on this machine, and without events Prefect shows no tasks
        "no_proxy": direct,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "10",  # 30 by itself: a core stood still so long; 5 took a fifth of one
        "DO_NOT_TRACK": "1",
    }


def free_port(wanted: int = 0, host: str = "127.0.0.1") -> int:
    """A TCP port that is free now: the wanted one or the next free one after it, any for 0. host: the address to listen at."""
    for port in range(wanted, wanted + 100) if wanted else (0,):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    return free_port(0, host)


def server_command(port: int, *, ui: bool) -> list[str]:
    """The command that starts a server on a port of loopback."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), *([] if ui else ["--no-ui"])]


def is_healthy(api: str) -> bool:
    """Whether a server answers. api: its address with `/api` at the end."""
    try:
        return httpx.get(f"{api}/health", timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def is_home_of(api: str, home: Path) -> bool:
    """Whether the server at an address keeps that home: another one may have taken the port."""
    try:
        return bool(httpx.get(f"{api}/admin/settings", timeout=5, trust_env=False).json()["home"] == str(home))
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


def require_own_release(there: str) -> None:
    """Raise Fault for a server of another release of Prefect than this program's, whose runs and schedules may mean something else."""
    here = version("prefect")
    if here != there:
        raise Fault(M("The Prefect server is of version {there}, FieldCut needs {here}. End the other one.", there=there, here=here))


def is_taken(port: int) -> bool:
    """Whether somebody answers at a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
        command = server_command(port, ui=False)
        process = system.start_child(command, stdout=out, stderr=subprocess.STDOUT, env={**shared, **(settings or {})}, session=True)
    try:
        wait_until_healthy(process, shared["PREFECT_API_URL"], home, log)
        yield shared
    finally:
        end_politely(process)


def wait_until_healthy(process: subprocess.Popen[bytes], api: str, home: Path, log: Path) -> None:
    """Return when the starting server of a home answers. Raises Fault, naming the log, when it does not within `START_S` or ends."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        if is_healthy(api) and is_home_of(api, home):
            return
        time.sleep(0.2)
    raise Fault(M("The Prefect server did not start within {seconds} s. Its log is {path}.", seconds=round(START_S), path=str(log)))


def end_politely(process: subprocess.Popen[bytes], patience_s: float = SHUTDOWN_S) -> None:
    """Ask a child that was started with `session` to end, and end it when it does not."""
    if process.poll() is None:
        system.interrupt_child(process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
    system.end_child(process)
