"""Setting up twice changes nothing; what a person paused stays paused; what is no longer defined is deleted. On a real server."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.deployments import as_picture, as_yaml, deployments
from pipeline.resources import ROOT
from tests.flows.conftest import environment

SET_UP = """
import json, os, sys
from dataclasses import replace
from pathlib import Path
from flows.deployments import deployments, set_up
from flows.prefect_api import PrefectApi
api, home = PrefectApi(os.environ["PREFECT_API_URL"]), Path(sys.argv[1])
definitions = deployments(home, "zh", "Asia/Shanghai")
changed = []
for line in sys.stdin:
    step = json.loads(line)
    if step.get("pause"):
        deployment = api.get("/deployments/name/settle-releases/settle-releases")
        api.patch(f"/deployments/{deployment['id']}/schedules/{deployment['schedules'][0]['id']}", {"active": False})
        continue
    wanted = tuple(replace(one, schedules=()) if one.name in step.get("drop", ()) else one for one in definitions)
    if step.get("sentence"):
        wanted = tuple(replace(one, en=step["sentence"]) for one in wanted)
    changed.append(set_up(api, home, wanted))
    print(json.dumps(changed), flush=True)
"""


@pytest.fixture(scope="module")
def told(prefect_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[bool]]:
    home = tmp_path_factory.mktemp("home")

    def tell(*steps: dict[str, Any]) -> list[bool]:
        lines = "\n".join(json.dumps(step) for step in steps)
        command, variables = [sys.executable, "-c", SET_UP, str(home)], environment(**prefect_server)
        done = subprocess.run(command, input=lines, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return list(json.loads(next(line for line in reversed(done.stdout.splitlines()) if line.startswith("["))))

    return tell


def schedules(api: str, name: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{api}/deployments/name/{name}/{name}", timeout=30, trust_env=False).json()["schedules"]
    assert isinstance(found, list)
    return found


def test_the_picture_in_the_documentation_is_drawn_from_what_is_defined_here() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    drawn = page.split("```mermaid\n")[1].split("```")[0]
    assert drawn == as_picture(), "python -m flows.deployments --picture"
    assert all(one.name in drawn for one in deployments(ROOT, "zh", "Asia/Shanghai"))


def test_the_file_for_other_servers_says_what_is_defined_here() -> None:
    assert (ROOT / "prefect.yaml").read_text(encoding="utf-8") == as_yaml(), "python -m flows.deployments --yaml > prefect.yaml"


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_stories_are_made_side_by_side_as_the_settings_say_and_one_of_everything_else(count: int) -> None:
    limits = {one.name: one.at_once for one in deployments(ROOT, "zh", "Asia/Shanghai", count)}
    assert limits["make-story"] == count
    assert {limits[name] for name in ("run-campaign", "settle-releases", "clean-up")} == {1}


@pytest.mark.system
def test_setting_up_is_done_once_and_keeps_what_a_person_paused(told: Callable[..., list[bool]], prefect_server: dict[str, str]) -> None:
    api = prefect_server["PREFECT_API_URL"]
    assert told({}, {}, {"pause": True}, {}, {"sentence": "Other words."}) == [True, False, False, True]
    [settle] = schedules(api, "settle-releases")
    assert (settle["slug"], settle["active"], settle["schedule"]["timezone"]) == ("every-ten-minutes", False, "Asia/Shanghai")
    [night] = schedules(api, "clean-up")
    assert night["active"]
    assert told({"drop": ["clean-up"]}, {"drop": ["clean-up"]}) == [True, False]
    assert schedules(api, "clean-up") == []
    assert len(schedules(api, "settle-releases")) == 1


@pytest.mark.system
def test_every_deployment_says_in_two_languages_what_it_does_and_has_flat_parameters(
    told: Callable[..., list[bool]], prefect_server: dict[str, str]
) -> None:
    told({})
    for one in deployments(Path("w"), "zh", "Asia/Shanghai"):
        found = httpx.get(f"{prefect_server['PREFECT_API_URL']}/deployments/name/{one.name}/{one.name}", timeout=30, trust_env=False).json()
        assert one.zh in found["description"]
        assert one.en in found["description"]
        kinds = {parameter.get("type") for parameter in found["parameter_openapi_schema"]["properties"].values()}
        assert kinds <= {"string", "integer", "number"}, kinds
        assert set(one.parameters) <= set(found["parameter_openapi_schema"]["properties"])
