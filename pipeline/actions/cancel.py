"""`fieldcut cancel`: ends the runs of one story that are under way."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from pipeline.actions.run_record import read_run, save_stopped
from pipeline.actions.watch_inbox import StoryRuns, read_record
from pipeline.documents.message import M
from pipeline.errors import UserMistake


class CancellableRuns(StoryRuns, Protocol):
    """Runs among which those are found that a person ordered."""

    def by_hand(self, story: str) -> list[tuple[str, str]]:
        """The runs of a story that a person asked for and that have not ended: of each its id and the key of its order."""


def cancel_story(workspace: Path, story: str, runs: CancellableRuns, now: datetime) -> None:
    """End the runs of a story: of one that was dropped into the inbox, which is made again when its clips change, or of one made by hand.

    Raises UserMistake when nothing of that name is under way, DiskFault when that cannot be noted.
    """
    under_way = [(story, run, key) for run, key in runs.by_hand(story)]
    entry = next((entry for entry in read_record(workspace).entries if story in (entry.story, entry.folder)), None)
    if entry is not None and not entry.settled and runs.state(entry.run) != "ended":
        under_way.append((entry.story, entry.run, entry.key))
    if not under_way:
        raise UserMistake(M("No run of {story} is under way.", story=story))
    for name, run, key in under_way:
        folder = workspace / "stories" / name
        known = read_run(folder)
        # Noted first, also for a run that has not begun: what ends without a word is taken for dead and begun again.
        save_stopped(folder, key, known.began_at if known is not None and known.key == key else now, now)
        runs.cancel(run)
