"""The database under the ledger: opening it, its transactions, and its errors as messages for a person."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from pipeline.documents.message import M, Message
from pipeline.errors import DiskFault, Fault, FieldCutError, UserMistake
from pipeline.resources import install_command
from pipeline.store.disk import disk_fault
from pipeline.system import make_private

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

DRIVER = "psycopg"
"""The module that talks to PostgreSQL; an optional extra, since most ledgers are a file."""
PATIENCE_S = 15.0
"""How long one writer waits for another, seconds. A transaction of the ledger takes milliseconds."""
BEGIN = "fieldcut_begin"
"""Execution option: the words SQLite begins a transaction with; empty for none."""
WRITING = {BEGIN: "BEGIN IMMEDIATE"}
"""Take the write lock at the start: a reader that becomes a writer half-way fails at once when another wrote meanwhile."""
NO_TRANSACTION = {BEGIN: ""}
_MAKING = threading.Lock()
"""No thread opens a file that another one is about to close again."""

_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
"""SQLite's primary result codes, sqlite.org/rescode.html."""
_PG_BUSY = ("55P03", "57014", "40001", "40P01")
_PG_FULL = ("53100",)
_PG_REFUSED = ("28000", "28P01", "3D000", "42501", "25006")
"""PostgreSQL's: lock not available, cancelled, serialisation, deadlock; disk full; authorisation, no such database, no privilege,
read-only. postgresql.org/docs/current/errcodes-appendix.html."""


class Database:
    """An engine whose writing transactions take the write lock at once and are on disk when they end."""

    def __init__(self, engine: Engine, where: str, path: Path | None, patience_s: float) -> None:
        self.engine = engine
        self.where = where
        """Its name for messages; never with a password."""
        self.path = path
        """SQLite's file; None for PostgreSQL."""
        self.patience_s = patience_s
        self._writing = engine.execution_options(**WRITING)

    @contextmanager
    def write(self, *, unsent: bool = False) -> Iterator[Connection]:
        """Run a transaction that is durable when the block ends, and rolled back when it raises.

        unsent: nothing has left the machine when this fails, and the error says so.
        """
        with self._translating_errors(unsent), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read in one transaction, a consistent view."""
        with self._translating_errors(False), self.engine.begin() as connection:
            yield connection

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """Make an insert with `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases have."""
        if self.engine.dialect.name == "sqlite":
            from sqlalchemy.dialects import sqlite  # only the one that is used, and not by who only reads

            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _translating_errors(self, unsent: bool) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise ledger_error(error, self.where, unsent=unsent) from error


def connect(ledger: str | Path, *, patience_s: float = PATIENCE_S) -> Database:
    """Make the database for a file's path or a URL (sqlite:///…, postgresql://…); no connection is made yet.

    Raises UserMistake for another kind of URL and for PostgreSQL without its package, DiskFault when the file's folder cannot be made.
    """
    url = _url(ledger)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_fault(path.parent, error) from error
        engine = create_engine(url, connect_args={"timeout": patience_s}, hide_parameters=True)
        _as_sqlite(engine, path)
        return Database(engine, str(path), path, patience_s)
    if find_spec(DRIVER) is None:
        command = install_command("postgres")
        raise UserMistake(M("A ledger on PostgreSQL needs the package {package}. Install it: {command}", package=DRIVER, command=command))
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=_postgresql_arguments(patience_s))
    return Database(engine, f"{url.host or 'localhost'}/{url.database or ''}", None, patience_s)


def _url(ledger: str | Path) -> URL:
    if isinstance(ledger, Path) or "://" not in ledger:
        return URL.create("sqlite", database=str(ledger))
    try:
        url = make_url(ledger)
    except (ArgumentError, ValueError):
        raise UserMistake(M("The ledger's address cannot be read. Write sqlite:///path or postgresql://user@host/name.")) from None
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    if kind in ("postgresql", "postgres"):
        return url.set(drivername=f"postgresql+{DRIVER}")
    raise UserMistake(M("The ledger's address cannot be read. Write sqlite:///path or postgresql://user@host/name."))


def _as_sqlite(engine: Engine, path: Path) -> None:
    @event.listens_for(engine, "do_connect")
    def _connecting(*_: object) -> None:
        # It names guardians and who did what. SQLite gives its side files the rights of this one. A file that is there is never opened
        # here: closing it would end the locks by which other processes know that this one has the ledger open
        # (sqlite.org/howtocorrupt.html, 2.2), and the last of them to leave would delete the journal that this one writes to.
        with _MAKING, suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        make_private(path)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: object) -> None:  # noqa: ARG001
        # Python's sqlite3 would begin transactions itself, and not for DDL; they are begun explicitly below.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        begin = connection.get_execution_options().get(BEGIN, "BEGIN")
        if begin:
            connection.exec_driver_sql(begin)


def _postgresql_arguments(patience_s: float) -> Mapping[str, Any]:
    """Connection arguments: a worker whose machine lost power is noticed within 30 s, so that its lock ends; commits are synchronous."""
    alive = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 4}
    settings = {"lock_timeout": int(patience_s * 1000), "synchronous_commit": "on", **alive}
    return {
        "connect_timeout": max(2, int(patience_s)),
        "application_name": "fieldcut",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
    }


def ledger_error(error: DBAPIError, where: str, *, unsent: bool) -> FieldCutError:
    """Translate a database error into one for a person. The database's own text may hold values, so it is not repeated."""
    kind, message = _kind(error, where)
    return kind(M("{problem} Nothing was sent.", problem=message) if unsent else message)


def _kind(error: DBAPIError, where: str) -> tuple[type[FieldCutError], Message]:
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    code = sqlite_code & 0xFF if isinstance(sqlite_code, int) else None
    state = getattr(error.orig, "sqlstate", None)
    if code in (_BUSY, _LOCKED) or state in _PG_BUSY:
        return Fault, M("The ledger {path} is busy: another program holds it. Run the same command again in a moment.", path=where)
    if code == _FULL or state in _PG_FULL:
        return DiskFault, M(
            "The disk is full: the ledger {path} could not be written. Free some space and run the same command again.", path=where
        )
    if code in (_READONLY, _IOERR, _CANTOPEN):
        return DiskFault, M("The ledger {path} cannot be opened or written. Look at the disk and at who may write there.", path=where)
    if code in (_CORRUPT, _NOTADB):
        return Fault, M("{path} is not a ledger, or it is damaged. Put back a copy from before; do not delete it.", path=where)
    if state in _PG_REFUSED:
        return UserMistake, M("The database {path} refuses this user. Look at the ledger's address and at the user's rights.", path=where)
    if state is None and code is None:
        return Fault, M(
            "The database {path} cannot be reached. Look whether it runs, and at host, user and name in the ledger's address.", path=where
        )
    return Fault, M("The ledger {path} failed ({code}).", path=where, code=str(state or code))
