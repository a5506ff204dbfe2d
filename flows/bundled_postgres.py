"""A PostgreSQL of FieldCut's own: in the workspace's folder, on 127.0.0.1, with a password that nobody needs to know.

Its programs come from the extra `bundled` where that has wheels (Linux x64, macOS arm64), or from an installed PostgreSQL.
"""

import asyncio
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from flows.database import RunDatabase, connect
from flows.server import free_port
from pipeline import system
from pipeline.documents.message import M
from pipeline.errors import Fault, FieldCutError, UserMistake
from pipeline.resources import install_command
from pipeline.store import write_atomically

FIRST_PORT, PORT_FILE = 4410, "port"
"""The port that is tried first; the file in the folder that says which it was, for whoever makes a copy of the database."""
USER, RUNS = "fieldcut", "prefect"
MOST_CONNECTIONS = 60
START_S = 60.0
PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/pgsql-*/bin", "C:/Program Files/PostgreSQL/*/bin")
"""Where systems put the programs without naming them on the path."""
_NUMBER = re.compile(r"(\d+)")


class BundledPostgres:
    """One server's folder, with its programs. Raises UserMistake where the machine has no programs."""

    def __init__(self, folder: Path) -> None:
        """folder: its own, made when it is started first."""
        self.folder, self.data = folder, folder / "data"
        self.programs = _programs()
        self.port = free_port(FIRST_PORT)

    @property
    def database(self) -> RunDatabase:
        """The database of the runs."""
        return RunDatabase("127.0.0.1", self.port, USER, RUNS, self._password())

    @property
    def command(self) -> list[str]:
        """The command that runs it until it is interrupted."""
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": str(MOST_CONNECTIONS)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*_as_somebody(), str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def prepare(self) -> None:
        """Make the server's files when there are none. Raises Fault when PostgreSQL's own program fails, UserMistake for files of another
        release of PostgreSQL."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / PORT_FILE, str(self.port))
        made_by = self.data / "PG_VERSION"
        if made_by.is_file():
            theirs, ours = made_by.read_text(encoding="ascii").strip(), _release(self.programs)
            if theirs != ours:
                raise UserMistake(
                    M(
                        "{folder} was made by PostgreSQL {theirs}, and this machine has {ours}. "
                        "Bring it over with pg_upgrade, or use {theirs}.",
                        folder=str(self.data),
                        theirs=theirs,
                        ours=ours,
                    )
                )
            return
        shutil.rmtree(self.data, ignore_errors=True)  # half made, by a start that was killed
        write_atomically(self._password_file, secrets.token_urlsafe(24), mode=0o600)
        handed = self.folder / ".initial"
        write_atomically(handed, self._password(), mode=0o600)
        _give_away(self.folder, handed)
        making = [str(self.programs / "initdb"), "-D", str(self.data), "-U", USER, "-A", "scram-sha-256", "--pwfile", str(handed)]
        try:
            done = subprocess.run(
                [*_as_somebody(), *making, "-E", "UTF8", "--locale=C"], capture_output=True, encoding="utf-8", errors="replace", check=False
            )
        finally:
            handed.unlink(missing_ok=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [""])[-1]
            raise Fault(M("PostgreSQL could not make its files in {folder}: {reason}", folder=str(self.folder), reason=last))

    def make_databases(self) -> None:
        """Make what the server has not yet. Raises Fault while it does not answer."""
        asyncio.run(self._make_databases())

    async def _make_databases(self) -> None:
        connection = await connect(self.database, "postgres")
        try:
            if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", RUNS):
                await connection.execute(f"CREATE DATABASE {RUNS}")
        finally:
            await connection.close()

    @property
    def _password_file(self) -> Path:
        return self.folder / "password"

    def _password(self) -> str:
        return self._password_file.read_text(encoding="ascii").strip()


def _programs() -> Path:
    """The folder of PostgreSQL's programs: those of the extra, else the newest that is installed."""
    found = [folder for folder in _candidates() if all(shutil.which(name, path=str(folder)) for name in ("postgres", "initdb"))]
    if not found:
        raise UserMistake(
            M(
                "There is no PostgreSQL here. Install it ({command} on Linux x64 and macOS arm64, else from postgresql.org), "
                "or name one that runs: --database postgresql://USER@HOST/NAME",
                command=install_command("bundled"),
            )
        )
    return found[0]


def _candidates() -> Iterator[Path]:
    spec = find_spec("pgserver")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(folder) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in PLACES:
        anchor = Path(pattern).anchor
        yield from sorted(Path(anchor).glob(pattern[len(anchor) :]), key=_newest_first) if anchor and Path(anchor).is_dir() else ()


def _newest_first(folder: Path) -> int:
    number = _NUMBER.search(folder.parent.name)
    return -int(number[1]) if number else 0


def _release(programs: Path) -> str:
    """The major release of the programs."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, encoding="utf-8", errors="replace", check=False).stdout
    number = _NUMBER.search(said)
    return number[1] if number else "?"


def _as_somebody() -> list[str]:
    """What to put before a command: PostgreSQL does not run as root."""
    prefix = system.unprivileged_prefix()
    if prefix is None:
        raise UserMistake(M("PostgreSQL does not run as root. Start FieldCut as an ordinary user."))
    return prefix


def _give_away(*paths: Path) -> None:
    """Let the user as whom PostgreSQL runs use what root has made."""
    try:
        system.give_to_unprivileged(*paths)
    except (OSError, LookupError) as error:
        raise Fault(M("PostgreSQL does not run as root. Start FieldCut as an ordinary user.")) from error


def wait_until_ready(postgres: BundledPostgres, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server that was just started answers and has its databases. Raises Fault, naming the log, when it does not."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            postgres.make_databases()
        except FieldCutError:
            time.sleep(0.2)
        else:
            return
    system.end_child(process)
    raise Fault(M("PostgreSQL did not start. Its log is {path}.", path=str(log)))
