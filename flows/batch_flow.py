"""What every run of a batch does around its work, in the process that a worker on another machine started for it."""

from collections.abc import Callable
from datetime import UTC, datetime

from prefect import State
from prefect.states import Completed, Failed

from flows.batch_machine import BatchMachine
from flows.worker_process import end_with_worker
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.work_batches import BatchResult, keep_small
from pipeline.language import say
from pipeline.store.shared import SharedStore

GB = 1_000_000_000


def in_batch(work: Callable[[BatchMachine, SharedStore], BatchResult], language: str) -> State[str]:
    """Do a batch. It completes with how much there was to do, and fails with one line; afterwards the machine's store is kept small."""
    end_with_worker()
    machine, began = BatchMachine.here(), datetime.now(UTC)
    try:
        store = machine.store()
        result = work(machine, store)
    except Exception as error:
        return Failed(message=say(as_fieldcut_error(error, machine.cache).message, language))
    keep_small(store, int(machine.cache_gb * GB), began, datetime.now(UTC))
    return Completed(message=f"{result.missing}/{result.asked}", data=f"{result.missing}/{result.asked}")
