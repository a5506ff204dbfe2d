"""Migration of the ledger's tables to this program's version, forward only, one process at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from pipeline.documents.message import M
from pipeline.errors import Fault, UserMistake
from pipeline.publish.ledger.database import NO_TRANSACTION, WRITING, Database, ledger_error
from pipeline.store.disk import disk_fault

HEAD = "0006"
"""The newest migration; a test compares it with the folder's."""
FOLDER = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x6669656C64637574
"""Any number that is ours on a shared server: "fieldcut"."""
_IN_PROCESS = threading.Lock()
"""Alembic's context is one per process."""


def upgrade_schema(database: Database) -> None:
    """Create or upgrade the tables. A crash half-way leaves them as they were.

    Raises UserMistake when a newer program wrote them, DiskFault or Fault when the database refuses.
    """
    try:
        with database.engine.begin() as connection:
            if _schema_version(connection, database.where) == HEAD:
                return
        with _one_opener(database):
            if database.path:
                # With WAL, readers never wait for a writer. The mode is stored in the file and cannot change inside a transaction.
                with database.engine.execution_options(**NO_TRANSACTION).connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            with database.engine.execution_options(**WRITING).begin() as connection:
                if not database.path:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
                if _schema_version(connection, database.where) != HEAD:
                    _upgrade(connection)
    except DBAPIError as error:
        raise ledger_error(error, database.where, unsent=True) from error


def _upgrade(connection: Connection, target: str = "head") -> None:
    from alembic import command  # only the first opening after an update needs it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _IN_PROCESS:
        command.upgrade(config, target)


def _schema_version(connection: Connection, where: str) -> str:
    """Version of the newest migration that the tables have, empty for none. Raises UserMistake for a newer program's."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    if version > HEAD:
        raise UserMistake(M("The ledger {path} was written by a newer FieldCut. Update this one; nothing was sent.", path=where))
    return str(version)


@contextmanager
def _one_opener(database: Database) -> Iterator[None]:
    """Hold the lock of one migrating process; on PostgreSQL the transaction itself takes a lock."""
    if not database.path:
        yield
        return
    lock = database.path.with_name(database.path.name + ".opening.lock")
    try:
        with FileLock(lock, timeout=database.patience_s):
            yield
    except Timeout:
        raise Fault(
            M("The ledger {path} is busy: another program holds it. Run the same command again in a moment.", path=database.where)
        ) from None
    except OSError as error:
        raise disk_fault(lock, error) from error
