"""How far an upload has come, sealed: whoever reads the ledger's file learns nothing to upload with."""

import json
from datetime import datetime

from sqlalchemy import delete, select

from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.errors import Sealed
from pipeline.publish.ledger.lease import Leases
from pipeline.publish.ledger.records import Progress
from pipeline.publish.ledger.tables import progress
from pipeline.secrets.cipher import Cipher


class ProgressBook:
    """One note a release. It outlives an attempt: the bytes a platform already has need not be sent again."""

    def __init__(self, database: Database, leases: Leases, cipher: Cipher | None) -> None:
        self._database = database
        self._leases = leases
        self._cipher = cipher

    def save(self, release_id: str, kept: Progress, *, at: datetime) -> None:
        """On the disk when this returns: call it before the first byte leaves.

        Raises ValueError outside a lease, Sealed when the ledger was opened without a key, Fault or DiskFault when it cannot be written.
        """
        self._leases.must_hold(release_id)
        if self._cipher is None:
            raise Sealed(release_id)
        content = json.dumps({"release": release_id, **kept.revealed()}, ensure_ascii=False)
        row = {"sealed": self._cipher.encrypt(content.encode()), "at": at}
        with self._database.write(unsent=True) as connection:
            added = self._database.insert(progress).values(release_id=release_id, **row)
            connection.execute(added.on_conflict_do_update(index_elements=["release_id"], set_=row))

    def load(self, release_id: str) -> Progress | None:
        """None when there is none. Raises Sealed when it cannot be opened."""
        with self._database.read() as connection:
            sealed = connection.execute(select(progress.c.sealed).where(progress.c.release_id == release_id)).scalar()
        if sealed is None:
            return None
        if self._cipher is None:
            raise Sealed(release_id)
        try:
            content = json.loads(self._cipher.decrypt(bytes(sealed)))
        except Exception as error:  # every cipher has errors of its own
            raise Sealed(release_id) from error
        if content.pop("release") != release_id:
            raise Sealed(release_id)
        return Progress.model_validate(content)

    def forget(self, release_id: str) -> None:
        """Drop it: the platform no longer knows the session."""
        self._leases.must_hold(release_id)
        with self._database.write() as connection:
            connection.execute(delete(progress).where(progress.c.release_id == release_id))

    def secrets(self, release_id: str) -> tuple[str, ...]:
        """What must not appear in anything that is kept in the clear."""
        try:
            kept = self.load(release_id)
        except Sealed:
            return ()
        return (kept.session.get_secret_value(),) if kept and kept.session.get_secret_value() else ()
