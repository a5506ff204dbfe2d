"""`fieldcut cancel`: ends the run of one story that is under way."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.run_record import read_run, save_stopped
from pipeline.actions.watch_inbox import StoryRuns, read_record
from pipeline.documents.message import M
from pipeline.errors import UserMistake


def cancel_story(workspace: Path, story: str, runs: StoryRuns, now: datetime) -> None:
    """End the run of a story that was dropped into the inbox. It is made again when its clips change.

    Raises UserMistake when nothing of that name is under way, DiskFault when that cannot be noted.
    """
    entry = next((entry for entry in read_record(workspace).entries if story in (entry.story, entry.folder)), None)
    if entry is None or entry.settled or runs.state(entry.run) == "ended":
        raise UserMistake(M("No run of {story} is under way.", story=story))
    folder = workspace / "stories" / entry.story
    known = read_run(folder)
    # Noted first, also for a run that has not begun: what ends without a word is taken for dead and begun again.
    save_stopped(folder, entry.key, known.began_at if known is not None and known.key == entry.key else now, now)
    runs.cancel(entry.run)
