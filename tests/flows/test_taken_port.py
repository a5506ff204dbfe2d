"""A port that another program takes, before the server starts or while it is down, leads no one to that program's server."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from flows import supervisor as supervising
from flows.server import environment, is_home_of, wait_until_healthy
from flows.supervisor import SERVER, WORKER, KeptProcess, Supervisor
from flows.supervisor_files import END_FILE, PORT_FILE
from pipeline.documents.message import Message
from pipeline.errors import Fault
from pipeline.store import write_atomically

STRANGER = "/home/mei/other/prefect"


class Stranger(BaseHTTPRequestHandler):
    """A healthy Prefect server of another workspace."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"home": STRANGER} if self.path.endswith("/settings") else True).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def strangers_port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_the_server_of_another_workspace_is_not_taken_for_ours(strangers_port: int, tmp_path: Path) -> None:
    api = f"http://127.0.0.1:{strangers_port}/api"
    assert is_home_of(api, Path(STRANGER))
    refused = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.5)"])  # ours, which found its port taken
    with pytest.raises(Fault):
        wait_until_healthy(refused, api, tmp_path, tmp_path / "server.log")


def test_all_move_to_another_port_when_a_stranger_took_it_while_the_server_was_down(
    strangers_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Message] = []
    supervisor = Supervisor(tmp_path, "zh", told.append, port=strangers_port)
    supervisor.home.mkdir()
    shared = environment(supervisor.home, strangers_port)
    server, worker = (KeptProcess(name, [name, str(strangers_port)], shared, tmp_path / "log") for name in (SERVER, WORKER))
    supervisor.kept = [server, worker]
    started: list[tuple[str, str]] = []
    monkeypatch.setattr(KeptProcess, "start", lambda self: started.append((self.name, self.environment["PREFECT_API_URL"])))
    monkeypatch.setattr(supervising.time, "sleep", lambda _s: write_atomically(supervisor.home / END_FILE, ""))
    supervisor.keep()
    assert supervisor.port != strangers_port
    assert (supervisor.home / PORT_FILE).read_text(encoding="ascii") == str(supervisor.port)
    assert started == [(SERVER, supervisor.api)], "the worker waits until the server knows of the runs that died"
    assert worker.environment["PREFECT_API_URL"] == supervisor.api
    assert str(supervisor.port) in server.command
    assert str(supervisor.port) in str(told[-1])
