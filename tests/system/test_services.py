"""A service starts exactly the command that was meant, in the form that each system takes."""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.system import service_commands, service_definition, service_file

TASKS = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
COMMAND = ["/usr/bin/env", "-m", "flows.cli", "up", "--workspace", '/srv/村里 资料/50% "$x"']


def test_a_systemd_unit_says_what_starts_and_how_it_ends() -> None:
    lines = dict(line.split("=", 1) for line in service_definition(COMMAND, "linux").decode().splitlines() if "=" in line)
    assert lines["ExecStart"] == '"/usr/bin/env" "-m" "flows.cli" "up" "--workspace" "/srv/村里 资料/50%% \\"$$x\\""'
    assert lines["KillSignal"] == "SIGINT"
    assert lines["WantedBy"] == "default.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_itself_takes_the_unit(tmp_path: Path) -> None:
    unit, variables = tmp_path / "fieldcut.service", {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}

    def verified() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["systemd-analyze", "verify", "--user", unit], capture_output=True, text=True, check=False, env=variables)

    unit.write_bytes(service_definition(COMMAND, "linux"))
    assert verified().returncode == 0, verified().stderr
    unit.write_bytes(service_definition(["no/such/program"], "linux"))
    assert verified().returncode != 0, "it takes anything"


def test_a_windows_task_has_the_elements_of_its_schema_in_their_order() -> None:
    data = service_definition(["C:\\py\\pythonw.exe", *COMMAND[1:]], "win32")
    task = ElementTree.fromstring(data.decode("utf-16").split("?>", 1)[1])
    assert [child.tag.removeprefix(TASKS) for child in task] == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    assert task.findtext(f"{TASKS}Actions/{TASKS}Exec/{TASKS}Command") == "C:\\py\\pythonw.exe"
    assert task.findtext(f"{TASKS}Actions/{TASKS}Exec/{TASKS}Arguments") == '-m flows.cli up --workspace "/srv/村里 资料/50% \\"$x\\""'
    assert task.find(f"{TASKS}Principals/{TASKS}Principal").get("id") == task.find(f"{TASKS}Actions").get("Context")  # type: ignore[union-attr]


def test_a_mac_agent_keeps_it_alive_unless_it_ended_well() -> None:
    facts = plistlib.loads(service_definition(COMMAND, "darwin"))
    assert facts["ProgramArguments"] == COMMAND
    assert facts["KeepAlive"] == {"SuccessfulExit": False}


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_its_file_lies_in_the_users_own_folder_and_the_commands_name_it(
    tmp_path: Path, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    file = service_file(tmp_path, platform)
    assert file.is_relative_to(tmp_path)
    commands = " ".join(service_commands(file, platform))
    assert str(file) in commands or file.name in commands
