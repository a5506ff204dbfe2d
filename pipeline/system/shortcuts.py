"""Files that a person double-clicks to run a command without a terminal, in the form that each operating system knows."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_DESKTOPS = ("Desktop", "桌面", "OneDrive/Desktop", "OneDrive/桌面")
_PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleName</key><string>{name}</string>
<key>CFBundleIdentifier</key><string>fieldcut.{identifier}</string>
<key>CFBundleExecutable</key><string>run</string>
<key>LSUIElement</key><true/>
</dict></plist>
"""


def desktop_folder(home: Path | None = None) -> Path | None:
    """The folder that the user sees as the desktop; None where there is none. home: the user's own, for tests."""
    home = home or Path.home()
    return next((home / name for name in _DESKTOPS if (home / name).is_dir()), None)


def write_shortcut(folder: Path, name: str, identifier: str, command: Sequence[str], platform: str = sys.platform) -> Path:
    """Write a starter into a folder and return its path; an older one of the name is replaced.

    name: what the person reads below it. identifier: the same in ASCII letters. command: program and arguments. No window appears but
    what the command opens. Raises OSError.
    """
    if platform == "win32":
        return _windows(folder, name, command)
    if platform == "darwin":
        return _mac(folder, name, identifier, command)
    return _linux(folder, name, identifier, command)


def windowless(python: str, platform: str = sys.platform) -> str:
    """The interpreter that opens no console beside one that may."""
    beside = Path(python).with_name("pythonw.exe")
    return str(beside) if platform == "win32" and beside.is_file() else python


def _windows(folder: Path, name: str, command: Sequence[str]) -> Path:
    """A script for the Windows Script Host, which starts a program without a window (0) and does not wait for it; UTF-16, since it takes
    no UTF-8."""
    line = subprocess.list2cmdline(command).replace('"', '""')
    path = folder / f"{name}.vbs"
    path.write_bytes(b"\xff\xfe" + f'CreateObject("WScript.Shell").Run "{line}", 0, False\r\n'.encode("utf-16-le"))
    return path


def _mac(folder: Path, name: str, identifier: str, command: Sequence[str]) -> Path:
    """An application that is a folder with a script: a `.command` file would open a terminal."""
    bundle = folder / f"{name}.app"
    program = bundle / "Contents" / "MacOS" / "run"
    program.parent.mkdir(parents=True, exist_ok=True)
    (bundle / "Contents" / "Info.plist").write_text(_PLIST.format(name=escape(name), identifier=identifier), encoding="utf-8")
    program.write_text(f"#!/bin/sh\nexec {shlex.join(command)} >/dev/null 2>&1\n", encoding="utf-8")
    program.chmod(0o755)
    return bundle


def _linux(folder: Path, name: str, identifier: str, command: Sequence[str]) -> Path:
    """A desktop entry (freedesktop.org, Desktop Entry Specification 1.5): quoted arguments escape four letters, and % is doubled."""
    arguments = " ".join('"' + _escaped(argument) + '"' for argument in command)
    path = folder / f"{identifier}.desktop"
    lines = ["[Desktop Entry]", "Type=Application", f"Name={name}", f"Exec={arguments}", "Terminal=false"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o755)  # file managers start none that is not executable
    return path


def _escaped(argument: str) -> str:
    quoted = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in argument)
    return quoted.replace("\\", "\\\\").replace("%", "%%")  # a string in the file escapes \ once more


def open_in_browser(address: str) -> bool:
    """Open a page in the desktop's browser; False where there is none. A browser in the terminal is not used: it would take the screen."""
    import webbrowser

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
