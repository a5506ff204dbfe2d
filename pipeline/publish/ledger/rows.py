"""Conversion between the database's rows and the ledger's records."""

from typing import Any

from sqlalchemy import Row

from pipeline.documents.message import Message
from pipeline.documents.release import Release
from pipeline.publish.ledger.records import Actor, Entry, Transition
from pipeline.publish.ledger.states import State, Who


def identity_columns(release: Release) -> dict[str, str]:
    """Return the columns by which two releases are the same post."""
    return {
        "video_sha256": release.video.sha256,
        "captions_sha256": release.captions_sha256,
        "platform": release.platform,
        "account": release.account,
    }


def row_of(entry: Entry) -> dict[str, object]:
    """Return the columns that a move changes."""
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
    """Return the entry of a row of `releases`."""
    columns = row._mapping
    return Entry(
        release=Release.from_json(columns["document"]),
        state=State(columns["state"]),
        by=Actor(who=Who(columns["who"]), name=columns["actor"]),
        reason=Message.model_validate_json(columns["reason"]) if columns["reason"] else None,
        **{name: columns[name] for name in ("step", "attempt", "edition", "since", "run", "post_id", "link", "evidence", "claimed_by")},
        **{name: columns[name] for name in ("next_at", "created_at")},
    )


def transition_of(row: Row[Any]) -> Transition:
    """Return the transition of a row of `transitions`."""
    columns = row._mapping
    return Transition(
        before=State(columns["before"]) if columns["before"] else None,
        after=State(columns["after"]),
        by=Actor(who=Who(columns["who"]), name=columns["actor"]),
        reason=Message.model_validate_json(columns["reason"]) if columns["reason"] else None,
        **{name: columns[name] for name in ("release_id", "step", "attempt", "at", "run", "request_id", "essence")},
    )
