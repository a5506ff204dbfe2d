"""Keeps the Prefect server, a worker and the watch over the inbox alive, until somebody ends it; nothing it started outlives it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from flows.bundled_postgres import BundledPostgres, wait_until_ready
from flows.database import BUNDLED, RunDatabase, check_database, read_database
from flows.deployments import OWN_QUEUES, OWN_WORKER, POOL
from flows.desk.address import ANYWHERE, DESK_FILE, LOOPBACK, DeskPlace, note_desk
from flows.kept_process import KeptProcess
from flows.prefect_api import PrefectApi, ServerUnreachable
from flows.server import environment, free_port, is_home_of, is_taken, require_own_release, server_command, wait_until_healthy
from flows.server_records import keep_older_records, newer_records, note_release
from flows.supervisor_files import END_FILE, HOME, LOCK, PORT_FILE, READY_FILE, is_running
from flows.sweep import drop_missed, sweep
from pipeline import system
from pipeline.documents.message import M, Message
from pipeline.errors import Fault, FieldCutError, UserMistake
from pipeline.settings import read_settings
from pipeline.store import write_atomically

SERVER, WORKER, WATCHER, DESK, DATABASE = "server", "worker", "watcher", "desk", "database"
FIRST_PORT, FIRST_DESK_PORT, PORTS_TRIED = 4310, 4360, 5
TAKEN_S = 1.0
"""So long the lock is waited for: whoever asks whether a supervisor runs (`is_running`) takes it for a moment."""
ENDS_WITHIN_S = 90.0
LOOK_EVERY_S = 0.5
PATIENCE_S, WORKER_PATIENCE_S = 10.0, 40.0
"""How long what is asked to end may take. The worker ends the runs it has before it ends itself: 30 s of grace, and its own way out."""
RUNS_AT_ONCE = 8
"""Of all kinds: one story (its deployment's own limit), and posts that wait for their hour beside it."""


@dataclass
class Supervisor:
    """The processes of one workspace.

    tell: shows a line to the person who started it. language: of the pages beside the clips. lan: whether the page on which a person says
    yes or no can be opened on other machines of the local network. database: the address of the PostgreSQL database that keeps the runs, or
    `bundled` for one of its own; empty for a file in the workspace.
    """

    workspace: Path
    language: str
    tell: Callable[[Message], None]
    lan: bool = False
    database: str = ""
    port: int = 0
    desk: DeskPlace | None = None
    kept: list[KeptProcess] = field(default_factory=list)
    _database: RunDatabase | None = None
    _unswept: bool = False
    """Whether runs of a worker that has died may still count as going on."""

    @property
    def home(self) -> Path:
        """PREFECT_HOME of this workspace."""
        return self.workspace / HOME

    @property
    def api(self) -> str:
        """The server's address for programs."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def _end_file(self) -> Path:
        return self.home / END_FILE

    @property
    def _ready_file(self) -> Path:
        return self.home / READY_FILE

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have everything run while the context lasts. Raises UserMistake when another process keeps this workspace, Fault when
        something does not start."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self._only_one():
            for left in (self._end_file, self._ready_file):  # by one that was killed
                left.unlink(missing_ok=True)
            try:
                self._start()
                write_atomically(self._ready_file, "")
                yield
            finally:
                self._ready_file.unlink(missing_ok=True)
                self._stop()
                self._end_file.unlink(missing_ok=True)
                (self.home / DESK_FILE).unlink(missing_ok=True)

    def keep(self) -> None:
        """Start again what died, until somebody asks for the end (`ask_to_end`)."""
        while not self._end_file.exists():
            self._open_desk()
            for process in self.kept:
                if process.name == SERVER and process.process is None and is_taken(self.port):
                    self._move()
                if process.name == WORKER and self._unswept and not self._sweep():
                    continue  # a new one must not begin anything before the server knows what is dead
                if process.look():
                    self.tell(M("{name} ended and is started again.", name=process.name))
                    self._unswept = self._unswept or process.name == WORKER
            time.sleep(LOOK_EVERY_S)

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        lock = FileLock(self.home / LOCK, timeout=TAKEN_S, poll_interval=0.02)
        try:
            lock.acquire()
        except Timeout as error:
            raise UserMistake(
                M("`fieldcut up` already runs for {workspace}. Use the one that runs, or end it first.", workspace=str(self.workspace))
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _start(self) -> None:
        self._open_database()
        self._start_server()
        shared, logs = environment(self.home.resolve(), self.port), self.home / "logs"
        with PrefectApi(self.api) as api:
            require_own_release(str(api.get("/admin/version")))
            self.tell(M("Setting up what can be run."))
            set_up = [sys.executable, "-m", "flows.deployments", str(self.workspace.resolve()), self.language]
            _run_to_end(set_up, shared, logs / "deployments.log")
            sweep(api)
            drop_missed(api, datetime.now(UTC))
        worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--name", OWN_WORKER, "--limit", str(RUNS_AT_ONCE)]
        worker += [word for queue in OWN_QUEUES for word in ("--work-queue", queue)]
        watcher = [sys.executable, "-m", "flows.watcher", str(self.workspace.resolve()), self.language]
        for name, command in ((WORKER, worker), (WATCHER, watcher)):
            self.kept.append(KeptProcess(name, command, shared, logs / f"{name}.log"))
            self.kept[-1].start()
        self._open_desk()

    def _open_database(self) -> None:
        """Have the database of the runs answer, where it is none of Prefect's own files."""
        if self.database == BUNDLED:
            folder, log = self.home.resolve() / "postgres", self.home / "logs" / f"{DATABASE}.log"
            postgres = BundledPostgres(folder)
            self.tell(M("Starting PostgreSQL."))
            postgres.prepare()
            kept = KeptProcess(DATABASE, postgres.command, {}, log)
            self.kept.append(kept)
            kept.start()
            assert kept.process is not None
            wait_until_ready(postgres, kept.process, log)
            self._database = postgres.database
        elif self.database:
            self._database = read_database(self.database)
        if self._database is not None:
            check_database(self._database)

    def _server_environment(self) -> dict[str, str]:
        """What the server finds in its environment: its database's password, too, which nobody else gets."""
        return {**environment(self.home.resolve(), self.port), **(self._database.environment if self._database is not None else {})}

    def _start_server(self) -> None:
        """Start the server. One whose port another program took a moment before it starts on another port."""
        self.tell(M("Starting the server; the first time this takes half a minute."))
        keep_older_records(self.home)
        for tries_left in reversed(range(PORTS_TRIED)):
            self._take_port()
            log = self.home / "logs" / "server.log"
            server = KeptProcess(SERVER, server_command(self.port, ui=True), self._server_environment(), log)
            self.kept[:] = [*(one for one in self.kept if one.name == DATABASE), server]
            server.start()
            assert server.process is not None
            try:
                wait_until_healthy(server.process, self.api, self.home.resolve(), log)
            except Fault:
                if (newer := newer_records(self.home, log, server.log_begins)) is not None:
                    raise Fault(newer) from None
                if not tries_left or server.process.poll() is None or not is_taken(self.port):
                    raise
            else:
                note_release(self.home)
                return

    def _take_port(self) -> None:
        self.port = free_port(FIRST_PORT)
        write_atomically(self.home / PORT_FILE, str(self.port))

    def _move(self) -> None:
        """Have all start again with another port: while the server was down another program took its own."""
        self._take_port()
        for process in (one for one in self.kept if one.name != DATABASE):
            process.end(WORKER_PATIENCE_S if process.name == WORKER else PATIENCE_S)
            process.environment = environment(self.home.resolve(), self.port)
            if process.name == SERVER:
                process.command, process.environment = server_command(self.port, ui=True), self._server_environment()
        self._unswept = True
        self.tell(M("Another program has taken the server's port. All runs: {address}", address=f"http://127.0.0.1:{self.port}"))

    def _open_desk(self) -> None:
        """Start the page on which a person says yes or no, once the settings ask for approval: 150 MB that nobody else need spare."""
        if self.desk is not None or not _asks_for_approval(self.workspace):
            return
        self.desk = DeskPlace(port=free_port(FIRST_DESK_PORT, ANYWHERE if self.lan else LOOPBACK), lan=self.lan)
        command = [sys.executable, "-m", "flows.desk", str(self.workspace.resolve()), self.language, self.desk.host, str(self.desk.port)]
        shared = environment(self.home.resolve(), self.port)
        self.kept.append(KeptProcess(DESK, command, shared, self.home / "logs" / f"{DESK}.log"))
        self.kept[-1].start()
        note_desk(self.home, self.desk)
        self.tell(M("Links for approval open at: {address}", address=self.desk.address))

    def _stop(self) -> None:
        """End the watch first, so that nothing new is ordered, then the worker with its runs, then the server, which must hear of
        them, and last what the server writes to."""
        for process in sorted(self.kept, key=lambda one: (WATCHER, DESK, WORKER, SERVER, DATABASE).index(one.name)):
            if process.name == SERVER:
                self._sweep()
            process.end(WORKER_PATIENCE_S if process.name == WORKER else PATIENCE_S)
        self.kept.clear()

    def _sweep(self) -> bool:
        """Tell the server that the dead worker's runs are dead. Returns whether it has heard it; one that is down is told later."""
        if not is_home_of(self.api, self.home.resolve()):
            return False
        with PrefectApi(self.api) as api:
            try:
                sweep(api)
            except ServerUnreachable:
                return False
        self._unswept = False
        return True


def ask_to_end(workspace: Path, patience_s: float = ENDS_WITHIN_S) -> bool:
    """Ask the supervisor of a workspace to end, and wait for it. Returns whether none runs any more."""
    if not is_running(workspace):
        return True
    write_atomically(workspace / HOME / END_FILE, "")
    until = time.monotonic() + patience_s
    while time.monotonic() < until and is_running(workspace):
        time.sleep(LOOK_EVERY_S)
    return not is_running(workspace)


def _asks_for_approval(workspace: Path) -> bool:
    """Whether a person must approve; not while the settings cannot be read, which whoever needs them says."""
    try:
        return read_settings(workspace).publish.approval
    except FieldCutError:
        return False


def _run_to_end(command: list[str], env: Mapping[str, str], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = system.start_child(command, stdout=out, stderr=subprocess.STDOUT, env=env, session=True)
    try:
        code = process.wait(300)
    finally:
        system.end_child(process)
    if code:
        raise Fault(M("The deployments could not be set up. The log is {path}.", path=str(log)))
