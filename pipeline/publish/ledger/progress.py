"""Upload progress, encrypted: a reader of the ledger's file learns nothing to upload with."""

import json
from datetime import datetime

from sqlalchemy import delete, select

from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.errors import ProgressUnreadable
from pipeline.publish.ledger.lease import Leases
from pipeline.publish.ledger.records import Progress
from pipeline.publish.ledger.tables import progress
from pipeline.secrets.cipher import Cipher


class ProgressBook:
    """The upload progress of each release. It outlives an attempt: bytes that the platform already has need not be sent again."""

    def __init__(self, database: Database, leases: Leases, cipher: Cipher | None) -> None:
        self._database = database
        self._leases = leases
        self._cipher = cipher

    def save(self, release_id: str, upload: Progress, *, at: datetime) -> None:
        """Save the progress; it is on disk when this returns, so call it before the first byte is sent.

        Raises ValueError outside a lease, ProgressUnreadable when the ledger was opened without a key, Fault or DiskFault when it cannot
        be written.
        """
        self._leases.must_hold(release_id)
        if self._cipher is None:
            raise ProgressUnreadable(release_id)
        content = json.dumps({"release": release_id, **upload.revealed()}, ensure_ascii=False)
        row = {"sealed": self._cipher.encrypt(content.encode()), "at": at}
        with self._database.write(unsent=True) as connection:
            added = self._database.insert(progress).values(release_id=release_id, **row)
            connection.execute(added.on_conflict_do_update(index_elements=["release_id"], set_=row))

    def load(self, release_id: str) -> Progress | None:
        """Load the progress; None when there is none. Raises ProgressUnreadable when it cannot be decrypted."""
        with self._database.read() as connection:
            sealed = connection.execute(select(progress.c.sealed).where(progress.c.release_id == release_id)).scalar()
        if sealed is None:
            return None
        if self._cipher is None:
            raise ProgressUnreadable(release_id)
        try:
            content = json.loads(self._cipher.decrypt(bytes(sealed)))
        except Exception as error:  # every cipher has errors of its own
            raise ProgressUnreadable(release_id) from error
        if content.pop("release") != release_id:
            raise ProgressUnreadable(release_id)
        return Progress.model_validate(content)

    def forget(self, release_id: str) -> None:
        """Delete the progress: the platform no longer knows the session."""
        self._leases.must_hold(release_id)
        with self._database.write() as connection:
            connection.execute(delete(progress).where(progress.c.release_id == release_id))

    def secrets(self, release_id: str) -> tuple[str, ...]:
        """Return the secrets in the progress, which must not appear in anything that is stored in plain text."""
        try:
            upload = self.load(release_id)
        except ProgressUnreadable:
            return ()
        return (upload.session.get_secret_value(),) if upload and upload.session.get_secret_value() else ()
