"""The key of the vault: in the keyring where one works, else in a file that nobody else may read; one, and the same one ever after."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from pipeline.errors import DiskFault, PersonNeeded
from pipeline.resources import ROOT
from pipeline.secrets import key as key_module
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.key import KEY_FILE, NOTE, KeyNote, open_key, user_folder
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import open_vault


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """`keyring("Working")` lets FieldCut meet that one; returns the file in which it keeps things."""

    def choose(name: str) -> Path:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"tests.fakes.keyrings.{name}")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("KEYRING_TEST_FILE", str(tmp_path / "keyring"))
        return tmp_path / "keyring"

    return choose


def place(home: Path) -> str:
    return KeyNote.from_json((home / NOTE).read_bytes()).place


def test_without_a_keyring_the_key_is_a_file_of_the_users_own(home: Path, workspace: Path) -> None:
    old = os.umask(0)
    try:
        vault = open_vault(workspace)
        vault.keep_app_secret("kuaishou:coop", Secret("planted"))
    finally:
        os.umask(old)
    assert place(home) == "file"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((workspace / "vault").stat().st_mode) == 0o700
    for path in (*home.iterdir(), *(workspace / "vault").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_keyring_that_works_has_the_key_and_no_file_does(home: Path, keyring: Callable[[str], Path]) -> None:
    kept = keyring("Working")
    made = open_key(home)
    assert place(home) == "keyring"
    assert not (home / KEY_FILE).exists()
    assert kept.is_file()
    assert open_key(home).id == made.id


def test_a_keyring_that_waits_for_a_window_is_not_waited_for(
    home: Path, keyring: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring("Waiting")
    monkeypatch.setattr(key_module.ask_keyring, "__kwdefaults__", {"within_s": 1.0})
    open_key(home)
    assert place(home) == "file"


@pytest.mark.parametrize("name", ["Locked", "Forgetful"])
def test_a_keyring_that_keeps_nothing_is_not_relied_on(home: Path, keyring: Callable[[str], Path], name: str) -> None:
    keyring(name)
    assert open_key(home).id == open_key(home).id
    assert place(home) == "file"


@pytest.mark.system
def test_a_keyring_that_is_locked_for_once_makes_no_second_key(home: Path, workspace: Path, keyring: Callable[[str], Path]) -> None:
    keyring("Working")
    open_vault(workspace).keep_app_secret("kuaishou:coop", Secret("planted"))
    keyring("Locked")
    with pytest.raises(PersonNeeded, match="unlock"):
        open_vault(workspace)
    assert not (home / KEY_FILE).exists()
    keyring("Working")
    assert open_vault(workspace).app_secret("kuaishou:coop").get_secret_value() == "planted"


@pytest.mark.system
def test_a_key_that_is_gone_is_said_to_be_gone(home: Path, keyring: Callable[[str], Path]) -> None:
    kept = keyring("Working")
    open_key(home)
    kept.unlink()
    with pytest.raises(PersonNeeded, match="gone from the system keyring"):
        open_key(home)
    kept.write_text('{"FieldCut/vault": "' + "another" * 10 + '"}')
    with pytest.raises(PersonNeeded, match="gone from the system keyring"):
        open_key(home)


def test_a_key_file_that_is_gone_is_said_to_be_gone(home: Path) -> None:
    open_key(home)
    (home / KEY_FILE).unlink()
    with pytest.raises(PersonNeeded, match=KEY_FILE):
        open_key(home)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o777, 0o610])
def test_a_key_file_that_others_may_read_is_refused_with_the_command_that_mends_it(home: Path, mode: int) -> None:
    open_key(home)
    path = home / KEY_FILE
    path.chmod(mode)
    with pytest.raises(PersonNeeded, match=f"chmod 600 '{path}'") as caught:
        open_key(home)
    command = str(caught.value).rpartition("Run: ")[2]
    subprocess.run(["sh", "-c", command], check=True)
    assert open_key(home)


def test_the_command_that_mends_it_is_right_for_any_path(tmp_path: Path) -> None:
    home = tmp_path / "it's 村 $HOME"
    open_key(home)
    (home / KEY_FILE).chmod(0o644)
    with pytest.raises(PersonNeeded) as caught:
        open_key(home)
    subprocess.run(["sh", "-c", str(caught.value).rpartition("Run: ")[2]], check=True)
    assert open_key(home)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_file_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_key(home)
    os.chown(home / KEY_FILE, 65534, 65534)
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    with pytest.raises(PersonNeeded, match="belongs to another user"):
        open_key(home)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe"])
def test_a_damaged_key_file_is_not_taken_for_a_key(home: Path, content: bytes) -> None:
    home.mkdir()
    (home / KEY_FILE).write_bytes(content)
    (home / KEY_FILE).chmod(0o600)
    with pytest.raises(PersonNeeded, match="damaged"):
        open_key(home)


def test_a_damaged_note_is_said_to_be_damaged(home: Path) -> None:
    open_key(home)
    (home / NOTE).write_text("{")
    with pytest.raises(PersonNeeded, match=NOTE):
        open_key(home)


def test_a_note_that_was_lost_finds_the_key_again(home: Path, workspace: Path) -> None:
    open_vault(workspace).keep_app_secret("kuaishou:coop", Secret("planted"))
    (home / NOTE).unlink()
    assert open_vault(workspace).app_secret("kuaishou:coop").get_secret_value() == "planted"


@pytest.mark.system
def test_many_first_starts_make_one_key(home: Path) -> None:
    code = "from pipeline.secrets.key import *; print(open_key(user_folder()).id)"

    def start(_: int) -> str:
        return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(start, range(3))) == {open_key(home).id}


def test_a_workspace_from_another_machine_asks_for_a_login(workspace: Path, tmp_path: Path) -> None:
    there = open_vault(workspace, home=tmp_path / "there")
    there.keep_app_secret("kuaishou:coop", Secret("planted"))
    here = open_vault(workspace, home=tmp_path / "here")
    assert not here.has_app_secret("kuaishou:coop")
    with pytest.raises(LoginNeeded, match="this machine's key"):
        here.app_secret("kuaishou:coop")
    here.keep_app_secret("kuaishou:coop", Secret("planted again"))
    assert here.app_secret("kuaishou:coop").get_secret_value() == "planted again"


def test_what_was_sealed_for_the_ledger_opens_for_the_ledger_only(workspace: Path) -> None:
    vault = open_vault(workspace)
    sealed = vault.cipher("ledger").encrypt(b"upload token")
    assert open_vault(workspace).cipher("ledger").decrypt(sealed) == b"upload token"
    with pytest.raises(InvalidToken):
        vault.cipher("vault").decrypt(sealed)


@pytest.mark.skipif(os.name != "posix", reason="a folder's permissions")
def test_a_users_folder_that_cannot_be_made_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskFault, match="file"):
        open_key(tmp_path / "file" / "fieldcut")


def test_the_users_folder_is_where_the_desktop_says() -> None:
    assert user_folder({"FIELDCUT_HOME": "/a/b"}) == Path("/a/b")
    assert user_folder({"XDG_CONFIG_HOME": "/c"}) == Path("/c/fieldcut")
    assert user_folder({"XDG_CONFIG_HOME": "relative"}) == Path.home() / ".config" / "fieldcut"
    assert user_folder({}) == Path.home() / ".config" / "fieldcut"


UNLOCKED = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1"


@pytest.mark.skipif(not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")), reason="no desktop keyring here")
def test_a_real_desktop_keyring_is_used_when_it_is_unlocked(home: Path, tmp_path: Path) -> None:
    """GNOME's, on a bus of its own. A locked one would open a window: it is left alone, at once."""
    code = "from pipeline.secrets.key import *; print(open_key(user_folder()).id)"
    unwanted = ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
    surroundings = {name: value for name, value in os.environ.items() if name not in unwanted}
    surroundings |= {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}

    def session(start: str) -> "subprocess.CompletedProcess[str]":
        script = f"{start}; exec {sys.executable} -c '{code}'"
        command = ["dbus-run-session", "--", "sh", "-c", script]
        return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60, check=False)

    first = session(UNLOCKED)
    assert first.returncode == 0, first.stderr
    assert place(home) == "keyring"
    assert session(UNLOCKED).stdout == first.stdout
    assert "unlock the keyring" in session(LOCKED).stderr
    shutil.rmtree(home)
    assert session(LOCKED).returncode == 0
    assert place(home) == "file"
