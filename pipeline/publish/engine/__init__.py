"""The release engine: from a prepared release to live, failed or uncertain, once and only once.

In: a release that the ledger holds, and `EngineContext` (ledger, platforms, accounts, clock, rules). Out: its state. `deliver` drives one
release, `work` whatever is due (`work_on` one of that), `settle` only asks; `settle_by_person` writes down what a person saw. Adapters
send with `http.send`.
"""

from pipeline.network.clock import Clock, SystemClock
from pipeline.publish.engine.account_access import Access, AccountAccess, NoAccounts
from pipeline.publish.engine.context import EngineContext, PublishRules, shown
from pipeline.publish.engine.deliver import deliver, first_touch
from pipeline.publish.engine.fit_to_limits import cannot_fit, fit
from pipeline.publish.engine.release_job import account_name
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.engine.settle import settle, settle_by_person, work, work_on

__all__ = [
    "Access",
    "AccountAccess",
    "Clock",
    "EngineContext",
    "NoAccounts",
    "PublishRules",
    "RetryPolicy",
    "SystemClock",
    "account_name",
    "cannot_fit",
    "deliver",
    "first_touch",
    "fit",
    "settle",
    "settle_by_person",
    "shown",
    "work",
    "work_on",
]
