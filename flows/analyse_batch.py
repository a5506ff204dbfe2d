"""Clips of a big story, judged on another machine than the one that makes the story."""

from prefect import State, flow

from flows.batch_flow import in_batch
from pipeline.actions.work_batches import make_clip_batch


@flow(name="analyse-batch", retries=0, persist_result=False)
def analyse_batch(batch: str, language: str = "zh") -> State[str]:
    """Judge picture and sound of a batch of clips. batch: its name in the shared store. What it leaves undone the story's machine does."""
    return in_batch(lambda _, store: make_clip_batch(store, batch), language)
