"""What a flow does first in the process that a worker started for it."""

import os

from pipeline.system import end_with_parent


def end_with_worker() -> None:
    """Have this process end with its worker, however that ends: a run that outlives it would go on beside the one that replaces it."""
    if os.environ.get("PREFECT__FLOW_RUN_ID"):  # only there did a worker start it
        end_with_parent()
