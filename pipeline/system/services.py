"""Definitions by which an operating system starts a command whenever the user logs in, and again when it dies."""

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

STOP_S = 120
"""How long a service may take to end: its worker ends its runs first."""
_UNIT = """[Unit]
Description=FieldCut: folders dropped into the inbox become videos

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=10
KillSignal=SIGINT
TimeoutStopSec={stop_s}

[Install]
WantedBy=default.target
"""
_TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>FieldCut: folders dropped into the inbox become videos</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>10</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author"><Exec><Command>{program}</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>
"""
"""Elements in the order of Microsoft's schema of task definitions ([MS-TSCH] 2.5), which is a sequence."""


def service_definition(command: Sequence[str], platform: str = sys.platform) -> bytes:
    """The file that defines the service: a systemd user unit, a task for the Windows Task Scheduler, or a launch agent of macOS."""
    if platform == "win32":
        text = _TASK.format(program=escape(command[0]), arguments=escape(subprocess.list2cmdline(command[1:])))
        return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")
    if platform == "darwin":
        facts = {"Label": "fieldcut", "ProgramArguments": list(command), "RunAtLoad": True, "KeepAlive": {"SuccessfulExit": False}}
        return plistlib.dumps({**facts, "ExitTimeOut": STOP_S})
    return _UNIT.format(command=" ".join(_quoted(argument) for argument in command), stop_s=STOP_S).encode()


def service_file(home: Path | None = None, platform: str = sys.platform) -> Path:
    """Where the definition belongs. home: the user's folder, for tests."""
    home = home or Path.home()
    if platform == "win32":
        return home / "AppData" / "Local" / "FieldCut" / "fieldcut-task.xml"
    if platform == "darwin":
        return home / "Library" / "LaunchAgents" / "fieldcut.plist"
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return configuration / "systemd" / "user" / "fieldcut.service"


def service_commands(file: Path, platform: str = sys.platform) -> tuple[str, ...]:
    """What a person types once to have the service from the next login on, and at once."""
    if platform == "win32":
        return (f'schtasks /Create /TN FieldCut /XML "{file}"', "schtasks /Run /TN FieldCut")
    if platform == "darwin":
        return (f'launchctl load -w "{file}"',)
    return ("systemctl --user daemon-reload", "systemctl --user enable --now fieldcut.service")


def _quoted(argument: str) -> str:
    """An argument as systemd reads it (systemd.service(5), Command lines): quotes and \\ escaped, % and $ doubled."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
