"""What each stage of a story took, for the report and the next estimate."""

import json

from pipeline.store import write_atomically
from pipeline.workspace import StoryContext


def save_stage_seconds(context: StoryContext, stage: str, seconds: float) -> None:
    """Keep what a stage took."""
    times = {**stage_seconds(context), stage: round(seconds, 2)}
    write_atomically(context.story / "seconds.json", json.dumps(times))


def stage_seconds(context: StoryContext) -> dict[str, float]:
    """Seconds per stage of this story's last run."""
    try:
        times = json.loads((context.story / "seconds.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): float(value) for name, value in times.items()} if isinstance(times, dict) else {}
