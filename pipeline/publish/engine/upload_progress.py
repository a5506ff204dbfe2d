"""Progress of an upload, encrypted in the ledger: the adapter's facts, and the engine's own notes beside them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from pipeline.publish.ledger import Ledger, Progress

ADAPTER, FOR_GOOD, ENGINE = "adapter", "for_good", "engine"


class LedgerUploadProgress:
    """The `UploadProgress` of one release. advanced: the adapter has kept something new since it was set to False."""

    def __init__(self, ledger: Ledger, release_id: str, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._release_id = release_id
        self._now = now
        stored = ledger.progress.load(release_id) or Progress()
        self._session = stored.session.get_secret_value()
        self._facts = _of(stored.facts, ADAPTER)
        self._for_good = _of(stored.facts, FOR_GOOD)
        self._notes = _of(stored.facts, ENGINE)
        self.advanced = False

    def recall(self) -> Mapping[str, Any]:
        """See UploadProgress."""
        return {**self._for_good, **self._facts, **({"session": self._session} if self._session else {})}

    def keep(self, *, session: str = "", for_good: Mapping[str, Any] | None = None, **facts: Any) -> None:
        """See UploadProgress. Facts that are known already are not written again."""
        known, lasting = {**self._facts, **facts}, {**self._for_good, **(for_good or {})}
        if known == self._facts and lasting == self._for_good and session in ("", self._session):
            return
        self._facts, self._for_good, self._session = known, lasting, session or self._session
        self.advanced = True
        self._save()

    def forget(self) -> None:
        """Forget the session and facts of an upload that the platform has forgotten."""
        if self._facts or self._session:
            self._facts, self._session = {}, ""
            self._save()

    def get_note(self, name: str) -> Any:
        """Return one of the engine's notes; None when there is none."""
        return self._notes.get(name)

    def set_notes(self, **notes: Any) -> None:
        """Change the engine's notes; None deletes one."""
        changed = {name: value for name, value in {**self._notes, **notes}.items() if value is not None}
        if changed != self._notes:
            self._notes = changed
            self._save()

    def _save(self) -> None:
        stored = Progress(session=SecretStr(self._session), facts={ADAPTER: self._facts, FOR_GOOD: self._for_good, ENGINE: self._notes})
        self._ledger.progress.save(self._release_id, stored, at=self._now())


def _of(facts: Mapping[str, Any], part: str) -> dict[str, Any]:
    found = facts.get(part)
    return dict(found) if isinstance(found, dict) else {}
