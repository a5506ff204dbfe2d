"""A part of a long video, rendered on another machine than the one that makes the story."""

from prefect import State, flow

from flows.batch_flow import in_batch
from flows.batch_machine import BatchMachine
from pipeline.actions.work_batches import BatchResult, make_chunk_batch
from pipeline.render import CpuBudget
from pipeline.store.shared import SharedStore


@flow(name="render-batch", retries=0, persist_result=False)
def render_batch(batch: str, language: str = "zh") -> State[str]:
    """Render a batch of chunks. batch: its name in the shared store. What it leaves undone the story's own machine does."""

    def work(machine: BatchMachine, store: SharedStore) -> BatchResult:
        return make_chunk_batch(store, batch, CpuBudget(threads=machine.threads))

    return in_batch(work, language)
