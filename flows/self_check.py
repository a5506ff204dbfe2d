"""`fieldcut up --prove`: whether everything that shall run by itself does so on this machine, shown in a workspace of its own.

A second `fieldcut up` is started beside whatever runs: a schedule must fire, a small story dropped into its inbox must become a video, a
planned post must be on a shelf at its second, and when it is ended nothing of it may be left.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flows.prefect_api import PrefectApi
from flows.supervisor import ENDS_WITHIN_S, ask_to_end
from flows.supervisor_files import HOME, running_api
from pipeline import system
from pipeline.actions.load_campaign import load_campaign
from pipeline.actions.run_record import read_run
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.message import M, Message
from pipeline.errors import Fault, FieldCutError
from pipeline.publish.ledger import PUBLIC, Actor, Entry, Who
from pipeline.resources import ASSETS
from pipeline.settings import using_zone_of

STORY, CLIPS = "FieldCut-check", ("VID_20261018_081200.mp4", "果园 远景.mp4")
STORY_SETTINGS = 'width = 270\nheight = 480\npreset = "draft"\nmax_seconds = 9.0\nmusic = "none"\nproduct = "YL-PG-05"\n'
START_S, FIRES_S, VIDEO_S, AHEAD_S, LATE_S = 300.0, 150.0, 900.0, 150.0, 2.0
"""Patience: for the start, for a schedule of every minute, for the video on an old laptop; the planned post's lead; how late it may be."""
LOOK_EVERY_S = 0.5
CHECKED_BY = Actor(who=Who.PERSON, name="fieldcut up --prove")


@dataclass
class SelfCheck:
    """One check. tell: shows a line to the person at the screen."""

    tell: Callable[[Message], None]
    language: str

    def run(self) -> None:
        """Check everything. Raises Fault with what did not come true."""
        with tempfile.TemporaryDirectory(prefix="fieldcut-check-", ignore_cleanup_errors=True) as folder:
            workspace = Path(folder).resolve() / "workspace"
            _set_up(workspace)
            process, log = self._start(workspace)
            try:
                with PrefectApi(self._address(workspace, process)) as api, using_zone_of(workspace) as zone:
                    self.tell(M("✓ It starts."))
                    _add_schedule(api)
                    _drop(workspace)
                    self._until(FIRES_S, lambda: _has_fired(api), M("A schedule did not fire."))
                    self.tell(M("✓ A schedule fires."))
                    self._until(VIDEO_S, lambda: _is_ready(workspace), M("The small story did not become a video."))
                    self.tell(M("✓ A dropped folder became a video."))
                    late_s = self._post(workspace, datetime.now(zone))
                    self.tell(M("✓ A planned post went out {seconds} s after its hour.", seconds=f"{late_s:.1f}"))
            except FieldCutError as error:
                raise Fault(M("{what} The log is:\n{log}", what=error.message, log=_end_of(log))) from error
            finally:
                ended = ask_to_end(workspace, ENDS_WITHIN_S)
                system.end_child(process)
            if not ended or (left := _left_over(workspace)):
                raise Fault(M("It did not end: {processes}", processes=", ".join(left) if ended else "–"))
            self.tell(M("✓ It ended, and nothing of it is left."))

    def _start(self, workspace: Path) -> "tuple[subprocess.Popen[bytes], Path]":
        log = workspace / "up.log"
        command = [sys.executable, "-m", "flows.cli", "up", "--workspace", str(workspace), "--lang", self.language]
        with log.open("wb") as out:
            return system.start_child(command, stdout=out, stderr=subprocess.STDOUT, session=True), log

    def _address(self, workspace: Path, process: "subprocess.Popen[bytes]") -> str:
        def address() -> str | None:
            if process.poll() is not None:
                raise Fault(M("It did not start."))
            # The watch is what starts last.
            return running_api(workspace) if (workspace / HOME / "logs" / "watcher.log").is_file() else None

        return str(self._until(START_S, address, M("It did not start.")))

    def _post(self, workspace: Path, now: datetime) -> float:
        """Plan a post of the story for a minute that comes soon. Returns how many seconds after its hour it was out."""
        hour = (now + timedelta(seconds=AHEAD_S)).replace(second=0, microsecond=0)
        plan = workspace / "plan.csv"
        plan.write_text(f"日期,时间,故事,平台,账号\n{hour:%Y-%m-%d},{hour:%H:%M},{STORY},shelf,check\n", encoding="utf-8")
        report = load_campaign(workspace, plan, "", "ask", CHECKED_BY, now, self.language)
        if report.person_needed:
            raise Fault(M("{lines}", lines="\n".join(report.lines)))
        found = self._until(AHEAD_S + 120.0, lambda: _published(workspace), M("The planned post did not go out."))
        assert isinstance(found, Entry)
        late_s = (found.since - hour).total_seconds()
        if not 0 <= late_s <= LATE_S:
            raise Fault(M("The planned post went out {seconds} s after its hour.", seconds=f"{late_s:.1f}"))
        return late_s

    def _until(self, seconds: float, look: Callable[[], Any], else_say: Message) -> Any:
        until = time.monotonic() + seconds
        while not (seen := look()):
            if time.monotonic() > until:
                raise Fault(else_say)
            time.sleep(LOOK_EVERY_S)
        return seen


def _set_up(workspace: Path) -> None:
    shelf = workspace / "checked-shelf"
    shelf.mkdir(parents=True)
    shutil.copyfile(ASSETS / "demo" / "catalog.csv", workspace / "catalog.csv")
    settings = f'[inbox]\nquiet_seconds = 1\n\n[accounts."shelf:check"]\naddress = "{shelf.as_uri()}"\n'
    (workspace / "fieldcut.toml").write_text(settings, encoding="utf-8")


def _drop(workspace: Path) -> None:
    folder = workspace / "inbox" / STORY
    folder.mkdir(parents=True, exist_ok=True)
    for name in CLIPS:
        shutil.copyfile(ASSETS / "demo" / "story" / name, folder / name)
    (folder / "story.toml").write_text(STORY_SETTINGS, encoding="utf-8")
    (folder / "done").touch()


def _add_schedule(api: PrefectApi) -> None:
    deployment = api.get("/deployments/name/clean-up/clean-up")
    schedule = {"schedule": {"cron": "* * * * *", "timezone": "UTC"}, "active": True, "slug": "check"}
    api.post(f"/deployments/{deployment['id']}/schedules", [schedule])


def _has_fired(api: PrefectApi) -> bool:
    """Whether a run that a schedule ordered has come to its end."""
    wanted = {"state": {"type": {"any_": ["COMPLETED"]}}, "deployment_id": {"any_": [api.get("/deployments/name/clean-up/clean-up")["id"]]}}
    return any(run["auto_scheduled"] for run in api.find_runs({"flow_runs": wanted}))


def _is_ready(workspace: Path) -> bool:
    run = read_run(workspace / "stories" / STORY)
    if run is not None and run.state in ("failed", "needs_person"):
        raise Fault(M("{parts}", parts=run.said))
    return run is not None and run.state == "ready" and Path(run.video).is_file()


def _published(workspace: Path) -> Entry | None:
    with open_workspace_ledger(workspace) as ledger:
        held = next((record.note for record in ledger.posts.of() if record.state == "held"), None)
        if held is not None:
            raise Fault(held)
        entries = ledger.releases(account="check")
    return next((entry for entry in entries if entry.state in PUBLIC), None)


def _left_over(workspace: Path) -> list[str]:
    """The processes whose command line names the workspace: none may be left. Empty also where the system has no `ps`."""
    if shutil.which("ps") is None:
        return []
    listed = subprocess.run(["ps", "-Ao", "pid=,args="], capture_output=True, check=False).stdout
    return [line.strip()[:120] for line in listed.decode(errors="replace").splitlines() if str(workspace) in line]


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]) if log.is_file() else ""
