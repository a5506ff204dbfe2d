"""Rows to records and back."""

from typing import Any

from sqlalchemy import Row

from pipeline.documents.message import Message
from pipeline.documents.release import Release
from pipeline.publish.ledger.records import Actor, Entry, Transition
from pipeline.publish.ledger.states import State, Who


def sameness(release: Release) -> dict[str, str]:
    """The columns by which two releases are the same post."""
    return {
        "video_sha256": release.video.sha256,
        "captions_sha256": release.captions_sha256,
        "platform": release.platform,
        "account": release.account,
    }


def row_of(entry: Entry) -> dict[str, object]:
    """The columns that a move changes."""
    return {
        "document": entry.release.model_dump_json(),
        "state": entry.state.value,
        "step": entry.step,
        "attempt": entry.attempt,
        "since": entry.since,
        "who": entry.by.who.value,
        "actor": entry.by.name,
        "run": entry.run,
        "reason": entry.reason.model_dump_json() if entry.reason else None,
        "post_id": entry.post_id,
        "link": entry.link,
        "evidence": entry.evidence,
        "claimed_by": entry.claimed_by,
        "next_at": entry.next_at,
    }


def entry_of(row: Row[Any]) -> Entry:
    """A row of `releases`."""
    kept = row._mapping
    return Entry(
        release=Release.from_json(kept["document"]),
        state=State(kept["state"]),
        by=Actor(who=Who(kept["who"]), name=kept["actor"]),
        reason=Message.model_validate_json(kept["reason"]) if kept["reason"] else None,
        **{name: kept[name] for name in ("step", "attempt", "edition", "since", "run", "post_id", "link", "evidence", "claimed_by")},
        **{name: kept[name] for name in ("next_at", "created_at")},
    )


def transition_of(row: Row[Any]) -> Transition:
    """A row of `transitions`."""
    kept = row._mapping
    return Transition(
        before=State(kept["before"]) if kept["before"] else None,
        after=State(kept["after"]),
        by=Actor(who=Who(kept["who"]), name=kept["actor"]),
        reason=Message.model_validate_json(kept["reason"]) if kept["reason"] else None,
        **{name: kept[name] for name in ("release_id", "step", "attempt", "at", "run", "request_id", "essence")},
    )
