"""Runs of stories, ordered from the Prefect server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from flows.prefect_api import FINAL, PrefectApi
from pipeline.actions.run_record import BY_HAND
from pipeline.actions.watch_inbox import RunProgressState
from pipeline.actions.workspace_sheet import workspace_sheet
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import Fault

MAKE_STORY = "make-story/make-story"
"""Flow and deployment by whose name a story is ordered."""
UNBEGUN = {"SCHEDULED", "PENDING", "PAUSED"}


class PrefectStoryRuns:
    """Orders and follows runs of `make-story`; see `StoryRuns`."""

    def __init__(self, api: PrefectApi, workspace: Path, language: Literal["zh", "en"], **options: str | float) -> None:
        """options: parameters of the flow that every order gets."""
        self._api, self._workspace = api, workspace.resolve()
        self._options = {"language": language, **options}

    def order(self, folder: Path, story: str, key: str) -> str:
        """Order a run; the server makes one for each key. Raises Fault when the server does not answer or knows no such deployment."""
        sheet = workspace_sheet(self._workspace)
        parameters = {"folder": str(folder.resolve()), "workspace": str(self._workspace), "story": story, "order": key, **self._options}
        if sheet is not None:
            parameters["catalog"] = str(sheet.resolve())
        return self._ordered(key, story, parameters)

    def order_by_hand(self, job: Job, key: str, options: Mapping[str, str | float]) -> str:
        """Order a run that a person asked for. options: parameters of the flow. Raises as `order` does."""
        parameters = {"folder": job.source, "workspace": str(self._workspace), "story": job.story, "order": key, **self._options, **options}
        return self._ordered(key, job.story, parameters)

    def by_hand(self, story: str) -> list[tuple[str, str]]:
        """The runs of a story that a person asked for and that have not ended: of each its id and the key of its order."""
        query = {"flows": {"name": {"any_": [MAKE_STORY.split("/")[0]]}}, "flow_runs": {"state": {"type": {"not_any_": sorted(FINAL)}}}}
        asked = [(str(run["id"]), run["parameters"]) for run in self._api.find_runs(query)]
        orders = [(run, str(of.get("order", ""))) for run, of in asked if of.get("story") == story]
        return [(run, key) for run, key in orders if key.startswith(BY_HAND)]

    def _ordered(self, key: str, story: str, parameters: Mapping[str, str | float]) -> str:
        run = self._api.order_run(MAKE_STORY, key, story, parameters)
        if run is None:
            raise Fault(M("The Prefect server does not know {name} yet. It is set up when `fieldcut up` starts.", name=MAKE_STORY))
        return run

    def state(self, run: str) -> RunProgressState:
        """Where a run stands."""
        state = self._api.run_state(run) if run else None
        return "ended" if state is None else "waiting" if state in UNBEGUN else "working"

    def cancel(self, run: str) -> None:
        """Cancel a run: one that has not begun at once, another through its worker."""
        if run and (state := self.state(run)) != "ended":
            kind = "CANCELLED" if state == "waiting" else "CANCELLING"
            self._api.post(f"/flow_runs/{run}/set_state", {"state": {"type": kind}})
