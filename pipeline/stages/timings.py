"""What each stage of a story took, for the report and the next estimate."""

import json

from pipeline.store import write_atomically
from pipeline.workspace import Bench


def note_seconds(bench: Bench, stage: str, seconds: float) -> None:
    """Keep what a stage took."""
    times = {**seconds_of(bench), stage: round(seconds, 2)}
    write_atomically(bench.story / "seconds.json", json.dumps(times))


def seconds_of(bench: Bench) -> dict[str, float]:
    """Seconds per stage of this story's last run."""
    try:
        times = json.loads((bench.story / "seconds.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): float(value) for name, value in times.items()} if isinstance(times, dict) else {}
