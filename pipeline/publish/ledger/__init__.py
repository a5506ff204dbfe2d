"""The ledger: every release is posted once and only once, because its state is written here before each call.

In: `Release` documents and what platforms and people answered. Out: `Entry` (where a release stands), its history, what is due, and
what a person must do. `open_ledger` opens it; `MOVES` is the table of who may move a release from where to where.
"""

from pipeline.publish.ledger.errors import (
    AlreadyDecided,
    AlreadyReleased,
    ForbiddenMove,
    LeaseLost,
    ProgressUnreadable,
    ReleaseLeased,
    StaleEntry,
)
from pipeline.publish.ledger.ledger import REPOST, Ledger, open_ledger
from pipeline.publish.ledger.records import (
    Actor,
    Approval,
    ApprovalAnswer,
    ApprovalDecision,
    ApprovalWay,
    Approved,
    Entry,
    Override,
    PersonTask,
    PlanState,
    Progress,
    RecordedConsent,
    RecordedPost,
    Transition,
)
from pipeline.publish.ledger.states import FINAL, IN_FLIGHT, MOVES, PUBLIC, RESUMABLE, RETRIED, Movers, State, Who, state_name

__all__ = [
    "FINAL",
    "IN_FLIGHT",
    "MOVES",
    "PUBLIC",
    "REPOST",
    "RESUMABLE",
    "RETRIED",
    "Actor",
    "AlreadyDecided",
    "AlreadyReleased",
    "Approval",
    "ApprovalAnswer",
    "ApprovalDecision",
    "ApprovalWay",
    "Approved",
    "Entry",
    "ForbiddenMove",
    "LeaseLost",
    "Ledger",
    "Movers",
    "Override",
    "PersonTask",
    "PlanState",
    "Progress",
    "ProgressUnreadable",
    "RecordedConsent",
    "RecordedPost",
    "ReleaseLeased",
    "StaleEntry",
    "State",
    "Transition",
    "Who",
    "open_ledger",
    "state_name",
]
