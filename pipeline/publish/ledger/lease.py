"""Leases: one worker per release, by a lock that ends with its holder's process.

SQLite: a lock file beside the ledger. PostgreSQL: an advisory lock on a connection of its own. Neither expires: a worker that hangs may
wake and publish, so no release is taken from a living worker; ending its process frees it.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from filelock import FileLock, Timeout
from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from pipeline.errors import FieldCutError
from pipeline.publish.ledger.database import Database, ledger_error
from pipeline.publish.ledger.errors import LeaseLost, ReleaseLeased
from pipeline.publish.ledger.tables import leases
from pipeline.store.disk import disk_fault

POLL_S = 0.02
"""Between two tries for a lock that is waited for."""
TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")


class Leases:
    """The releases that this opening of the ledger holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, tuple[int, Connection | None]] = {}

    @contextmanager
    def take(self, release_id: str, holder: str, at: datetime, within_s: float = 0.0) -> Iterator[None]:
        """Hold a release while the block runs. Raises ReleaseLeased, naming the holder, when another worker has it for all of that time."""
        with self._locked(release_id, within_s) as connection:
            row = {"holder": holder, "since": at}
            with self._database.write(unsent=True) as write:
                # Only names the holder; the lock is what counts.
                added = self._database.insert(leases).values(release_id=release_id, **row)
                write.execute(added.on_conflict_do_update(index_elements=["release_id"], set_=row))
            self._held[release_id] = (os.getpid(), connection)
            try:
                yield
            finally:
                del self._held[release_id]
                with suppress(FieldCutError), self._database.write() as write:
                    write.execute(delete(leases).where(leases.c.release_id == release_id))

    def must_hold(self, release_id: str) -> None:
        """Raises ValueError for a caller that moves what it has not taken, LeaseLost when the lock went with its connection."""
        pid, connection = self._held.get(release_id, (0, None))
        if pid != os.getpid():
            raise ValueError(f"a worker takes a release before it moves it: with ledger.lease({release_id!r}, …)")
        if connection is not None:
            try:
                connection.execute(text("SELECT 1"))
            except DBAPIError as error:
                raise LeaseLost(release_id) from error

    def holder(self, release_id: str) -> str:
        """Return the name of the worker that took the lease last."""
        with self._database.read() as connection:
            return str(connection.execute(select(leases.c.holder).where(leases.c.release_id == release_id)).scalar() or "?")

    def held(self) -> frozenset[str]:
        """Return the releases that a worker has, or had when it was killed."""
        with self._database.read() as connection:
            return frozenset(connection.execute(select(leases.c.release_id)).scalars())

    @contextmanager
    def _locked(self, release_id: str, within_s: float) -> Iterator[Connection | None]:
        if self._database.path:
            with self._file_lock(release_id, within_s):
                yield None
        else:
            with self._advisory_lock(release_id, within_s) as connection:
                yield connection

    @contextmanager
    def _file_lock(self, release_id: str, within_s: float) -> Iterator[None]:
        assert self._database.path is not None
        path = self._database.path.with_name(self._database.path.name + ".leases") / f"{release_id}.lock"
        # A soft lock, filelock's fallback on file systems without locks, would outlive its holder.
        lock = FileLock(path, timeout=within_s, poll_interval=POLL_S, thread_local=False, fallback_to_soft=False)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise ReleaseLeased(release_id, self.holder(release_id)) from None
        except OSError as error:
            raise disk_fault(path, error) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _advisory_lock(self, release_id: str, within_s: float) -> Iterator[Connection]:
        until = time.monotonic() + within_s
        key = int.from_bytes(hashlib.sha256(f"fieldcut lease {release_id}".encode()).digest()[:8], "big", signed=True)
        try:
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise ledger_error(error, self._database.where, unsent=True) from error
        # Out of the pool: closing it ends the session, and the lock with it.
        connection.detach()
        with connection:
            try:
                while not (mine := connection.execute(TRY_LOCK, {"key": key}).scalar()) and time.monotonic() < until:
                    time.sleep(POLL_S)
            except DBAPIError as error:
                raise ledger_error(error, self._database.where, unsent=True) from error
            if not mine:
                raise ReleaseLeased(release_id, self.holder(release_id))
            try:
                yield connection
            finally:
                # The server takes a moment to notice a closed session; the next worker need not wait for it. A session that broke in
                # the middle of a statement is gone, and its lock with it.
                with suppress(DBAPIError, PendingRollbackError):
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
