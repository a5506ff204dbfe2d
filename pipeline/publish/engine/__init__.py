"""The release engine: from a prepared release to live, failed or uncertain, once and only once.

In: a release that the ledger holds, and an `EngineContext` (ledger, platforms, accounts, clock, rules). Out: its state. `deliver` drives
one release, `work_on_due` all that are due (`work_on` one of them), `settle` only looks up; `settle_by_person` records what a person saw.
"""

from pipeline.publish.engine.account_access import AccountAccess, NoAccounts
from pipeline.publish.engine.approval import ApprovalMissing, approval_question, ask_for_approval, lacks_approval, wait_for_approval
from pipeline.publish.engine.context import EngineContext, PublishRules, approval_subject
from pipeline.publish.engine.deliver import deliver, first_attempt_at
from pipeline.publish.engine.fit_to_limits import cannot_fit, fit
from pipeline.publish.engine.kin import kin_message, standing_kin
from pipeline.publish.engine.leftovers import Leftover, find_leftovers, remove_leftover
from pipeline.publish.engine.preflight import standing_problems
from pipeline.publish.engine.release_job import account_name
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.engine.settle import look_up_replaced, record_correction, settle, settle_by_person, work_on, work_on_due
from pipeline.publish.engine.take_down import can_take_down, record_taken_down, take_down, taken_down_by_person

__all__ = [
    "AccountAccess",
    "ApprovalMissing",
    "EngineContext",
    "Leftover",
    "NoAccounts",
    "PublishRules",
    "RetryPolicy",
    "account_name",
    "approval_question",
    "approval_subject",
    "ask_for_approval",
    "can_take_down",
    "cannot_fit",
    "deliver",
    "find_leftovers",
    "first_attempt_at",
    "fit",
    "kin_message",
    "lacks_approval",
    "look_up_replaced",
    "record_correction",
    "record_taken_down",
    "remove_leftover",
    "settle",
    "settle_by_person",
    "standing_kin",
    "standing_problems",
    "take_down",
    "taken_down_by_person",
    "wait_for_approval",
    "work_on",
    "work_on_due",
]
