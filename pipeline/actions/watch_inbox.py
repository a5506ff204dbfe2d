"""The watch over the inbox: a folder that is complete becomes a story, and a page beside the clips says how far it is."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from pipeline.actions.run_record import BY_HAND, read_run
from pipeline.actions.workspace_sheet import sheet_state
from pipeline.documents.inbox import InboxEntry, InboxRecord
from pipeline.documents.message import M, Message
from pipeline.documents.story_run import StoryRun
from pipeline.errors import DiskFault, Fault, FieldCutError
from pipeline.footage.ingest import NOTES
from pipeline.footage.probe import UnusableFile, probe
from pipeline.inbox import (
    FolderSnapshot,
    FolderUnreachable,
    FolderWatch,
    Settled,
    StoryStatus,
    Verdict,
    WaitingApproval,
    story_folders,
    take_snapshot,
    write_overview,
    write_status_page,
)
from pipeline.publish.destinations import named_place
from pipeline.store import load_document, save_document
from pipeline.workspace import new_job

RECORD = "inbox.json"
MOST_ATTEMPTS = 3
"""How often a story whose run died without a word is begun again by itself."""
NOT_WHOLE = ("truncated", "empty", "unreadable")
"""Kinds of unusable files that may become whole when their copying ends."""
HEAD_BYTES = 4096

RunProgressState = Literal["waiting", "working", "ended"]


class StoryRuns(Protocol):
    """Orders runs of stories from whoever carries them out."""

    def order(self, folder: Path, story: str, key: str) -> str:
        """Order one run; the same key never makes a second one. Returns the run's id."""

    def state(self, run: str) -> RunProgressState:
        """Where a run stands; a run that nobody knows any more has ended."""

    def cancel(self, run: str) -> None:
        """Ask that a run end soon; it may have ended already."""


def read_record(workspace: Path) -> InboxRecord:
    """What was begun of the folders in the inbox. Raises as `load_document` does."""
    path = workspace / RECORD
    return load_document(path, InboxRecord) if path.is_file() else InboxRecord()


@dataclass
class InboxWatch:
    """Looks at an inbox again and again; each look costs a listing of its folders.

    now: the time, aware. elapsed_s: seconds on a clock that is never set. quiet_s, give_up_s: see `FolderWatch`.
    """

    inbox: Path
    workspace: Path
    runs: StoryRuns
    language: Literal["zh", "en"]
    now: Callable[[], datetime]
    elapsed_s: Callable[[], float]
    quiet_s: float
    give_up_s: float
    trouble: Message | None = None
    """Why the inbox cannot be watched now."""
    approvals: tuple[WaitingApproval, ...] = ()
    """What waits for a person's yes or no, as whoever looks into the ledger saw it last."""
    _watches: dict[str, FolderWatch] = field(default_factory=dict)

    def look(self) -> tuple[StoryStatus, ...]:
        """Look at every folder once: order what is complete, follow what was ordered, write the pages. Returns what they say.

        Raises DiskFault when the workspace cannot be written. A folder that cannot be read, or whose page cannot be written, is left out.
        """
        try:
            folders = story_folders(self.inbox)
        except FolderUnreachable:
            self.trouble = M("The folder {path} cannot be reached now. It is looked at again by itself.", path=str(self.inbox))
            write_overview(self.workspace, self.inbox, (), self.now(), self.language, self.trouble, self._approvals)
            return ()
        self.trouble = None
        known = read_record(self.workspace)
        entries = {entry.folder: entry for entry in known.entries}
        self._follow_renamed_and_removed(entries, folders)
        statuses = []
        for name, folder in sorted(folders.items()):
            with suppress(FolderUnreachable):
                statuses.append(self._look_at(name, folder, entries))
        record = InboxRecord(entries=tuple(entries[name] for name in sorted(entries)))
        if record != known:
            save_document(self.workspace / RECORD, record)
        write_overview(self.workspace, self.inbox, statuses, self.now(), self.language, approvals=self._approvals)
        return tuple(statuses)

    def _look_at(self, name: str, folder: Path, entries: dict[str, InboxEntry]) -> StoryStatus:
        snapshot, entry = take_snapshot(folder), entries.get(name)
        verdict = self._verdict(name, folder, snapshot, entry)
        trouble = None
        try:
            if isinstance(verdict, Settled) and (entry is None or entry.fingerprint != snapshot.fingerprint):
                entry = self._begin(folder, snapshot, entry)
            elif entry is not None:
                entry = self._follow(folder, snapshot, entry)
        except FieldCutError as error:
            if isinstance(error, DiskFault):
                raise
            trouble = error.message
        if entry is not None:
            entries[name] = entry
        anew = isinstance(verdict, Settled) and entry is not None and not entry.settled and entry.fingerprint != snapshot.fingerprint
        status = self._status(name, verdict, entry, trouble, anew=anew)
        with suppress(DiskFault):  # a share that may only be read
            write_status_page(folder, status, self.language)
        return status

    def _verdict(self, name: str, folder: Path, snapshot: FolderSnapshot, entry: InboxEntry | None) -> Verdict:
        """Whether the folder is complete; one whose files were begun with is."""
        if entry is not None and entry.fingerprint == snapshot.fingerprint:
            return Settled()
        watch = self._watches.setdefault(name, FolderWatch(self.quiet_s, self.give_up_s))
        known_mark = entry.done_mark if entry else 0
        return watch.look(snapshot, self.elapsed_s(), lambda file: _is_whole(folder / file, file), known_mark=known_mark)

    def _begin(self, folder: Path, snapshot: FolderSnapshot, entry: InboxEntry | None) -> InboxEntry:
        """Order a run of a folder whose files are new. A run of its earlier files is ended first."""
        if entry is None:
            job = new_job(folder, self.workspace, {"language": self.language}, self.now())
            entry = InboxEntry(folder=folder.name, story=job.story)
        if not entry.settled and self.runs.state(entry.run) != "ended":
            self.runs.cancel(entry.run)
            return entry
        return self._order(folder, snapshot, entry.model_copy(update={"fingerprint": snapshot.fingerprint, "attempt": 0}))

    def _order(self, folder: Path, snapshot: FolderSnapshot, entry: InboxEntry) -> InboxEntry:
        facts = {"attempt": entry.attempt + 1, "done_mark": snapshot.done_mark, "sheet": sheet_state(self.workspace), "settled": False}
        ordered = entry.model_copy(update=facts)
        return ordered.model_copy(update={"run": self.runs.order(folder, ordered.story, ordered.key)})

    def _follow(self, folder: Path, snapshot: FolderSnapshot, entry: InboxEntry) -> InboxEntry:
        """See whether a run has ended, whether it died, and whether an answer has come that it waits for."""
        if not entry.settled and self.runs.state(entry.run) == "ended":
            entry = entry.model_copy(update={"settled": True})
            if self._has_died(entry) and entry.attempt < MOST_ATTEMPTS:
                return self._order(folder, snapshot, entry)
            if self._has_died(entry):
                self._tell_of_deaths(entry)
        if entry.settled and entry.fingerprint:
            run = self._run_of(entry)
            if run is not None and run.state == "needs_person" and entry.sheet != sheet_state(self.workspace):
                return self._order(folder, snapshot, entry)
        return entry

    def _tell_of_deaths(self, entry: InboxEntry) -> None:
        from pipeline.actions.story_notifications import notify_run_failure  # the stages: not for a watch that has nothing to tell

        notify_run_failure(self.workspace, entry.story, Fault(_deaths(entry)), self.now())

    @property
    def _approvals(self) -> list[WaitingApproval]:
        """What waits for a yes, its places as people call them."""
        return [replace(one, place=named_place(one.place, self.language)) for one in self.approvals]

    def _has_died(self, entry: InboxEntry) -> bool:
        run = self._run_of(entry)
        return run is None or run.state == "working"

    def _run_of(self, entry: InboxEntry) -> StoryRun | None:
        """The record of the run that was ordered last, or of one by hand after it; None before it has begun."""
        run = read_run(self.workspace / "stories" / entry.story)
        by_hand = run is not None and entry.settled and run.key.startswith(BY_HAND)
        return run if run is not None and (by_hand or run.key == entry.key) else None

    def _status(self, name: str, verdict: Verdict, entry: InboxEntry | None, trouble: Message | None, *, anew: bool) -> StoryStatus:
        run = self._run_of(entry) if entry and not anew else None
        if entry is not None and entry.settled and entry.fingerprint and self._has_died(entry) and trouble is None:
            trouble = _deaths(entry)
        queued = entry is not None and not entry.settled and run is None
        waits = tuple(one.place for one in self._approvals if entry is not None and one.story == entry.story)
        return StoryStatus(
            name=name, at=self.now(), verdict=verdict, run=run, queued=queued, trouble=trouble, waits_for_yes=waits, anew=anew
        )  # fmt: skip

    def _follow_renamed_and_removed(self, entries: dict[str, InboxEntry], folders: dict[str, Path]) -> None:
        """Let a folder with another name keep its story, and end the run of one that was taken away."""
        gone = [entry for name, entry in entries.items() if name not in folders]
        if not gone:
            return
        fresh = {}
        for name in folders.keys() - entries.keys():
            with suppress(FolderUnreachable):
                fresh[take_snapshot(folders[name]).fingerprint] = name
        for entry in gone:
            if entry.fingerprint and (new_name := fresh.get(entry.fingerprint)):
                entries[new_name] = entry.model_copy(update={"folder": new_name})
                self._watches[new_name] = self._watches.pop(entry.folder, FolderWatch(self.quiet_s, self.give_up_s))
            elif not entry.settled:
                self.runs.cancel(entry.run)
            self._watches.pop(entry.folder, None)
            del entries[entry.folder]


def _deaths(entry: InboxEntry) -> Message:
    return M("The run ended without a word {count} times. Ask whoever looks after FieldCut.", count=entry.attempt)


def _is_whole(path: Path, name: str) -> bool:
    """Whether a file is complete as far as that can be seen: it can be read, is not all zeros as space that was only reserved, and a film
    has all that its header says."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if path.suffix.lower() in NOTES:
            return True
        if not any(head):
            return False
        probe(path, name, "")
    except UnusableFile as unusable:
        return unusable.kind not in NOT_WHOLE
    except OSError:
        return False
    return True
