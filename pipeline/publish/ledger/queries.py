"""The questions that are asked of the releases' table."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from pipeline.documents.release import Release
from pipeline.publish.ledger.rows import identity_columns
from pipeline.publish.ledger.states import FINAL, State
from pipeline.publish.ledger.tables import releases

WAITING_FOR_NEXT_LOOK = frozenset({State.UNCERTAIN, State.LIVE, State.LIVE_WITHOUT_CART})
"""States that are due only when a time for the next look-up was set."""
DRIVEN_BY_WORKER = frozenset(State) - FINAL - WAITING_FOR_NEXT_LOOK - {State.HANDED_OVER, State.CLAIMED}


def matching(story: str | None, platform: str | None, account: str | None, *, open_only: bool) -> Select[Any]:
    """The releases that match, the oldest first. open_only: without those in a final state."""
    query = select(releases).order_by(releases.c.created_at, releases.c.id)
    for column, value in ((releases.c.story, story), (releases.c.platform, platform), (releases.c.account, account)):
        if value is not None:
            query = query.where(column == value)
    return query.where(releases.c.state.not_in([state.value for state in FINAL])) if open_only else query


def of_same_video(release: Release) -> Select[Any]:
    """Every release of the same video for the same account, the oldest first."""
    identity = identity_columns(release)
    same = (releases.c[name] == identity[name] for name in ("video_sha256", "platform", "account"))
    return select(releases).where(*same).order_by(releases.c.created_at, releases.c.id)


def of_same_post(release: Release) -> Select[Any]:
    """Every release of the same video with the same words for the same account, the first edition first."""
    same = (releases.c[name] == value for name, value in identity_columns(release).items())
    return select(releases).where(*same).order_by(releases.c.edition)


def due_at(now: datetime) -> Select[Any]:
    """The releases that a worker may take up, the longest waiting first."""
    driven = releases.c.state.in_([state.value for state in DRIVEN_BY_WORKER])
    looked_at = releases.c.state.in_([state.value for state in WAITING_FOR_NEXT_LOOK])
    ready = or_(releases.c.next_at.is_(None), releases.c.next_at <= now)
    query = select(releases).where(or_(driven & ready, looked_at & (releases.c.next_at <= now)))
    return query.order_by(func.coalesce(releases.c.next_at, releases.c.since), releases.c.id)
