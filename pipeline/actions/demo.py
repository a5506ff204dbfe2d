"""`fieldcut demo`: the material that comes with FieldCut, made into a story like any other."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline.actions.make import make_story, repeat_story
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.resources import ASSETS

STORY = "demo"
MATERIAL = ASSETS / "demo" / "story"
CATALOG = ASSETS / "demo" / "catalog.csv"


def make_demo_story(workspace: Path, options: Mapping[str, object], now: datetime, progress: RunProgress) -> Outcome:
    """Make the demo story. Its speaker is drawn, and those who drew her have looked: nobody is asked whose face it is.

    Raises as `make_story` does, and what opening the ledger raises.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    asked = {"catalog": str(CATALOG), **options}
    again = repeat_story(MATERIAL, workspace, asked, now, progress, story=STORY)
    if again is not None:
        return again
    _note_who_looked(workspace, now)
    return make_story(MATERIAL, workspace, asked, now, "", progress, story=STORY)


def _note_who_looked(workspace: Path, now: datetime) -> None:
    from pipeline.actions.workspace_ledger import open_workspace_ledger  # loads the database
    from pipeline.publish.ledger import Actor, Who

    with open_workspace_ledger(workspace) as ledger:
        if not ledger.consents.of(STORY, withdrawn=True):
            ledger.consents.record(STORY, "", "", by=Actor(who=Who.PERSON, name="FieldCut"), at=now)
