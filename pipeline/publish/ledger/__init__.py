"""The ledger: every release is posted once and only once, because of what stands here before each call.

In: `Release` documents and what platforms and people answered. Out: `Entry` (where a release stands), its history, what is due, and
what a person must do. `open_ledger` opens it; `MOVES` is the table of who may move a release from where to where.
"""

from pipeline.network.quota import QuotaSpent, QuotaWindow
from pipeline.network.redacted_response import public_link, redacted_response
from pipeline.publish.ledger.errors import AlreadyReleased, ForbiddenMove, Leased, LeaseLost, Sealed, Taken
from pipeline.publish.ledger.ledger import AGAIN, Ledger, open_ledger
from pipeline.publish.ledger.records import Actor, Approval, Approved, Entry, Override, PersonTask, Progress, RecordedConsent, Transition
from pipeline.publish.ledger.states import FINAL, IN_FLIGHT, MOVES, PUBLIC, RESUMABLE, RETRIED, May, State, Who, state_name
from pipeline.secrets.cipher import Cipher

__all__ = [
    "AGAIN",
    "FINAL",
    "IN_FLIGHT",
    "MOVES",
    "PUBLIC",
    "RESUMABLE",
    "RETRIED",
    "Actor",
    "AlreadyReleased",
    "Approval",
    "Approved",
    "Cipher",
    "Entry",
    "ForbiddenMove",
    "LeaseLost",
    "Leased",
    "Ledger",
    "May",
    "Override",
    "PersonTask",
    "Progress",
    "QuotaSpent",
    "QuotaWindow",
    "RecordedConsent",
    "Sealed",
    "State",
    "Taken",
    "Transition",
    "Who",
    "open_ledger",
    "public_link",
    "redacted_response",
    "state_name",
]
