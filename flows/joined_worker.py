"""A worker on another machine: it takes batches of long videos from the server of `fieldcut up`, and nothing else of its workspace."""

import base64
import json
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from filelock import FileLock, Timeout

from flows.batch_machine import BatchMachine
from flows.deployments import OWN_WORKER, POOL, SPREAD_QUEUES
from flows.kept_process import KeptProcess
from flows.server import client_environment, require_own_release
from pipeline.documents.message import M, Message
from pipeline.errors import Fault, UserMistake
from pipeline.network.broken_connection import why_no_answer
from pipeline.store.disk import error_reason

USER = "fieldcut"
"""The name that goes with the password in front of the server."""
ANSWER_S, TAKEN_S, LOOK_EVERY_S, END_S = 20.0, 1.0, 0.5, 40.0


@dataclass
class JoinedWorker:
    """The worker of one folder. join: the server's address. home: its own PREFECT_HOME. password: of what stands in front of the server.

    ca_file: the certificate of whoever signed the server's own; None where the system knows it. tell: shows a line to the person at it.
    """

    join: str
    machine: BatchMachine
    home: Path
    name: str
    password: str
    tell: Callable[[Message], None]
    ca_file: Path | None = None
    kept: list[KeptProcess] = field(default_factory=list)

    @property
    def api(self) -> str:
        """The server's address for programs."""
        return f"{self.join.rstrip('/').removesuffix('/api')}/api"

    @property
    def environment(self) -> dict[str, str]:
        """What the worker, and through it every run, finds in its environment."""
        login = {"PREFECT_CLIENT_CUSTOM_HEADERS": json.dumps(self._headers)} if self.password else {}
        trusted = {name: str(self.ca_file) for name in ("PREFECT_API_SSL_CERT_FILE", "SSL_CERT_FILE")} if self.ca_file else {}
        shared = client_environment(self.home, self.api)
        direct = (
            f"{shared['NO_PROXY']},{urlsplit(self.join).hostname}"  # the other machine is the co-op's own, and its proxy may not know it
        )
        return {**shared, "NO_PROXY": direct, "no_proxy": direct, **self.machine.environment, **login, **trusted}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have the worker run while the context lasts.

        Raises UserMistake for an address, a password or a shared store that is wrong, or when one runs already in this folder, Fault for a
        server that does not answer, or is of another release.
        """
        if self.name == OWN_WORKER:
            raise UserMistake(M("{name} is what the other machine is called. Give this one its own name: --name", name=self.name))
        self.machine.store()
        self._check_server()
        self.home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.home / "worker.lock", timeout=TAKEN_S, poll_interval=0.02)
        try:
            lock.acquire()
        except Timeout as error:
            raise UserMistake(
                M("A worker runs in {folder} already. Give this one its own: --folder", folder=str(self.home.parent))
            ) from error
        try:
            command = [sys.executable, "-m", "flows.batch_worker", self.name]
            self.kept.append(KeptProcess("worker", command, self.environment, self.home / "logs" / "worker.log"))
            self.kept[-1].start()
            self.tell(M("This machine helps {server}. Ctrl-C ends it.", server=self.join))
            yield
        finally:
            for process in self.kept:
                process.end(END_S)
            self.kept.clear()
            lock.release()

    def keep(self) -> None:
        """Start the worker again when it dies, for ever."""
        while True:
            for process in self.kept:
                if process.look():
                    self.tell(M("{name} ended and is started again.", name=process.name))
            time.sleep(LOOK_EVERY_S)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Basic {base64.b64encode(f'{USER}:{self.password}'.encode()).decode()}"} if self.password else {}

    def _check_server(self) -> None:
        if urlsplit(self.join).scheme not in ("http", "https") or not urlsplit(self.join).hostname:
            raise UserMistake(M("{address} is no address of a server. Write https://HOST:PORT.", address=self.join))
        if self.password and urlsplit(self.join).scheme == "http" and urlsplit(self.join).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise UserMistake(M("The password would go through the network for everybody to read. Write https://."))
        try:
            verify = ssl.create_default_context(cafile=str(self.ca_file)) if self.ca_file else True
            with httpx.Client(headers=self._headers, timeout=ANSWER_S, verify=verify, trust_env=False) as client:
                said = client.get(f"{self.api}/admin/version")
                queues = [client.get(f"{self.api}/work_pools/{POOL}/queues/{queue}") for queue in SPREAD_QUEUES]
        except OSError as error:  # of the certificate's file
            raise UserMistake(
                M("The certificate {path} cannot be read: {reason}", path=str(self.ca_file), reason=error_reason(error))
            ) from None
        except httpx.HTTPError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise UserMistake(
                    M("Nobody whom this machine trusts has signed the certificate of {server}. Name who has: --ca-file", server=self.join)
                ) from None
            raise Fault(
                M("{server} does not answer: {why}. Does `fieldcut up` run there?", server=self.join, why=why_no_answer(error))
            ) from None
        if said.status_code in (401, 403):
            raise UserMistake(M("{server} does not take the password. Look at --password-file.", server=self.join))
        if said.is_success:
            require_own_release(_text(said))
        if not said.is_success or not all(queue.is_success for queue in queues):
            raise UserMistake(M("{server} is no server of `fieldcut up`, or one of an older release.", server=self.join))


def _text(answer: httpx.Response) -> str:
    try:
        return str(answer.json())
    except ValueError:
        return "?"


def read_password(path: Path) -> str:
    """The password in a file, its first line. Raises UserMistake when there is none."""
    try:
        lines = path.expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error_reason(error) if isinstance(error, OSError) else type(error).__name__
        raise UserMistake(M("The password's file {path} cannot be read: {reason}", path=str(path), reason=reason)) from None
    if not lines or not lines[0].strip():
        raise UserMistake(M("The password's file {path} is empty.", path=str(path)))
    return lines[0].strip()
