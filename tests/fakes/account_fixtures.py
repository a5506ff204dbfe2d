"""Fixtures: a workspace with an account, its vault, and a browser that goes where it is sent."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.network.client import open_client
from pipeline.network.server_clock import ServerClock
from pipeline.publish.accounts import Account, Tokens, load_accounts, login
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Vault, open_vault
from tests.fakes.login_apps import APPS, browse, free_port
from tests.fakes.servers.base import Server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, whose key lies in a file: no test asks the keyring of whoever runs it."""
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return tmp_path / "home"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def configure(workspace: Path) -> Callable[..., Account]:
    """`configure("kuaishou", server.url)` writes an account of that platform, named platform:coop, and reads it back."""

    def write(platform: str, url: str, *, redirect: str = "http://127.0.0.1:8765/back", more: str = "") -> Account:
        app_id, _, hosts, settings = APPS[platform]
        lines = [f'[accounts."{platform}:coop"]', f'app_id = "{app_id}"', f'redirect = "{redirect}"', settings + more]
        lines += [f'hosts.{host} = "{url}"' for host in hosts]
        (workspace / "fieldcut.toml").write_text("\n".join(lines), encoding="utf-8")
        return load_accounts(workspace).find(f"{platform}:coop")

    return write


@pytest.fixture
def vault(workspace: Path) -> Vault:
    return open_vault(workspace)


@pytest.fixture
def visits() -> Iterator[Callable[[str], None]]:
    """Hand an address to a browser of its own, as `show` does."""
    threads: list[threading.Thread] = []

    def show(address: str) -> None:
        threads.append(threading.Thread(target=browse, args=(address,)))
        threads[-1].start()

    yield show
    for thread in threads:
        thread.join()


@pytest.fixture
def logged_in(configure: Callable[..., Account], vault: Vault, visits: Callable[[str], None]) -> Callable[..., Account]:
    """`logged_in(server)`: an account whose tokens the server has handed out, by a real login."""

    def do(server: Server, **more: Any) -> Account:
        account = configure(server.platform, server.url, redirect=f"http://127.0.0.1:{free_port()}/back", **more)
        vault.keep_app_secret(account.name, Secret(APPS[server.platform][1]))
        login(account, vault, show=visits, now=server.clock)
        return account

    return do


@pytest.fixture
def tokens_by(vault: Vault) -> Callable[..., Tokens]:
    """`tokens_by(server.clock)`: tokens on that clock, that do not really wait between tries and give a silent server a second."""

    def make(now: Callable[[], Any], *, answer_s: float = 1.0, waits: list[float] | None = None) -> Tokens:
        clock = ServerClock(now)
        note = waits.append if waits is not None else lambda _: None
        return Tokens(vault, client=open_client(clock, answer_s=answer_s), clock=clock, now=now, wait=note)

    return make
