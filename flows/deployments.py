"""What Prefect may run of FieldCut: the deployments, with what people read of them, and their setting up.

uv run python -m flows.deployments WORKSPACE [zh|en]       # sets up the server that PREFECT_API_URL names
uv run python -m flows.deployments --yaml > prefect.yaml  # for `prefect deploy` on a server of one's own
uv run python -m flows.deployments --picture              # the picture in docs/flows.md

Setting up twice changes nothing. A schedule that a person paused stays paused; one that is no longer defined here is deleted. Every
schedule has a slug, by which the server knows it again.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from flows.prefect_api import PrefectApi
from pipeline.documents.job import HOME_TIMEZONE
from pipeline.resources import fieldcut_version
from pipeline.settings import read_settings

POOL = "fieldcut"
"""The work pool: processes on this machine."""
OWN_WORKER = "fieldcut"
"""The name of the worker that `fieldcut up` keeps."""
DEFAULT, PUBLISH, RENDER = "default", "publish", "render"
"""The pool's queues by need: what belongs to the workspace, what talks to platforms (it needs the workspace's logins), what any machine
with processors can do."""
OWN_QUEUES, SPREAD_QUEUES = (DEFAULT, PUBLISH), (RENDER,)
"""The queues that `fieldcut up` serves, and those that are served by other machines (`fieldcut worker`)."""
SET_UP_FILE = "fieldcut-deployments.json"
"""In PREFECT_HOME: the hash of the definitions that were set up last."""


@dataclass(frozen=True)
class CronSchedule:
    """Runs by the clock of a time zone. slug: its lasting name, in lower case with hyphens."""

    slug: str
    cron: str
    timezone: str


@dataclass(frozen=True)
class FlowDeployment:
    """One flow that can be run. entrypoint: module and function. zh, en: what it does, one sentence each.

    parameters: what every run of it gets unless it is told otherwise. at_once: how many of its runs may go on at the same time; the others
    wait for their turn. 0 for any number. takes: where its work comes from, each place with what makes a run begin. gives: where it puts
    what it makes. Both are for the picture of all flows. queue: the pool's queue in which its runs wait.
    """

    name: str
    entrypoint: str
    zh: str
    en: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    schedules: tuple[CronSchedule, ...] = ()
    at_once: int = 0
    takes: tuple[tuple[str, str], ...] = ()
    gives: tuple[str, ...] = ()
    queue: str = DEFAULT

    @property
    def description(self) -> str:
        """Both sentences, as the server's pages show them."""
        return f"{self.zh}\n\n{self.en}"


def deployments(workspace: Path, language: str, timezone: str, stories_at_once: int = 1) -> tuple[FlowDeployment, ...]:
    """All deployments of a workspace. timezone: of its schedules, the co-op's."""
    common: dict[str, str | int] = {"workspace": str(workspace.resolve()), "language": language}
    every_ten_minutes = CronSchedule("every-ten-minutes", "0,10,20,30,40,50 * * * *", timezone)
    at_night = CronSchedule("at-night", "40 3 * * *", timezone)
    return (
        FlowDeployment(
            "make-story",
            "flows.make_story:make_story",
            "把一个文件夹的手机视频做成一条带货短视频。投到 inbox 的文件夹会自动做，也可以在这里手动做。",
            "Make a finished video of a folder of clips. Folders in the inbox are made by themselves; here it can be ordered by hand.",
            takes=(("inbox", "a folder is complete"), ("fieldcut make", "handed over")),
            gives=("outbox, shelf",),
            parameters=common,
            at_once=stories_at_once,
        ),
        FlowDeployment(
            "approve-release",
            "flows.approve_release:approve_release",
            "等一个人对一条发布点头或者摇头，可以等好几天。要发的东西一备好就会自动开始。",
            "Wait for a person's yes or no to one release, for days if need be. Begins by itself when a release needs one.",
            takes=(("ledger", "a release lacks its yes"),),
            gives=("ledger",),
            parameters=common,
        ),
        FlowDeployment(
            "publish-release",
            "flows.publish_release:publish_release",
            "接着发一条：上传，等到点发出，再看有没有上线。到时候会自动开始。",
            "Go on with one release: upload it, wait for its hour, see whether it is live. Begins by itself when it is due.",
            takes=(("ledger", "90 s before it is due"),),
            gives=("platforms, shelves",),
            parameters=common,
            queue=PUBLISH,
        ),
        FlowDeployment(
            "run-campaign",
            "flows.run_campaign:run_campaign",
            "把排期里快到点的几条准备好：做视频、查文案，再等到点发出。到时候会自动开始。",
            "Prepare the planned posts whose time comes: make the video, check the words. Begins by itself when it is due.",
            takes=(("ledger", "a planned post is a day away"),),
            gives=("ledger",),
            parameters=common,
            at_once=1,
        ),
        FlowDeployment(
            "settle-releases",
            "flows.settle_releases:settle_releases",
            "每十分钟把没完的都查一遍，没送出去的通知再送一次。",
            "Every ten minutes, go on with all that is open, and send the notices that could not be sent.",
            takes=(("catalog", "the sheet was written"), ("ledger", "what is open or live")),
            gives=("platforms, shelves",),
            parameters=common,
            schedules=(every_ten_minutes,),
            at_once=1,
        ),
        FlowDeployment(
            "clean-up",
            "flows.clean_up:clean_up",
            "每天夜里清理缓存；素材、成品和发布记录从不动。",
            "Every night, keep the cache within bounds; never clips, finished videos or the ledger.",
            takes=(("cache", "what was not used for long"),),
            parameters={"workspace": common["workspace"]},
            schedules=(at_night,),
            at_once=1,
        ),
        FlowDeployment(
            "analyse-batch",
            "flows.analyse_batch:analyse_batch",
            "在别的电脑上看一条大故事的一部分素材。有电脑用 fieldcut worker 来帮忙时，会自动开始。",
            "Judge some clips of a big story on another machine. Begins by itself when machines help with `fieldcut worker`.",
            takes=(("shared store", "a big story, and machines that wait"),),
            gives=("shared store",),
            parameters={"language": language},
            queue=RENDER,
        ),
        FlowDeployment(
            "render-batch",
            "flows.render_batch:render_batch",
            "在别的电脑上做一条长视频的一部分。有电脑用 fieldcut worker 来帮忙时，会自动开始。",
            "Render a part of a long video on another machine. Begins by itself when machines help with `fieldcut worker`.",
            takes=(("shared store", "a long video, and machines that wait"),),
            gives=("shared store",),
            parameters={"language": language},
            queue=RENDER,
        ),
    )


def set_up(api: PrefectApi, home: Path, definitions: tuple[FlowDeployment, ...]) -> bool:
    """Tell the server of all deployments. home: PREFECT_HOME. Returns whether anything had to be changed.

    Raises Fault when the server does not answer.
    """
    if api.get(f"/work_pools/{POOL}") is None:
        api.post("/work_pools/", {"name": POOL, "type": "process"})
    wanted, noted = _digest(definitions), home / SET_UP_FILE
    if _noted(noted) == wanted and all(api.get(f"/deployments/name/{_full_name(one)}") for one in definitions):
        return False
    paused = {one.name: _paused_slugs(api, one) for one in definitions}
    _deploy(definitions)
    for one in definitions:
        _correct_schedules(api, one, paused[one.name])
    noted.write_text(json.dumps({"definitions": wanted}), encoding="ascii")
    return True


def _digest(definitions: tuple[FlowDeployment, ...]) -> str:
    """The hash of the definitions and of the code that they lead to: another release has other parameters."""
    facts = json.dumps([asdict(one) for one in definitions], sort_keys=True, ensure_ascii=False)
    sources = "".join(Path(str(import_module(one.entrypoint.split(":")[0]).__file__)).read_text(encoding="utf-8") for one in definitions)
    return hashlib.sha256(f"{fieldcut_version()}\n{_run_command()}\n{facts}\n{sources}".encode()).hexdigest()


def _run_command() -> str:
    """What the worker starts for a run. Without one it starts a process before that, which fetches the code that is here already and takes
    three seconds of processor to find that out."""
    from prefect.utilities.processutils import command_to_string, get_sys_executable

    return command_to_string([get_sys_executable(), "-m", "prefect.engine"])


def _noted(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="ascii"))["definitions"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _full_name(one: FlowDeployment) -> str:
    """The server's name of a deployment: that of its flow first."""
    module, function = one.entrypoint.split(":")
    return f"{getattr(import_module(module), function).name}/{one.name}"


def _deploy(definitions: tuple[FlowDeployment, ...]) -> None:
    from prefect import deploy
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    made = []
    for one in definitions:
        module, function = one.entrypoint.split(":")
        limit = ConcurrencyLimitConfig(limit=one.at_once, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE) if one.at_once else None
        made.append(
            getattr(import_module(module), function).to_deployment(
                one.name,
                description=one.description,
                parameters=dict(one.parameters),
                schedules=[Cron(entry.cron, timezone=entry.timezone, slug=entry.slug) for entry in one.schedules],
                concurrency_limit=limit,
                version=fieldcut_version(),
                work_queue_name=one.queue,
                job_variables={"command": _run_command()},
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
        )
    deploy(*made, work_pool_name=POOL, build=False, push=False, print_next_steps_message=False)


def _schedules(api: PrefectApi, one: FlowDeployment) -> tuple[str, list[dict[str, Any]]]:
    """The server's id of a deployment, and its schedules."""
    deployment = api.get(f"/deployments/name/{_full_name(one)}") or {}
    return str(deployment.get("id", "")), list(deployment.get("schedules", ()))


def _paused_slugs(api: PrefectApi, one: FlowDeployment) -> set[str]:
    return {str(schedule["slug"]) for schedule in _schedules(api, one)[1] if not schedule["active"]}


def _correct_schedules(api: PrefectApi, one: FlowDeployment, paused: set[str]) -> None:
    """Pause again what a person paused, and delete what is no longer defined: setting up does neither by itself."""
    deployment, schedules = _schedules(api, one)
    defined = {entry.slug for entry in one.schedules}
    for schedule in schedules:
        path = f"/deployments/{deployment}/schedules/{schedule['id']}"
        if schedule["slug"] and schedule["slug"] not in defined:
            api.delete(path)
        elif schedule["slug"] in paused and schedule["active"]:
            api.patch(path, {"active": False})


def as_yaml() -> str:
    """The deployments as `prefect deploy` reads them, for a workspace that lies beside the file."""
    import yaml

    entries = []
    for one in deployments(Path("workspace"), "zh", HOME_TIMEZONE):
        schedules = [{"slug": entry.slug, "cron": entry.cron, "timezone": entry.timezone} for entry in one.schedules]
        limit = {"concurrency_limit": {"limit": one.at_once, "collision_strategy": "ENQUEUE"}} if one.at_once else {}
        parameters = {name: "workspace" if name == "workspace" else value for name, value in one.parameters.items()}
        pool = {"name": POOL, **({"work_queue_name": one.queue} if one.queue != DEFAULT else {})}
        entry = {"name": one.name, "description": one.description, "entrypoint": one.entrypoint.replace(":", "."), "parameters": parameters}
        entries.append({**entry, "schedules": schedules, **limit, "work_pool": pool})
    head = "# Made by `python -m flows.deployments --yaml`; change flows/deployments.py instead.\n"
    content = {"name": "fieldcut", "build": [], "push": [], "pull": [], "deployments": entries}
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=140)


def as_picture() -> str:
    """The flows as a Mermaid diagram: where the work of each comes from, what makes it begin, and where it puts what it makes."""
    lines: list[str] = ["flowchart LR"]
    places: dict[str, str] = {}

    def place(name: str) -> str:
        if name not in places:
            places[name] = f"p{len(places)}"
            lines.append(f'    {places[name]}[("{name}")]')
        return places[name]

    for one in deployments(Path("workspace"), "zh", HOME_TIMEZONE):
        lines.append(f'    {one.name}["{one.name}"]')
        lines += [f'    {place(source)} -->|"{begins}"| {one.name}' for source, begins in one.takes]
        lines += [f'    {place("clock")} -->|"{schedule.slug}"| {one.name}' for schedule in one.schedules]
        lines += [f"    {one.name} --> {place(target)}" for target in one.gives]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Set up the server that PREFECT_API_URL names, or print the deployments as YAML or as a picture."""
    if sys.argv[1:] == ["--yaml"]:
        print(as_yaml(), end="")
        return 0
    if sys.argv[1:] == ["--picture"]:
        print(as_picture(), end="")
        return 0
    workspace, language = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "zh"
    settings = read_settings(workspace)
    definitions = deployments(workspace, language, settings.coop.timezone, settings.server.stories_at_once)
    with PrefectApi(os.environ["PREFECT_API_URL"]) as api:
        set_up(api, Path(os.environ["PREFECT_HOME"]), definitions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
