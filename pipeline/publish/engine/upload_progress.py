"""What an upload and its look-ups remember, sealed in the ledger: the adapter's facts, and beside them the engine's own few counts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from pipeline.publish.ledger import Ledger, Progress

ADAPTER, FOR_GOOD, ENGINE = "adapter", "for_good", "engine"


class LedgerUploadProgress:
    """The `Memory` of one release. moved: it has learnt something since that was set to False."""

    def __init__(self, ledger: Ledger, release_id: str, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._release_id = release_id
        self._now = now
        kept = ledger.progress.load(release_id) or Progress()
        self._session = kept.session.get_secret_value()
        self._facts = _of(kept.facts, ADAPTER)
        self._for_good = _of(kept.facts, FOR_GOOD)
        self._notes = _of(kept.facts, ENGINE)
        self.moved = False

    def recall(self) -> Mapping[str, Any]:
        """See Memory."""
        return {**self._for_good, **self._facts, **({"session": self._session} if self._session else {})}

    def keep(self, *, session: str = "", for_good: Mapping[str, Any] | None = None, **facts: Any) -> None:
        """See Memory. What is known already costs nothing."""
        known, lasting = {**self._facts, **facts}, {**self._for_good, **(for_good or {})}
        if known == self._facts and lasting == self._for_good and session in ("", self._session):
            return
        self._facts, self._for_good, self._session = known, lasting, session or self._session
        self.moved = True
        self._save()

    def forget(self) -> None:
        """What belongs to an upload that is no more."""
        if self._facts or self._session:
            self._facts, self._session = {}, ""
            self._save()

    def note(self, name: str) -> Any:
        """One of the engine's notes; None when there is none."""
        return self._notes.get(name)

    def write(self, **notes: Any) -> None:
        """Change the engine's notes; None deletes one."""
        changed = {name: value for name, value in {**self._notes, **notes}.items() if value is not None}
        if changed != self._notes:
            self._notes = changed
            self._save()

    def _save(self) -> None:
        kept = Progress(session=SecretStr(self._session), facts={ADAPTER: self._facts, FOR_GOOD: self._for_good, ENGINE: self._notes})
        self._ledger.progress.save(self._release_id, kept, at=self._now())


def _of(facts: Mapping[str, Any], part: str) -> dict[str, Any]:
    found = facts.get(part)
    return dict(found) if isinstance(found, dict) else {}
