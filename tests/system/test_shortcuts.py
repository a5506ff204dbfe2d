"""What a person double-clicks starts exactly the command that was meant, whatever its folder is called."""

import json
import os
import plistlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.system import desktop_folder, open_in_browser, write_shortcut

SAYS = "import json, sys; open(sys.argv[1], 'w', encoding='utf-8').write(json.dumps(sys.argv[2:]))"
ODD = ["村里 资料", "50% off", 'a"b', "$HOME `id`", "back\\slash", "it's"]


def command(out: Path) -> list[str]:
    return [sys.executable, "-c", SAYS, str(out), *ODD]


def unquoted(exec_line: str) -> list[str]:
    """The arguments of a desktop entry's Exec, read as the specification says: first the escapes of a string, then those of quotes."""
    text = re.sub(r"\\(.)", r"\1", exec_line)
    return [re.sub(r"\\([\"`$\\])", r"\1", part).replace("%%", "%") for part in re.findall(r'"((?:[^"\\]|\\.)*)"', text)]


def test_a_desktop_entry_names_the_command_and_needs_no_terminal(tmp_path: Path) -> None:
    path = write_shortcut(tmp_path, "田剪", "fieldcut", command(tmp_path / "out"), "linux")
    entry = dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    assert (path.name, entry["Name"], entry["Terminal"], entry["Type"]) == ("fieldcut.desktop", "田剪", "false", "Application")
    assert unquoted(entry["Exec"]) == command(tmp_path / "out")
    assert os.access(path, os.X_OK)


def test_a_mac_application_runs_the_command(tmp_path: Path) -> None:
    bundle = write_shortcut(tmp_path, "田剪", "fieldcut", command(tmp_path / "out"), "darwin")
    facts = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
    program = bundle / "Contents" / "MacOS" / facts["CFBundleExecutable"]
    subprocess.run([program], check=True)
    assert json.loads((tmp_path / "out").read_text(encoding="utf-8")) == ODD
    assert shlex.split(program.read_text(encoding="utf-8").splitlines()[1])[1:-2] == command(tmp_path / "out")


def test_a_windows_script_starts_it_without_a_window(tmp_path: Path) -> None:
    path = write_shortcut(tmp_path, "田剪", "fieldcut", ["C:\\py\\pythonw.exe", "-m", "flows.cli", "--workspace", "C:\\村里 资料"], "win32")
    text = path.read_bytes().decode("utf-16")
    found = re.fullmatch(r'CreateObject\("WScript\.Shell"\)\.Run "(.*)", 0, False\r\n', text)
    assert found
    assert found[1].replace('""', '"') == 'C:\\py\\pythonw.exe -m flows.cli --workspace "C:\\村里 资料"'


@pytest.mark.parametrize("name", ["Desktop", "桌面", "OneDrive/Desktop"])
def test_the_desktop_is_found_by_its_usual_names(tmp_path: Path, name: str) -> None:
    assert desktop_folder(tmp_path) is None
    (tmp_path / name).mkdir(parents=True)
    assert desktop_folder(tmp_path) == tmp_path / name


def test_a_server_without_a_desktop_opens_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """One inside the terminal would take it over."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROWSER", "w3m")
    assert not open_in_browser("http://127.0.0.1:9/")
